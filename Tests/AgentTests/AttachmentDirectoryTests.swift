import Backends
import Diagnostics
import NetSets
import TestSupport
import Testing

@testable import Agent

/// The runtime's files about ports of bridges, as they come, change and break.
@Suite struct AttachmentDirectoryTests {
  private let scratch: Scratch
  private let later = ContinuousClock.now + .seconds(3600)

  init() throws { scratch = try Scratch() }

  private var path: String { "\(scratch.path)/results" }

  private func put(_ pod: String, _ address: String) throws {
    try scratch.write(
      "results/pods-\(pod)-eth0",
      """
      {"kind": "cniCacheV1", "result": {"cniVersion": "1.0.0", "interfaces": [
       {"name": "veth-\(pod)"},
       {"name": "eth0", "mac": "02:00:00:00:00:0\(pod)", "sandbox": "/var/run/netns/x"}],
       "ips": [{"interface": 1, "address": "\(address)/24"}]}}
      """)
  }

  @Test func `files that come and go are ports that are guarded or not`() throws {
    try put("1", "10.244.1.2")
    let directory = try AttachmentDirectory(path, isEmpty: true)
    #expect(directory.isKnown)
    #expect(directory.bindings.map(\.port) == ["veth-1"])
    #expect(!directory.look(at: .now))
    try put("2", "10.244.1.3")
    #expect(directory.look(at: .now))
    #expect(directory.bindings.map(\.port) == ["veth-1", "veth-2"])
    _ = try scratch.run(["rm", "results/pods-1-eth0"])
    #expect(directory.look(at: .now))
    #expect(directory.bindings.map(\.port) == ["veth-2"])
  }

  @Test func `a file that cannot be read is named, and lets no port loose`() throws {
    try put("1", "10.244.1.2")
    let directory = try AttachmentDirectory(path, isEmpty: true)
    try scratch.write("results/pods-1-eth0", "{\"interfaces\": [")
    #expect(!directory.look(at: .now))
    #expect(directory.bindings.map(\.port) == ["veth-1"])
    let problems = directory.problems(of: [:])
    #expect(problems.count == 1 && problems[0].contains("pods-1-eth0"), "\(problems)")
    try put("1", "10.244.1.9")
    #expect(directory.look(at: .now))
    #expect(directory.problems(of: [:]) == [])
  }

  @Test func `a directory that is away keeps what it said`() throws {
    try put("1", "10.244.1.2")
    let directory = try AttachmentDirectory(path, isEmpty: true)
    _ = try scratch.run(["mv", "results", "away"])
    #expect(!directory.look(at: later))
    #expect(directory.bindings.count == 1)
    #expect(directory.problems(of: [:]).count == 1)
  }

  @Test func `before the first pod there is no directory, unless ports are guarded already`() throws
  {
    let fresh = try AttachmentDirectory(path, isEmpty: true)
    #expect(fresh.isKnown && fresh.bindings.isEmpty)
    let taken = try AttachmentDirectory(path, isEmpty: false)
    #expect(!taken.isKnown)
    try put("1", "10.244.1.2")
    for directory in [fresh, taken] {
      #expect(directory.look(at: later))
      #expect(directory.isKnown && directory.bindings.count == 1)
    }
  }

  @Test func `pods without a port, and addresses with two, are named`() throws {
    try put("1", "10.244.1.2")
    try put("2", "10.244.1.2")
    let directory = try AttachmentDirectory(path, isEmpty: true)
    let pod = ObjectReference(kind: "Pod", namespace: "d", name: "a")
    let known = try #require(IPAddress("10.244.1.2"))
    let unknown = try #require(IPAddress("10.244.1.3"))
    #expect(
      directory.problems(of: [pod: [known]]).map { $0.contains("either may send by it") } == [true])
    let problems = directory.problems(of: [pod: [known, unknown]])
    #expect(
      problems.count == 2 && problems[1].contains("d/a, which may send by any"), "\(problems)")
  }
}

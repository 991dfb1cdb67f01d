import Agent
import Compiler
import Diagnostics
import Glibc
import Host
import Incremental
import Kubernetes
import TestSupport
import Testing

/// A directory of manifests while people work in it.
@Suite struct ManifestDirectoryTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static func pod(_ name: String) -> String {
    "{apiVersion: v1, kind: Pod, metadata: {name: \(name), namespace: shop}}\n"
  }

  /// A directory with the intake that it is read into.
  private final class Followed {
    private var directory: ManifestDirectory
    private(set) var intake = Intake()
    private(set) var isUnfinished = false
    private(set) var changes: [ClusterChange] = []

    init(_ path: String) throws { directory = try ManifestDirectory(path) }

    var problems: [String: String] { directory.problems }

    var isKnown: Bool { directory.isKnown }

    func isTold() -> Bool { directory.isTold() }

    /// What comes (+) and goes (-).
    func scan() throws -> Set<String> {
      (changes, isUnfinished) = try directory.scan(into: &intake)
      return Set(
        changes.map { change in
          switch change {
          case .put(let object): "+\(object.reference.name)"
          case .removed(let reference): "-\(reference.name)"
          }
        })
    }
  }

  @Test func `what is in files comes, changes and goes with them`() throws {
    let directory = try Followed(scratch.path)
    #expect(try directory.scan().isEmpty)
    try scratch.write("a.yaml", Self.pod("one") + "---\n" + Self.pod("two"))
    #expect(directory.isTold())
    #expect(try directory.scan() == ["+one", "+two"])
    #expect(try directory.scan().isEmpty)
    #expect(!directory.isTold())
    try scratch.write("a.yaml", Self.pod("two"))
    try scratch.write(
      "b.json",
      #"{"kind": "PodList", "apiVersion": "v1", "items": [{"metadata": {"name": "three"}}]}"#)
    #expect(try directory.scan() == ["-one", "+two", "+three"])
    try removeFile("\(scratch.path)/a.yaml")
    #expect(directory.isTold())
    #expect(try directory.scan() == ["-two"])
  }

  @Test func `directories below are followed too, whenever they come`() throws {
    let directory = try Followed(scratch.path)
    _ = try directory.scan()
    try makeDirectory("\(scratch.path)/team")
    #expect(directory.isTold())
    _ = try directory.scan()
    try scratch.write("team/a.yaml", Self.pod("one"))
    #expect(directory.isTold())
    #expect(try directory.scan() == ["+one"])
  }

  @Test func `a file that cannot be parsed leaves its objects as they were, and says why`() throws {
    let directory = try Followed(scratch.path)
    try scratch.write("a.yaml", Self.pod("one"))
    _ = try directory.scan()
    try scratch.write("a.yaml", Self.pod("one") + "]\n")
    #expect(try directory.scan().isEmpty)
    let path = "\(scratch.path)/a.yaml"
    #expect(directory.problems[path]?.hasPrefix("\(path):2:1: ") ?? false)
    try scratch.write("a.yaml", Self.pod("two"))
    #expect(try directory.scan() == ["-one", "+two"])
    #expect(directory.problems.isEmpty)
  }

  @Test
  func `a file that never could be read is not known, and a file alone without objects neither`()
    throws
  {
    try scratch.write("a.yaml", Self.pod("one") + "]\n")
    try scratch.write("b.yaml", "")
    let directory = try Followed(scratch.path)
    #expect(try directory.scan().isEmpty)
    #expect(!directory.isKnown)
    try scratch.write("a.yaml", Self.pod("one"))
    #expect(try directory.scan() == ["+one"])
    #expect(directory.isKnown)
    try scratch.write("a.yaml", Self.pod("one") + "]\n")
    #expect(try directory.scan().isEmpty)
    #expect(directory.isKnown)
    let alone = try Followed("\(scratch.path)/b.yaml")
    #expect(try alone.scan().isEmpty)
    #expect(!alone.isKnown)
    #expect(alone.problems.values.first?.hasSuffix("b.yaml holds no object") ?? false)
  }

  @Test func `what looks like a policy and is none that is read, is said`() throws {
    let directory = try Followed(scratch.path)
    try scratch.write("values.yaml", "schema: netpolc.tests/v1\n")
    try scratch.write("service.yaml", "{apiVersion: v1, kind: Service, metadata: {name: a}}\n")
    try scratch.write(
      "old.yaml",
      """
      {apiVersion: networking.k8s.io/v1, kind: NetworkPolcy, metadata: {name: a}}
      ---
      {apiVersion: extensions/v1beta1, kind: NetworkPolicy, metadata: {name: a}}
      ---
      {kind: NetworkPolicy, metadata: {name: a}}
      ---
      - 7

      """)
    #expect(try directory.scan().isEmpty)
    let path = "\(scratch.path)/old.yaml"
    let said = try #require(directory.problems[path]).split(separator: "; ").map {
      $0.dropFirst(path.count)
    }
    #expect(
      said == [
        ":1:1: NetworkPolcy of networking.k8s.io/v1 is not read: nothing that it says is enforced [policy-not-read]",
        ":3:14: apiVersion: extensions/v1beta1 was removed in Kubernetes 1.16 [removed-api]",
        ":5:1: an object without apiVersion [not-an-object]",
        ":7:1: found a list, expected an object with apiVersion and kind [not-an-object]",
      ])
    #expect(directory.problems.count == 1)
    try scratch.write("old.yaml", Self.pod("two"))
    #expect(try directory.scan() == ["+two"])
    #expect(directory.problems.isEmpty)
  }

  @Test func `a file is read when it has been written, not before`() throws {
    try scratch.write("a.yaml", Self.pod("one") + "---\n" + Self.pod("two"))
    let directory = try Followed(scratch.path)
    _ = try directory.scan()
    let path = "\(scratch.path)/a.yaml"
    let file = open(path, O_WRONLY | O_TRUNC)
    try #require(file >= 0)
    // Half of it is good YAML, without the second pod.
    let half = Self.pod("one") + "---\n"
    _ = half.withCString { Glibc.write(file, $0, strlen($0)) }
    _ = directory.isTold()
    #expect(try directory.scan().isEmpty)
    #expect(directory.isUnfinished)
    let rest = Self.pod("three")
    _ = rest.withCString { Glibc.write(file, $0, strlen($0)) }
    close(file)
    _ = directory.isTold()
    #expect(try directory.scan() == ["+one", "-two", "+three"])
    #expect(!directory.isUnfinished)
  }

  @Test func `a mounted ConfigMap changes all at once`() throws {
    // As the kubelet writes it: files are links through ..data, which is renamed.
    func publish(_ version: String, _ text: String) throws {
      try makeDirectory("\(scratch.path)/..\(version)")
      try scratch.write("..\(version)/a.yaml", text)
      symlink("..\(version)", "\(scratch.path)/..data_tmp")
      rename("\(scratch.path)/..data_tmp", "\(scratch.path)/..data")
    }
    try publish("1", Self.pod("one"))
    symlink("..data/a.yaml", "\(scratch.path)/a.yaml")
    let directory = try Followed(scratch.path)
    #expect(try directory.scan() == ["+one"])
    try publish("2", Self.pod("two"))
    #expect(directory.isTold())
    #expect(try directory.scan() == ["-one", "+two"])
  }

  @Test func `of an object in two files the first file's counts, until it goes`() throws {
    let directory = try Followed(scratch.path)
    try scratch.write("a.yaml", Self.pod("one"))
    try scratch.write("b.yaml", Self.pod("one"))
    #expect(try directory.scan() == ["+one"])
    try removeFile("\(scratch.path)/a.yaml")
    _ = try directory.scan()
    guard case .put(.pod(let pod))? = directory.changes.first else {
      Issue.record("the second file's object does not come")
      return
    }
    #expect(pod.location.file == "\(scratch.path)/b.yaml")
  }

  @Test func `a directory that is away for a while changes nothing`() throws {
    try makeDirectory("\(scratch.path)/m")
    try scratch.write("m/a.yaml", Self.pod("one"))
    let directory = try Followed("\(scratch.path)/m")
    _ = try directory.scan()
    rename("\(scratch.path)/m", "\(scratch.path)/n")
    #expect(throws: SystemFailure.self) { try directory.scan() }
    #expect(directory.intake.count("Pod") == 1)
    rename("\(scratch.path)/n", "\(scratch.path)/m")
    #expect(try directory.scan().isEmpty)
  }
}

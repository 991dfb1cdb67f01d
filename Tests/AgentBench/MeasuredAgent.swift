import APIServer
import BenchSupport
import Glibc
import Host
import NetSets
import Netfilter
import Nftables
import TestSupport

/// An agent of node-1 that follows a server.
final class MeasuredAgent {
  private let process: BackgroundProcess
  private let address: ListenAddress
  let began: ContinuousClock.Instant

  static let node = "node-1"

  /// Starts it; it takes its rules away when it ends.
  init(_ path: String, of server: APIServer, in scratch: Scratch, run: Int) throws {
    let socket = "\(scratch.path)/health-\(run)"
    address = .unix(socket)
    let kubeconfig = try TestCertificates.shared.get().kubeconfig(port: server.port)
    began = .now
    process = try BackgroundProcess(
      [
        path, "--node-name", Self.node, "--kubeconfig", kubeconfig, "--state-dir",
        "\(scratch.path)/state-\(run)", "--health-bind", "unix:\(socket)", "--on-exit", "remove",
      ], output: "\(scratch.path)/agent-\(run)")
  }

  /// How long it took from its start until it says that its rules are in force.
  func waitUntilReady(seconds: Int = 120) throws -> Duration {
    while .now < began + .seconds(seconds) {
      if let answer = try? httpGet("/readyz", at: address), answer.status == 200 {
        return .now - began
      }
      usleep(5000)
    }
    throw BenchFailure(description: "the agent is not ready after \(seconds) s\n\(process.output)")
  }

  /// Fails if not as many pods are isolated in the kernel as there are on the node.
  func checkRules(pods: Int) throws {
    let tables = try NetlinkKernel(in: NetworkNamespace.own()).read(table: "netpolc").ruleset.tables
    let isolated = tables.filter { $0.family == .ipv4 }.flatMap(\.maps)
      .first { $0.name == "pods-in" }?.elements.count
    guard isolated == pods else {
      throw BenchFailure(
        description: "the kernel isolates \(isolated ?? 0) pods of \(pods)\n\(process.output)")
    }
  }

  /// How many changes of objects it has heard of.
  func objectChanges() throws -> Int {
    let metrics = String(decoding: try httpGet("/metrics", at: address).body, as: UTF8.self)
    let name = "netpolc_object_changes_total "
    guard let line = metrics.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
      let count = Int(line.dropFirst(name.count))
    else { throw BenchFailure(description: "the agent does not say what it has heard of") }
    return count
  }

  func processorSeconds() throws -> Double { try AgentBench.processorSeconds("\(process.id)") }

  /// In bytes; what it has, and the most that it ever had.
  func memory() throws -> (resident: Double, peak: Double) {
    let text = String(decoding: try readFile("/proc/\(process.id)/status"), as: UTF8.self)
    func bytes(_ name: String) throws -> Double {
      for line in text.split(separator: "\n") where line.hasPrefix("\(name):") {
        let words = line.split(whereSeparator: \.isWhitespace)
        if words.count == 3, let kilobytes = Double(words[1]) { return kilobytes * 1024 }
      }
      throw BenchFailure(description: "/proc/\(process.id)/status has no \(name)")
    }
    return (try bytes("VmRSS"), try bytes("VmHWM"))
  }

  /// Fails if it ends in another way than it is told to.
  func end() throws {
    process.send(signal: SIGTERM)
    let status = process.wait()
    guard status == 0 else {
      throw BenchFailure(description: "the agent ended with \(status)\n\(process.output)")
    }
  }
}

extension AgentBench {
  /// Of a process, in the kernel and outside (proc(5)).
  /// - Parameter process: its number, or `self`.
  static func processorSeconds(_ process: String) throws -> Double {
    let text = String(decoding: try readFile("/proc/\(process)/stat"), as: UTF8.self)
    // The name, in parentheses, is the second field and can hold anything.
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    let ticks = [14, 15].compactMap { Double(fields[$0 - 2]) }.reduce(0, +)
    return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}

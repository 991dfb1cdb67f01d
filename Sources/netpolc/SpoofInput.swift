import Backends
import CNI
import Diagnostics
import Host
import Manifests
import NetSets
import Options
import PolicyModel

/// Who is held to which addresses, by options, the runtime's files and a graph.
extension SpoofOptions {
  /// - Parameter graph: whose local pods must all be known where they are behind a bridge.
  /// - Returns: nil when nothing is asked for.
  func antiSpoofing(_ graph: PolicyGraph, _ network: CNIProfile?) throws -> AntiSpoofing? {
    guard let interfaces = try OptionRefusal.reporting({ try interfaces(network) }) else {
      return nil
    }
    guard let results = interfaces.results else { return AntiSpoofing(routed: interfaces.routed) }
    let attachments = try attachments(in: results)
    try checkPods(of: graph, attachments, in: results)
    for text in attachments.sharedAddresses { Console.say("warning: \(text)") }
    return AntiSpoofing(
      routed: interfaces.routed,
      bridged: attachments.map {
        PortBinding(port: $0.port, hardware: $0.hardware, addresses: $0.addresses)
      })
  }

  private func attachments(in directory: String) throws -> [PodAttachment] {
    var files: [ManifestFile] = []
    do {
      for path in try Host.files(in: directory) {
        files.append(ManifestFile(path: path, bytes: try readFile(path)))
      }
    } catch {
      throw Console.fail("--cni-results: \(error)", .badInput)
    }
    var diagnostics = Diagnostics()
    let attachments = files.compactMap { PodAttachment(cached: $0, &diagnostics) }
    try DiagnosticPrinter(files).check(diagnostics)
    return attachments
  }

  /// A pod whose port is not known could send by any address, and a guarded port of its would let
  /// nothing through: neither is what was asked for.
  private func checkPods(
    of graph: PolicyGraph, _ attachments: [PodAttachment], in directory: String
  ) throws {
    let known = Set(attachments.flatMap(\.addresses))
    let unknown = graph.endpoints.filter { endpoint in
      endpoint.isLocal && !endpoint.addresses.allSatisfy(known.contains)
    }
    guard let first = unknown.first else { return }
    for endpoint in unknown.dropFirst().prefix(19) {
      Console.say("no port is known for \(endpoint.reference.qualifiedName)")
    }
    if unknown.count > 20 { Console.say("nor for \(unknown.count - 20) more") }
    let addresses = first.addresses.filter { !known.contains($0) }.map(\.description)
    throw Console.fail(
      "no port is known for \(first.reference.qualifiedName): no file of \(directory) has "
        + "\(addresses.joined(separator: " or ")); give --node, and the results of that node",
      .badInput)
  }
}

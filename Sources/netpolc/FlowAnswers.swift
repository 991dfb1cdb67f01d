import Analysis
import ArgumentParser
import Diagnostics
import Manifests
import NetSets
import PolicyModel

/// `explain --flows`: one connection a line in, one decision a line out, in order.
struct FlowAnswers {
  let graph: PolicyGraph
  let reader: PartyReader

  func answer(_ path: String) throws {
    // Lines of JSON, whatever the file is called.
    let name = path == "-" ? "<stdin>" : path
    let file = ManifestFile(path: name, bytes: try InputFiles.bytes(path))
    var diagnostics = Diagnostics()
    let flows = parseManifest(file, &diagnostics)
    try DiagnosticPrinter([file]).check(diagnostics)
    var text = ""
    for flow in flows {
      text += try decision(flow).json(in: graph).line
      text += "\n"
      if text.utf8.count > 1 << 16 {
        try Console.result(text)
        text = ""
      }
    }
    try Console.result(text)
  }

  private func decision(_ flow: ManifestValue) throws -> Decision {
    guard let from = flow["from"]?.text, let to = flow["to"]?.text else {
      throw failure(flow, "a flow needs from and to")
    }
    let (source, destination) = try reader.pair(from, to)
    let name = flow["protocol"]?.text.uppercased() ?? "TCP"
    if name == "ICMP" {
      return graph.decision(
        from: source, to: destination, PortArgument.echo(source, destination))
    }
    guard let transport = Transport(kubernetesName: name) else {
      throw failure(flow, "protocol is \(name), expected TCP, UDP, SCTP or ICMP")
    }
    guard let number = flow["port"]?.integer, let port = UInt16(exactly: number), port > 0 else {
      throw failure(flow, "a flow needs a port from 1 to 65535")
    }
    return graph.decision(from: source, to: destination, .transport(transport, port: port))
  }

  private func failure(_ flow: ManifestValue, _ message: String) -> ExitCode {
    Console.fail("\(flow.location): \(message)", .badInput)
  }
}

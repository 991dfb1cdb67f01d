import ArgumentParser
import Compiler
import Diagnostics
import Kubernetes
import Masquerade
import Options

/// How connections leave, by options and the objects of an input.
extension MasqueradeOptions {
  /// - Parameters:
  ///   - node: by its name; nil when the rules are for any.
  ///   - isIptables: whether rules of iptables are to do it.
  ///   - needsPools: whether it is an error that there are none to translate.
  /// - Returns: nil when nothing is said of translation.
  func masquerade(
    _ input: Input, node: String?, isIptables: Bool, needsPools: Bool = true
  ) throws -> NodeMasquerade? {
    try OptionRefusal.reporting {
      let request = try request(reading: read)
      if isIptables, let reason = request.reasonNotInIptables { throw OptionRefusal(reason) }
      if request.translator == .pools, input.ipPools.isEmpty, mode == nil || !needsPools {
        return nil
      }
      let facts = MasqueradeFacts(
        pools: input.ipPools, outgoingNAT: input.outgoingNAT, nodes: input.cluster.nodes)
      do {
        return try request.masquerade(facts, node: node)
      } catch let fact as MissingFact {
        throw OptionRefusal("\(fact)")
      }
    }
  }

  private func read(_ paths: [String]) throws -> MasqueradeConfiguration {
    var diagnostics = Diagnostics()
    let files = try InputFiles.read(paths)
    let read = readMasqueradeConfiguration(files, &diagnostics)
    try DiagnosticPrinter(files).check(diagnostics)
    guard let read else { throw OptionRefusal("the files of --masq-config are empty") }
    return read
  }
}

import ArgumentParser
import CNI
import Compiler
import Diagnostics
import Kubernetes
import Masquerade
import Options

/// How connections leave, by options and the objects of an input.
extension MasqueradeOptions {
  /// Where the network translates, rules of ours that do so too are what the user asked for, or none.
  func requireSoleTranslator(_ network: NamedNetwork?) throws {
    guard let network, network.translates, mode == nil, makesRules else { return }
    throw Console.fail(
      "\(network.profile.rawValue) translates what pods send itself; give --masq override for pods "
        + "to keep their addresses among each other, or --masq own if it does not translate here",
      .badInput)
  }

  /// - Parameters:
  ///   - node: by its name; nil when the rules are for any.
  ///   - needsPools: whether it is an error that there are none to translate.
  /// - Returns: nil when nothing is said of translation.
  func masquerade(
    _ input: Input, node: String?, needsPools: Bool = true
  ) throws -> NodeMasquerade? {
    do {
      let request = try request(reading: read)
      if request.translator == .pools, input.ipPools.isEmpty, mode == nil || !needsPools {
        return nil
      }
      let facts = MasqueradeFacts(
        pools: input.ipPools, outgoingNAT: input.outgoingNAT, nodes: input.cluster.nodes)
      return try request.masquerade(facts, node: node)
    } catch let refusal as OptionRefusal {
      throw Console.fail("\(refusal)", .badInput)
    } catch let fact as MissingFact {
      throw Console.fail("\(fact)", .badInput)
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

import Nftables

/// The cases of the model, so that a test can tell which of them it has met. A case added to the
/// model does not compile until it is named here, and fails the tests until it is generated.
package enum Kind: String, CaseIterable {
  case connectionState, notStartOfTCP, destinationPort, destinationPorts, layer4, layer4In
  case address, notAddress, addressIn, addressNotIn, destinationIn, icmpv6Type, icmpv6Types
  case interface, interfaces, notInterface, local, notLocal, sourceNotOnOutInterface
  case sourceNotBehindInInterface
  case counter, namedCounter, limit, log, updateFlow
  case accept, drop, `return`, jump, goto, lookup, rejectTCP, rejectProhibited, noVerdict
  case masquerade, masqueradePorts, sourceAddress, sourceAddressPorts, ownSource
  case addresses, endpoints, intervals, flows

  init(_ match: Match) {
    self =
      switch match {
      case .connectionState: .connectionState
      case .notStartOfTCP: .notStartOfTCP
      case .destinationPort(let ports): ports.count == 1 ? .destinationPort : .destinationPorts
      case .layer4: .layer4
      case .layer4In: .layer4In
      case .address(_, _, let negated): negated ? .notAddress : .address
      case .addressIn(_, _, let negated): negated ? .addressNotIn : .addressIn
      case .destinationIn: .destinationIn
      case .icmpv6Type(let types): types.count == 1 ? .icmpv6Type : .icmpv6Types
      case .interface(_, let name, let negated):
        negated ? .notInterface : name.isPrefix ? .interfaces : .interface
      case .local(_, let negated): negated ? .notLocal : .local
      case .sourceNotOnOutInterface: .sourceNotOnOutInterface
      case .sourceNotBehindInInterface: .sourceNotBehindInInterface
      }
  }

  init(_ statement: Statement) {
    self =
      switch statement {
      case .counter: .counter
      case .namedCounter: .namedCounter
      case .limit: .limit
      case .log: .log
      case .updateFlow: .updateFlow
      }
  }

  init(_ verdict: Verdict?) {
    self =
      switch verdict {
      case .accept: .accept
      case .drop: .drop
      case .return: .return
      case .jump: .jump
      case .goto: .goto
      case .lookup: .lookup
      case .rejectTCP: .rejectTCP
      case .rejectProhibited: .rejectProhibited
      case .translate(.masquerade(let ports)):
        ports.range == nil ? .masquerade : .masqueradePorts
      case .translate(.address(_, let ports)):
        ports.range == nil ? .sourceAddress : .sourceAddressPorts
      case .translate(.own): .ownSource
      case nil: .noVerdict
      }
  }

  init(_ content: SetContent) {
    self =
      switch content {
      case .addresses: .addresses
      case .endpoints: .endpoints
      case .intervals: .intervals
      case .flows: .flows
      }
  }

  package static func all(in table: Table) -> Set<Kind> {
    var kinds = Set(table.sets.map { Kind($0.content) })
    for rule in table.chains.flatMap(\.rules) {
      kinds.formUnion(rule.matches.map { Kind($0) })
      kinds.formUnion(rule.statements.map { Kind($0) })
      kinds.insert(Kind(rule.verdict))
    }
    return kinds
  }
}

import CNetfilter
import NetSets
import Nftables

extension Batch {
  /// `add rule`, or `insert rule … position` when it has a place.
  mutating func addRule(
    _ rule: Rule, chain: String, _ before: RuleHandle?, _ place: Place
  ) {
    addRule(
      rule.instructions(place.family), comment: rule.comment, chain: chain, before, place)
  }

  mutating func addRule(
    _ code: [Instruction], comment: String?, chain: String, _ before: RuleHandle?, _ place: Place
  ) {
    // nf_tables_api.c, `NFT_RULE_MAXEXPRS`.
    precondition(code.count <= 128, "a rule has at most 128 instructions")
    // A set that belongs to the rule is made before it.
    var setIDs: [UInt32] = []
    for case .lookup(.protocols(let numbers), _) in code {
      setIDs.append(addAnonymousSet(numbers, place))
    }
    let flags = NLM_F_CREATE | (before == nil ? NLM_F_APPEND : 0)
    add(NFT_MSG_NEWRULE, place.number, flags: flags, step: place.step) { message in
      message.put(NFTA_RULE_TABLE.rawValue, text: place.table)
      message.put(NFTA_RULE_CHAIN.rawValue, text: chain)
      if let before { message.put(NFTA_RULE_POSITION.rawValue, number: before) }
      message.put(NFTA_RULE_USERDATA.rawValue, comment: comment)
      var nextSet = 0
      message.nest(NFTA_RULE_EXPRESSIONS.rawValue) { list in
        for instruction in code {
          if case .lookup(.protocols, _) = instruction {
            list.put(instruction, setID: setIDs[nextSet])
            nextSet += 1
          } else {
            list.put(instruction)
          }
        }
      }
    }
  }

  /// `delete rule`, or `flush chain` when there is no handle.
  mutating func deleteRules(chain: String, handle: RuleHandle?, _ place: Place) {
    add(NFT_MSG_DELRULE, place.number, step: place.step) {
      $0.put(NFTA_RULE_TABLE.rawValue, text: place.table)
      $0.put(NFTA_RULE_CHAIN.rawValue, text: chain)
      if let handle { $0.put(NFTA_RULE_HANDLE.rawValue, number: handle) }
    }
  }
}

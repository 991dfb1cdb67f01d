import NetSets

extension Masquerade {
  /// The rules that a packet of the family can come under, without the conditions that hold for each
  /// of them: what is left names groups that have addresses of it. For backends with tables of one
  /// family.
  package func rules(in family: IPFamily) -> [Rule] {
    rules.compactMap { rule in
      if case .address(let addresses, _) = rule.action,
        !addresses.contains(where: { $0.family == family })
      {
        return nil
      }
      var left: [Condition] = []
      for condition in rule.conditions {
        switch answer(to: condition, in: family) {
        case true: continue
        case false: return nil
        case nil: left.append(condition)
        }
      }
      return Rule(left, rule.action, rule.origin)
    }
  }

  /// nil where it depends on the packet.
  private func answer(to condition: Condition, in family: IPFamily) -> Bool? {
    switch condition {
    case .family(let only): only == family
    case .source(let name, let negated), .destination(let name, let negated):
      group(name).addresses.restricted(to: family).isEmpty ? negated : nil
    case .sourceIsLocal, .destinationIsLocal, .sourceNotOnOutInterface, .outInterface, .transport:
      nil
    }
  }
}

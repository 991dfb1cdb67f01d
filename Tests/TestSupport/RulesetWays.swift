import Nftables

extension Ruleset {
  /// What packets can come to, from hooks and from verdicts of maps, with chains told by what is in
  /// them and not by their names. What nothing leads to is left out.
  package var ways: [String: String] {
    var ways: [String: String] = [:]
    for table in tables {
      for chain in table.chains where chain.base != nil {
        ways["\(table.family) \(chain.name)"] = table.text(of: chain.name)
      }
      for map in table.maps {
        for element in map.elements {
          ways["\(table.family) \(map.name) \(element.address)"] = table.text(of: element.verdict)
        }
      }
    }
    return ways
  }
}

extension Table {
  /// A verdict in words, with the rules that it leads to.
  package func text(of verdict: Verdict?) -> String {
    switch verdict {
    case .jump(let name): "jump \(text(of: name))"
    case .goto(let name): "goto \(text(of: name))"
    case let verdict: "\(String(describing: verdict))"
    }
  }

  fileprivate func text(of name: String) -> String {
    guard let chain = chains.first(where: { $0.name == name }) else { return "nowhere" }
    let rules = chain.rules.map { "\($0.matches) \($0.statements) \(text(of: $0.verdict))" }
    return "{\(rules.joined(separator: "; "))}"
  }
}

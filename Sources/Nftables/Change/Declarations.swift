/// Objects as they are declared, before anything is in them.
extension NamedSet {
  package var withoutElements: NamedSet {
    NamedSet(name: name, comment: comment, content: content.replacing([]))
  }

  /// The set with these elements instead, in any order.
  package func holding(_ elements: [SetElement]) -> NamedSet {
    NamedSet(name: name, comment: comment, content: content.replacing(elements))
  }

  var hasIntervals: Bool {
    switch content {
    case .intervals: true
    case .addresses, .endpoints, .flows: false
    }
  }
}

extension VerdictMap {
  package var withoutElements: VerdictMap {
    VerdictMap(name: name, comment: comment, elements: [])
  }
}

extension Chain {
  package var withoutRules: Chain { Chain(name: name, comment: comment, base: base) }
}

extension SetContent {
  /// The same kind of set with other elements, in any order.
  func replacing(_ elements: [SetElement]) -> SetContent {
    switch self {
    case .addresses:
      .hosts(elements.compactMap { if case .address(let address) = $0 { address } else { nil } })
    case .endpoints:
      .ports(elements.compactMap { if case .endpoint(let key) = $0 { key } else { nil } })
    case .intervals:
      .intervals(
        elements.compactMap { if case .range(let range) = $0 { range } else { nil } }.sorted())
    case .flows: self
    }
  }
}

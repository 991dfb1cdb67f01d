/// A picture in one order, with numbers in place of ids: what every writer starts from.
struct Graph: Sendable {
  let groups: [Picture.Group]
  let nodes: [Picture.Node]
  /// The group of each node.
  let groupOfNode: [Int?]
  let edges: [Edge]

  struct Edge: Sendable {
    let from: Int
    let to: Int
    let mark: Picture.Mark
    let labels: [String]
    let tooltip: [String]

    /// Signed, so that colour is never the only difference.
    var label: String {
      let text = labels.joined(separator: ", ")
      guard let sign = mark.sign else { return text }
      return text.isEmpty ? sign : "\(sign) \(text)"
    }
  }

  init(_ picture: Picture) {
    let nodes = picture.nodes.sorted { ($0.id, $0.label) < ($1.id, $1.label) }.uniqued(by: \.id)
    let inhabited = Set(nodes.compactMap(\.group))
    let groups = picture.groups.filter { inhabited.contains($0.id) }
      .sorted { ($0.id, $0.label) < ($1.id, $1.label) }.uniqued(by: \.id)
    let groupIndex = Dictionary(uniqueKeysWithValues: zip(groups.map(\.id), groups.indices))
    let nodeIndex = Dictionary(uniqueKeysWithValues: zip(nodes.map(\.id), nodes.indices))
    self.nodes = nodes
    self.groups = groups
    groupOfNode = nodes.map { $0.group.flatMap { groupIndex[$0] } }

    var found: [EdgeKey: [Picture.Edge]] = [:]
    for edge in picture.edges {
      guard let from = nodeIndex[edge.from], let to = nodeIndex[edge.to] else { continue }
      found[EdgeKey(from: from, to: to, mark: edge.mark), default: []].append(edge)
    }
    edges = found.sorted { $0.key < $1.key }.map { key, parts in
      let parts = parts.sorted {
        ($0.label, $0.tooltip.joined(separator: "\n"))
          < ($1.label, $1.tooltip.joined(separator: "\n"))
      }
      return Edge(
        from: key.from, to: key.to, mark: key.mark,
        labels: parts.map(\.label).filter { !$0.isEmpty }.uniqued(by: \.self),
        tooltip: parts.flatMap(\.tooltip).uniqued(by: \.self))
    }
  }

  /// "shop/api → shop/db  + 5432", then what the caller had to say.
  func tooltip(of edge: Edge) -> [String] {
    ["\(name(of: edge.from)) → \(name(of: edge.to))  \(edge.label)"] + edge.tooltip
  }

  /// The whole label, with its group.
  func tooltip(of node: Int) -> [String] {
    let value = nodes[node]
    return [name(of: node)] + [value.detail, value.warning].compactMap(\.self) + value.tooltip
  }

  /// For each node, the most edges that it has with one other.
  var parallels: [Int] {
    var counts: [Set<Int>: Int] = [:]
    for edge in edges where edge.from != edge.to { counts[[edge.from, edge.to], default: 0] += 1 }
    return counts.reduce(into: nodes.map { _ in 1 }) { most, pair in
      for node in pair.key { most[node] = max(most[node], pair.value) }
    }
  }

  /// How many loops at the same node come before this one.
  func loopsBelow(_ edge: Int) -> Int {
    // Loops differ in their mark only, so they are neighbours.
    edges[max(0, edge - Picture.Mark.allCases.count)..<edge].count {
      $0.from == edges[edge].from && $0.to == edges[edge].to
    }
  }

  func name(of node: Int) -> String {
    let group = groupOfNode[node].map { groups[$0].label + "/" } ?? ""
    return group + nodes[node].label
  }
}

private struct EdgeKey: Hashable, Comparable {
  let from: Int
  let to: Int
  let mark: Picture.Mark

  static func < (left: EdgeKey, right: EdgeKey) -> Bool {
    (left.from, left.to, left.mark.rank) < (right.from, right.to, right.mark.rank)
  }
}

extension Picture.Mark {
  var sign: String? {
    switch self {
    case .unchanged: nil
    case .gained: "+"
    case .lost: "−"
    }
  }

  /// Later is drawn on top.
  var rank: Int {
    switch self {
    case .unchanged: 0
    case .lost: 1
    case .gained: 2
    }
  }
}

extension Array {
  /// The first of those that agree in `key`.
  fileprivate func uniqued(by key: (Element) -> some Hashable) -> [Element] {
    var seen: Set<AnyHashable> = []
    return filter { seen.insert(AnyHashable(key($0))).inserted }
  }
}

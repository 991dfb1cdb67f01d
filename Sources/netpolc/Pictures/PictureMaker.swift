import Analysis
import Diagnostics
import NetSets
import Picture
import PolicyModel

/// Decides what of a set of connections is drawn, and draws together what is to be one box.
struct PictureMaker {
  var collapse = Collapse.workload
  var foldsDNS = false
  /// Whether to draw also what no policy has a hand in.
  var drawsOpen = false

  /// - Parameter units: all there are; what has no arrow is drawn too.
  func picture(
    title: String, _ connections: [DrawnConnection], units: [DrawnEnd]
  ) -> Picture {
    var aside: [String] = []
    var drawn = connections
    if !drawsOpen {
      let kept = drawn.filter { $0.mark != .unchanged || $0.from.isIsolated || $0.to.isIsolated }
      if kept.count < drawn.count {
        aside.append("what no policy isolates is open to all of its like and to the internet")
      }
      drawn = kept
    }
    if foldsDNS {
      let kept = drawn.filter { !$0.isDNS || $0.mark != .unchanged }
      if kept.count < drawn.count {
        aside.append("DNS of \(Set(drawn.filter(\.isDNS).map(\.from)).count) workloads not drawn")
      }
      drawn = kept
    }
    let nodes = nodes(drawn, units)
    let groups = Set(nodes.values.compactMap(\.group)).map {
      Picture.Group(id: $0, label: $0)
    }
    return Picture(
      title: title, subtitle: aside.isEmpty ? nil : aside.joined(separator: "; "), groups: groups,
      nodes: Array(nodes.values), edges: edges(drawn),
      emptyText: "No workload, and no connection that a policy decides")
  }

  private func nodes(
    _ connections: [DrawnConnection], _ units: [DrawnEnd]
  ) -> [String: Picture.Node] {
    var members: [String: Set<String>] = [:]
    var nodes: [String: Picture.Node] = [:]
    for end in connections.flatMap({ [$0.from, $0.to] }) + units {
      let node = end.node(collapse)
      if case .workload(let unit, _) = end { members[node.id, default: []].insert(unit.name) }
      guard let known = nodes[node.id] else {
        nodes[node.id] = node
        continue
      }
      // Any of what is drawn together may give its name and its warning.
      nodes[node.id]?.label = min(known.label, node.label)
      nodes[node.id]?.warning = known.warning ?? node.warning
    }
    for (id, names) in members where names.count > 1 {
      if collapse == .policy { nodes[id]?.detail = "and \(names.count - 1) alike" }
      if collapse == .namespace { nodes[id]?.detail = "\(names.count) workloads" }
      nodes[id]?.tooltip = names.sorted()
    }
    return nodes
  }

  private struct Ends: Hashable {
    let from: String
    let to: String
    let mark: Picture.Mark
    let onlyIn: IPFamily?
  }

  private func edges(_ connections: [DrawnConnection]) -> [Picture.Edge] {
    var joined: [Ends: DrawnConnection] = [:]
    var order: [Ends] = []
    for connection in connections {
      let ends = Ends(
        from: connection.from.node(collapse).id, to: connection.to.node(collapse).id,
        mark: connection.mark, onlyIn: connection.onlyIn)
      guard let known = joined[ends] else {
        joined[ends] = connection
        order.append(ends)
        continue
      }
      let more = connection.reasons.filter { !known.reasons.contains($0) }
      joined[ends] = DrawnConnection(
        from: known.from, to: known.to, traffic: known.traffic.union(connection.traffic),
        onlyIn: known.onlyIn, mark: known.mark, reasons: known.reasons + more)
    }
    return order.compactMap { ends in
      joined[ends].map { connection in
        Picture.Edge(
          from: ends.from, to: ends.to, label: connection.label, mark: ends.mark,
          tooltip: Array(connection.reasons.prefix(12)))
      }
    }
  }
}

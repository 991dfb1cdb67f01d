/// A place for the label of each edge: on its line, on no node, and beside other lines and labels
/// where that can be had. What is gained or lost is placed first and always; another label that
/// would cover something is left to the tooltip.
func placedLabels(
  of graph: Graph, paths: [[Segment]], nodes: [Rectangle], groups: [Rectangle]
) -> [Layout.Label?] {
  var field = LabelField()
  for box in nodes {
    // With the arrows that end there.
    let (reach, margin) = (Measures.arrow + 2, 2.0)
    field.block(
      Rectangle(
        x: box.x - reach, y: box.y - margin, width: box.width + 2 * reach,
        height: box.height + 2 * margin))
  }
  for (group, box) in zip(graph.groups, groups) {
    let width = min(TextStyle.group.width(of: group.label), Measures.groupLabelWidth)
    field.block(
      Rectangle(x: box.x + 8, y: box.y + 4, width: width + 12, height: Measures.groupHeader - 8))
  }
  for (edge, path) in paths.enumerated() { field.draw(path, edge: edge) }

  var degree = Array(repeating: 0, count: graph.nodes.count * 2)
  for edge in graph.edges {
    degree[edge.from * 2] += 1
    degree[edge.to * 2 + 1] += 1
  }
  var labels: [Layout.Label?] = graph.edges.map { _ in nil }
  let order = graph.edges.indices.sorted {
    (-graph.edges[$0].mark.rank, $0) < (-graph.edges[$1].mark.rank, $1)
  }
  for index in order {
    let edge = graph.edges[index]
    if edge.label.isEmpty { continue }
    let text = edge.labelStyle.fitting(edge.label, width: Measures.edgeLabelWidth)
    let size = Size(width: edge.labelWidth, height: Measures.edgeLabelHeight)
    let fansOut = degree[edge.from * 2] > degree[edge.to * 2 + 1]
    let places =
      edge.from == edge.to
      ? paths[index].prefix(1).map { $0.point(at: 0.5) }
      : candidates(on: fansOut ? paths[index].reversed() : paths[index])
    let rated = places.enumerated().map { rank, place in
      let box = Rectangle(center: place, size: size)
      return (box: box, cost: field.cost(of: box, edge: index) + Double(rank) * 0.5)
    }
    guard let best = rated.min(by: { $0.cost < $1.cost }) else { continue }
    if edge.mark == .unchanged, best.cost >= LabelField.covered { continue }
    labels[index] = Layout.Label(text: text, box: best.box)
    field.place(best.box)
  }
  return labels
}

extension Graph.Edge {
  fileprivate var labelStyle: TextStyle { mark == .unchanged ? .edge : .changedEdge }

  /// Of the label as it is drawn, with some room around it.
  var labelWidth: Double {
    label.isEmpty ? 0 : min(labelStyle.width(of: label), Measures.edgeLabelWidth) + 8
  }
}

/// Points for the middle of a label, the most wanted first: the middle of each long piece in turn,
/// then the rest of it.
private func candidates(on path: [Segment]) -> [Point] {
  [0.5, 0.38, 0.62, 0.27, 0.73, 0.18, 0.82].flatMap { time in
    path.filter { abs($0.end.x - $0.start.x) + abs($0.end.y - $0.start.y) > 24 }
      .map { $0.point(at: time) }
  }
}

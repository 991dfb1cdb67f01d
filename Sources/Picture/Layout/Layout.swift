/// Where everything of a picture is, in units of a pixel, from the top left corner of the drawing.
struct Layout {
  let graph: Graph
  let size: Size
  /// By the number of the group and of the node in `graph`.
  let groupBoxes: [Rectangle]
  let nodeBoxes: [Rectangle]
  /// By the number of the edge in `graph`.
  let edges: [Route]

  struct Route {
    /// From the source to the point of the arrow.
    let path: [Segment]
    /// Nil where there is no word to say or no room to say it; the tooltip says it still.
    var label: Label?
  }

  struct Label {
    let text: String
    let box: Rectangle
  }

  init(_ graph: Graph) {
    let blocks = BlockGraph(graph)
    var draft = Draft(blocks)
    draft.stack(blocks)
    draft.order()
    for _ in 0..<draft.patience(20) { draft.straighten() }
    draft.alignPorts()
    draft.placeColumns(blocks)
    self.graph = graph
    let boxes = draft.boxes(blocks)
    nodeBoxes = boxes.nodes
    groupBoxes = boxes.groups
    let paths = graph.edges.indices.map { index in
      graph.edges[index].from == graph.edges[index].to
        ? loop(
          at: boxes.nodes[graph.edges[index].from], label: graph.edges[index].labelWidth,
          above: graph.loopsBelow(index))
        : draft.path(of: index, in: graph)
    }
    let labels = placedLabels(of: graph, paths: paths, nodes: boxes.nodes, groups: boxes.groups)
    edges = zip(paths, labels).map { Route(path: $0, label: $1) }
    size = Size(width: draft.width, height: draft.height)
  }
}

/// An arrow from a node to itself, over its top and over so many others.
private func loop(at box: Rectangle, label: Double, above count: Int) -> [Segment] {
  let width = min(box.width - 16, max(28, label + 12)) - 6 * Double(count)
  let (left, right) = (box.center.x - width / 2, box.center.x + width / 2)
  let top = box.y - Measures.arrow
  let control = box.y - Measures.loopHeight - Measures.loopGap * 4 / 3 * Double(count)
  return [
    .curve(
      Point(x: left, y: box.y), Point(x: left, y: control), Point(x: right, y: control),
      Point(x: right, y: top)),
    .line(Point(x: right, y: top), Point(x: right, y: box.y)),
  ]
}

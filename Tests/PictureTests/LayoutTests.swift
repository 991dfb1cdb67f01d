import Testing

@testable import Picture

/// What must hold for every picture, whatever it looks like.
@Suite struct LayoutTests {
  @Test(arguments: Sample.all)
  func `no two nodes overlap`(_ sample: Sample) {
    let layout = sample.layout
    for (index, box) in layout.nodeBoxes.enumerated() {
      for other in layout.nodeBoxes[(index + 1)...] { #expect(!box.intersects(other)) }
    }
  }

  @Test(arguments: Sample.all)
  func `a group holds its nodes and no others`(_ sample: Sample) {
    let layout = sample.layout
    for (group, frame) in layout.groupBoxes.enumerated() {
      for other in layout.groupBoxes[(group + 1)...] { #expect(!frame.intersects(other)) }
      for (node, box) in layout.nodeBoxes.enumerated() {
        if layout.graph.groupOfNode[node] == group {
          #expect(frame.encloses(box))
        } else {
          #expect(!frame.intersects(box))
        }
      }
    }
  }

  @Test(arguments: Sample.all)
  func `everything is on the page`(_ sample: Sample) {
    let layout = sample.layout
    let page = Rectangle(x: 0, y: 0, width: layout.size.width, height: layout.size.height)
      .grown(by: 0.01)
    for box in layout.nodeBoxes + layout.groupBoxes { #expect(page.encloses(box)) }
    // Labels and lines may use the margin.
    let paper = page.grown(by: Measures.margin)
    for edge in layout.edges {
      if let label = edge.label { #expect(paper.encloses(label.box)) }
      for point in edge.path.flatMap({ $0.samples(step: 10) }) { #expect(paper.contains(point)) }
    }
  }

  @Test(arguments: Sample.all)
  func `no edge runs through a node`(_ sample: Sample) {
    let layout = sample.layout
    // An edge starts a little inside its own.
    let boxes = layout.nodeBoxes.map { $0.grown(by: -1 - Measures.overlap) }
    for (index, edge) in layout.edges.enumerated() {
      let points = edge.path.flatMap { $0.samples(step: 5) }
      let hit = boxes.firstIndex { box in points.contains(where: box.contains) }
      #expect(hit == nil, "\(layout.graph.tooltip(of: layout.graph.edges[index]))")
    }
  }

  @Test(arguments: Sample.all)
  func `edges start and end at their nodes, and are whole`(_ sample: Sample) {
    let layout = sample.layout
    for (edge, route) in zip(layout.graph.edges, layout.edges) {
      let (source, target) = (layout.nodeBoxes[edge.from], layout.nodeBoxes[edge.to])
      #expect(route.path.first.map { source.grown(by: 0.1).contains($0.start) } == true)
      #expect(route.path.last.map { target.grown(by: 0.1).contains($0.end) } == true)
      for (one, next) in zip(route.path, route.path.dropFirst()) {
        #expect(abs(one.end.x - next.start.x) < 0.2 && abs(one.end.y - next.start.y) < 0.2)
      }
    }
  }

  @Test(arguments: Sample.all)
  func `no label covers a node, and no unchanged one another label`(_ sample: Sample) {
    let layout = sample.layout
    let labels = layout.edges.map(\.label)
    for (index, edge) in layout.graph.edges.enumerated() {
      guard let label = labels[index] else {
        #expect(edge.mark == .unchanged, "what changed is always said")
        continue
      }
      #expect(!layout.nodeBoxes.contains(where: label.box.intersects), "\(label.text)")
      if edge.mark != .unchanged { continue }
      for other in labels.indices where other != index {
        if let box = labels[other]?.box { #expect(!label.box.intersects(box)) }
      }
    }
  }

  @Test func `what ten nodes say to each other fits a page`() {
    for group in ["g", nil] {
      let size = Layout(Graph(.allToAll(10, group: group))).size
      #expect(size.width < 2000 && size.height < 1000)
    }
  }

  @Test func `nodes without edges stand in a square, not in a row`() {
    let size = Layout(Graph(.alone(90))).size
    #expect(size.width < 3 * size.height && size.height < 2 * size.width)
  }

  @Test func `a picture of one line keeps its labels`() {
    let nodes = ["a", "b"].map { Picture.Node(id: $0, label: $0) }
    let edges = [
      Picture.Edge(from: "a", to: "b", label: "80"),
      Picture.Edge(from: "b", to: "a", label: "81"),
      Picture.Edge(from: "a", to: "b", label: "82", mark: .gained),
      Picture.Edge(from: "a", to: "b", label: "83", mark: .lost),
      Picture.Edge(from: "a", to: "a", label: "84"),
    ]
    let layout = Layout(Graph(Picture(title: "", nodes: nodes, edges: edges)))
    #expect(layout.edges.compactMap(\.label?.text).sorted() == ["+ 82", "80", "81", "84", "− 83"])
  }
}

/// A picture that was laid out, once for all tests.
struct Sample: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let layout: Layout

  static let all = Picture.samples.map {
    Sample(testDescription: $0.title, layout: Layout(Graph($0)))
  }
}

extension Rectangle {
  fileprivate func encloses(_ other: Rectangle) -> Bool {
    x <= other.x && y <= other.y && other.right <= right && other.bottom <= bottom
  }
}

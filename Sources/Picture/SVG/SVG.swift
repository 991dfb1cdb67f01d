extension Picture {
  /// A document that needs nothing else: no script, no font, light or dark as the reader prefers.
  package var svg: String {
    let graph = Graph(self)
    let layout = Layout(graph)
    let header = Header(self, graph, layout)
    var markup = Markup()
    let (width, height) = (number(header.pageWidth), number(header.pageHeight))
    markup.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"picture\" role=\"img\"")
    markup.line(" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" height=\"\(height)\">")
    markup.title([title])
    markup.line("\n<desc>\(Markup.escaped(graph.summary))</desc>")
    markup.line("<style>\n\(StyleSheet.shapes)\(StyleSheet.text)</style>")
    markup.line("<rect class=\"page\" width=\"\(width)\" height=\"\(height)\"/>")
    header.write(to: &markup)
    if graph.nodes.isEmpty {
      let text = TextStyle.title.fitting(emptyText, width: header.pageWidth - 2 * Measures.margin)
      markup.words(
        text, x: header.pageWidth / 2, y: header.pageHeight - Measures.margin - 12, style: "empty")
      markup.line("")
    } else {
      let (left, top) = (number(Measures.margin), number(header.bottom))
      markup.line("<g transform=\"translate(\(left) \(top))\">")
      layout.write(to: &markup)
      markup.line("</g>")
    }
    markup.line("</svg>")
    return markup.text
  }
}

extension Graph {
  /// For those who cannot see the picture.
  fileprivate var summary: String {
    let (gained, lost) = (count(of: .gained), count(of: .lost))
    let changes = gained + lost == 0 ? "" : ", \(gained) gained, \(lost) lost"
    return "\(nodes.count) nodes in \(groups.count) groups, \(edges.count) connections\(changes)."
  }

  func count(of mark: Picture.Mark) -> Int { edges.count { $0.mark == mark } }
}

extension Layout {
  fileprivate func write(to markup: inout Markup) {
    for (group, box) in zip(graph.groups, groupBoxes) {
      markup.raw("<g class=\"group\">")
      markup.title([group.label])
      markup.rectangle(box, radius: 10)
      let label = TextStyle.group.fitting(group.label, width: Measures.groupLabelWidth)
      markup.words(label, x: box.x + 12, y: box.y + 19)
      markup.line("</g>")
    }
    let order = edges.indices.sorted {
      (graph.edges[$0].mark.rank, $0) < (graph.edges[$1].mark.rank, $1)
    }
    for index in order {
      markup.raw("<g class=\"\(graph.edges[index].mark.edgeStyle)\">")
      markup.title(graph.tooltip(of: graph.edges[index]))
      markup.arrow(along: edges[index].path, hasTouchArea: true)
      markup.line("</g>")
    }
    for (index, box) in nodeBoxes.enumerated() { write(index, in: box, to: &markup) }
    for index in order {
      guard let label = edges[index].label else { continue }
      markup.raw("<g class=\"\(graph.edges[index].mark.labelStyle)\">")
      markup.rectangle(label.box, radius: 4)
      markup.words(label.text, x: label.box.center.x, y: label.box.center.y + 4)
      markup.line("</g>")
    }
  }

  private func write(_ index: Int, in box: Rectangle, to markup: inout Markup) {
    let node = graph.nodes[index]
    markup.raw("<g class=\"node\(node.role.style)\(node.warning == nil ? "" : " warning")\">")
    markup.title(graph.tooltip(of: index))
    markup.outline(of: node.role, in: box)
    let room = box.width - 2 * Measures.nodePadding + 6
    let label = TextStyle.node.fitting(node.label, width: room)
    if let small = Measures.smallLine(of: node) {
      markup.words(label, x: box.center.x, y: box.center.y - 2.5)
      let sign = node.warning == nil ? 0 : Measures.warningSign
      let text = TextStyle.detail.fitting(small, width: room - sign)
      if node.warning != nil {
        let x = box.center.x - (TextStyle.detail.width(of: text) + sign) / 2
        markup.warningSign(x: x, y: box.center.y + 13)
        markup.words(text, x: x + sign, y: box.center.y + 12.5, style: "detail")
      } else {
        markup.words(text, x: box.center.x, y: box.center.y + 12.5, style: "detail")
      }
    } else {
      markup.words(label, x: box.center.x, y: box.center.y + 4.5)
    }
    markup.line("</g>")
  }
}

extension Picture.Mark {
  var edgeStyle: String {
    switch self {
    case .unchanged: "edge"
    case .gained: "edge gained"
    case .lost: "edge lost"
    }
  }

  fileprivate var labelStyle: String {
    switch self {
    case .unchanged: "label"
    case .gained: "label gained"
    case .lost: "label lost"
    }
  }
}

extension Picture.Role {
  fileprivate var style: String {
    switch self {
    case .workload: ""
    case .addresses: " addresses"
    case .internet: " internet"
    case .ingress: " ingress"
    case .summary: " summary"
    }
  }
}

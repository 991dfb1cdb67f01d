extension Picture {
  /// Text for Graphviz.
  package var dot: String {
    let graph = Graph(self)
    var text = "digraph {\n"
    text += "  rankdir=LR\n"
    text +=
      "  graph \(attributes([("label", heading), ("labelloc", "t"), ("fontname", "Helvetica")]))\n"
    text += "  node [shape=box, style=rounded, fontname=\"Helvetica\", fontsize=11]\n"
    text += "  edge [color=\"#8a94a6\", fontname=\"Helvetica\", fontsize=10]\n"
    if graph.nodes.isEmpty {
      text += "  nothing \(attributes([("label", emptyText), ("shape", "plaintext")]))\n"
    }
    for (index, group) in graph.groups.enumerated() {
      text += "  subgraph cluster_\(index) {\n"
      text += "    graph [label=\(quoted(group.label)), style=\"rounded\", color=\"#d0d7de\"]\n"
      for node in graph.nodes.indices where graph.groupOfNode[node] == index {
        text += "    \(graph.dotLine(ofNode: node))\n"
      }
      text += "  }\n"
    }
    for node in graph.nodes.indices where graph.groupOfNode[node] == nil {
      text += "  \(graph.dotLine(ofNode: node))\n"
    }
    for edge in graph.edges { text += "  \(graph.dotLine(of: edge))\n" }
    return text + "}\n"
  }

  private var heading: String { ([title] + [subtitle].compactMap(\.self)).joined(separator: "\n") }
}

extension Graph {
  fileprivate func dotLine(ofNode node: Int) -> String {
    let value = nodes[node]
    let small = value.warning.map { "⚠ \($0)" } ?? value.detail
    var list = [("label", ([value.label] + [small].compactMap(\.self)).joined(separator: "\n"))]
    list += value.role.dotAttributes
    if value.warning != nil { list.append(("color", "#9a6700")) }
    list.append(("tooltip", tooltip(of: node).joined(separator: "\n")))
    return "\(quoted(value.id)) \(attributes(list))"
  }

  fileprivate func dotLine(of edge: Edge) -> String {
    var list = [("label", edge.label)]
    switch edge.mark {
    case .unchanged: break
    case .gained:
      list += [("color", "#1a7f37"), ("fontcolor", "#1a7f37"), ("style", "bold")]
    case .lost:
      list += [("color", "#cf222e"), ("fontcolor", "#cf222e"), ("style", "dashed")]
    }
    let words = tooltip(of: edge).joined(separator: "\n")
    list += [("tooltip", words), ("labeltooltip", words)]
    return "\(quoted(nodes[edge.from].id)) -> \(quoted(nodes[edge.to].id)) \(attributes(list))"
  }
}

extension Picture.Role {
  fileprivate var dotAttributes: [(String, String)] {
    switch self {
    case .workload: []
    case .addresses: [("shape", "ellipse")]
    case .internet: [("shape", "ellipse"), ("peripheries", "2")]
    case .ingress: [("shape", "hexagon")]
    case .summary: [("style", "rounded,dashed")]
    }
  }
}

private func attributes(_ list: [(name: String, value: String)]) -> String {
  "[" + list.map { "\($0.name)=\(quoted($0.value))" }.joined(separator: ", ") + "]"
}

/// Between double quotes. Graphviz gives `\N`, `\G` and others a meaning in labels, hence the
/// doubled backslash.
private func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\u{0}"..."\u{1f}", "\u{7f}": result += " "
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

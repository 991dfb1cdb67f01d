extension Picture {
  /// Text for Mermaid, which GitHub and GitLab draw in comments.
  package var mermaid: String {
    let graph = Graph(self)
    var text = ""
    text += "---\ntitle: \(yamlQuoted(title))\n---\n"
    text += "flowchart LR\n"
    if graph.nodes.isEmpty { text += "  nothing[\(quoted(emptyText))]\n" }
    for (index, group) in graph.groups.enumerated() {
      text += "  subgraph g\(index)[\(quoted(group.label))]\n"
      for node in graph.nodes.indices where graph.groupOfNode[node] == index {
        text += "    \(graph.mermaidLine(ofNode: node))\n"
      }
      text += "  end\n"
    }
    for node in graph.nodes.indices where graph.groupOfNode[node] == nil {
      text += "  \(graph.mermaidLine(ofNode: node))\n"
    }
    for edge in graph.edges { text += "  \(edge.mermaidLine)\n" }
    text += graph.linkStyle(of: .gained, "stroke:#1a7f37,stroke-width:3px")
    text += graph.linkStyle(of: .lost, "stroke:#cf222e,stroke-dasharray:6 4")
    return text
  }
}

extension Graph {
  /// Nodes are `n0`, `n1` and so on: an id of the user's could be `end`, or start with the `o` or
  /// `x` that Mermaid takes for the end of an arrow.
  fileprivate func mermaidLine(ofNode node: Int) -> String {
    let value = nodes[node]
    let small = (value.warning.map { "⚠ \($0)" } ?? value.detail).map { "<br>" + escaped($0) }
    let (opening, closing) = value.role.mermaidBrackets
    return "n\(node)\(opening)\"\(escaped(value.label))\(small ?? "")\"\(closing)"
  }

  /// Links are counted from 0 in the order of the text.
  fileprivate func linkStyle(of mark: Picture.Mark, _ style: String) -> String {
    let links = edges.indices.filter { edges[$0].mark == mark }.map(String.init)
    return links.isEmpty ? "" : "  linkStyle \(links.joined(separator: ",")) \(style)\n"
  }
}

extension Graph.Edge {
  fileprivate var mermaidLine: String {
    let words = label.isEmpty ? "" : "|\(quoted(label))|"
    switch mark {
    case .unchanged, .gained: return "n\(from) -->\(words) n\(to)"
    case .lost: return "n\(from) -.-x\(words) n\(to)"
    }
  }
}

extension Picture.Role {
  fileprivate var mermaidBrackets: (opening: String, closing: String) {
    switch self {
    case .workload: ("[", "]")
    case .addresses: ("([", "])")
    case .internet: ("((", "))")
    case .ingress: ("{{", "}}")
    case .summary: ("[[", "]]")
    }
  }
}

/// The title stands in a header of YAML.
private func yamlQuoted(_ text: String) -> String {
  let characters = text.unicodeScalars.map { scalar in
    switch scalar {
    case "\"", "\\": "\\\(scalar)"
    case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{2028}", "\u{2029}": " "
    default: String(scalar)
    }
  }
  return "\"\(characters.joined())\""
}

private func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

/// Mermaid reads HTML and Markdown in quotes, where `+` starts a list; it writes characters as
/// `#number;`.
private func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "#quot;"
    case "#", "&", "<", ">", ";", "`", "*", "_", "~", "+", "\\": result += "#\(scalar.value);"
    case "\u{0}"..."\u{1f}", "\u{7f}": result += " "
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

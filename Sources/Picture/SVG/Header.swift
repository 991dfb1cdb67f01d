/// The words above the drawing, and the size of the page that holds both.
struct Header {
  let title: String
  let subtitle: [String]
  /// What the lines mean; nothing where all are alike.
  let legend: [(mark: Picture.Mark, text: String)]
  let pageWidth: Double
  let pageHeight: Double
  /// Where the drawing starts.
  let bottom: Double

  private static let sample = 30.0
  private static let lineHeight = 20.0
  private static let legendHeight = 26.0
  private static let narrowest = 360.0

  init(_ picture: Picture, _ graph: Graph, _ layout: Layout) {
    let counts: [(mark: Picture.Mark, count: Int, word: String)] = [
      (.gained, graph.count(of: .gained), "gained"), (.lost, graph.count(of: .lost), "lost"),
      (.unchanged, graph.count(of: .unchanged), "unchanged"),
    ]
    let isChanged = counts.contains { $0.mark != .unchanged && $0.count > 0 }
    let shown = isChanged ? counts.filter { $0.count > 0 } : []
    legend = shown.map { mark, count, word in
      (mark, [mark.sign, "\(count)", word].compactMap(\.self).joined(separator: " "))
    }
    let margins = 2 * Measures.margin
    let inner = max(
      layout.size.width, Self.narrowest,
      min(TextStyle.title.width(of: picture.title), Measures.longestLine),
      legend.reduce(0) { $0 + Self.width(of: $1.text) })
    title = TextStyle.title.fitting(picture.title, width: inner)
    subtitle = TextStyle.subtitle.lines(
      of: picture.subtitle ?? "", width: min(inner, Measures.longestLine))
    pageWidth = (inner + margins).rounded(.up)
    let lines = Double(subtitle.count) * Self.lineHeight + (legend.isEmpty ? 0 : Self.legendHeight)
    bottom = Measures.margin + 14 + lines + 20
    let drawing = graph.nodes.isEmpty ? 60 : layout.size.height
    pageHeight = (bottom + drawing + Measures.margin).rounded(.up)
  }

  private static func width(of text: String) -> Double {
    sample + 8 + TextStyle.subtitle.width(of: text) + 26
  }

  func write(to markup: inout Markup) {
    var y = Measures.margin + 14
    markup.words(title, x: Measures.margin, y: y, style: "title")
    markup.line("")
    for line in subtitle {
      y += Self.lineHeight
      markup.words(line, x: Measures.margin, y: y, style: "subtitle")
      markup.line("")
    }
    if legend.isEmpty { return }
    y += Self.legendHeight
    var x = Measures.margin
    markup.line("<g class=\"legend\">")
    for (mark, text) in legend {
      let (start, end) = (Point(x: x, y: y - 4), Point(x: x + Self.sample, y: y - 4))
      markup.raw("<g class=\"\(mark.edgeStyle)\">")
      markup.arrow(along: [.line(start, end)], hasTouchArea: false)
      markup.words(text, x: end.x + 8, y: y)
      markup.line("</g>")
      x += Self.width(of: text)
    }
    markup.line("</g>")
  }
}

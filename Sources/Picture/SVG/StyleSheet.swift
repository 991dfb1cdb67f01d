/// Colours for light and dark. They are written out twice, not as custom properties: converters to
/// PNG and PDF do not know those, and would leave everything unpainted.
enum StyleSheet {
  static let text = rules(.light) + "@media (prefers-color-scheme: dark) {\n" + rules(.dark) + "}\n"

  private struct Palette {
    let page: String
    let group: String
    let groupLine: String
    let node: String
    let line: String
    let text: String
    let quiet: String
    let gained: String
    let lost: String
    let warning: String
    let warningFill: String

    static let light = Palette(
      page: "#ffffff", group: "#f6f8fa", groupLine: "#d0d7de", node: "#ffffff", line: "#8a94a6",
      text: "#1f2328", quiet: "#59636e", gained: "#1a7f37", lost: "#cf222e", warning: "#9a6700",
      warningFill: "#fff8c5")
    static let dark = Palette(
      page: "#0d1117", group: "#151b23", groupLine: "#3d444d", node: "#212830", line: "#7d8590",
      text: "#f0f6fc", quiet: "#9198a1", gained: "#3fb950", lost: "#f85149", warning: "#d29922",
      warningFill: "#2e2a1f")
  }

  /// What does not depend on colours.
  static let shapes = """
    .picture{font-family:-apple-system,"Segoe UI",Helvetica,Arial,"Liberation Sans",sans-serif}
    .picture .title{font-size:16px;font-weight:600}
    .picture .subtitle,.picture .legend text{font-size:12px}
    .picture .group text{font-size:12px;font-weight:600}
    .picture .node text{font-size:12.5px;font-weight:600;text-anchor:middle}
    .picture .node .detail{font-size:10.5px;font-weight:400}
    .picture .node .shape{stroke-width:1.2}
    .picture .summary .shape{stroke-dasharray:5 3}
    .picture .warning .detail{text-anchor:start}
    .picture .sign{fill:none;stroke-width:1.2;stroke-linejoin:round;stroke-linecap:round}
    .picture .line{fill:none;stroke-width:1.3}
    .picture .gained .line,.picture .lost .line{stroke-width:2.4}
    .picture .lost .line{stroke-dasharray:6 4}
    .picture .touch{fill:none;stroke:transparent;stroke-width:11}
    .picture .edge:hover .line{stroke-width:3.4}
    .picture .label{pointer-events:none}
    .picture .label rect{fill-opacity:.9}
    .picture .label text{font-size:11px;text-anchor:middle}
    .picture .label.gained text,.picture .label.lost text{font-weight:700}
    .picture .empty{font-size:14px;text-anchor:middle}

    """

  private static func rules(_ palette: Palette) -> String {
    """
    .picture .page,.picture .label rect{fill:\(palette.page)}
    .picture text{fill:\(palette.text)}
    .picture .subtitle,.picture .detail,.picture .empty,.picture .group text,.picture .label text\
    {fill:\(palette.quiet)}
    .picture .group rect{fill:\(palette.group);stroke:\(palette.groupLine)}
    .picture .shape{fill:\(palette.node);stroke:\(palette.line)}
    .picture .line{stroke:\(palette.line)}
    .picture .head{fill:\(palette.line)}
    .picture .gained .line{stroke:\(palette.gained)}
    .picture .gained .head,.picture .gained text{fill:\(palette.gained)}
    .picture .lost .line{stroke:\(palette.lost)}
    .picture .lost .head,.picture .lost text{fill:\(palette.lost)}
    .picture .label.gained text{fill:\(palette.gained)}
    .picture .label.lost text{fill:\(palette.lost)}
    .picture .warning .shape{fill:\(palette.warningFill);stroke:\(palette.warning)}
    .picture .warning .detail{fill:\(palette.warning)}
    .picture .warning .detail{text-anchor:start}
    .picture .sign{stroke:\(palette.warning)}

    """
  }
}

/// Lengths that the layout and the writer of SVG agree on.
enum Measures {
  static let margin = 24.0
  /// Between two lanes, before edges are known, and between two nodes of one lane.
  static let nodeGap = Size(width: 80, height: 18)
  static let nodePadding = 13.0
  static let nodeHeight = 34.0
  static let nodeHeightWithDetail = 44.0
  static let nodeWidth = 84.0...210.0
  /// Before a label with a warning.
  static let warningSign = 16.0
  /// Between arrows that end on one side of a node.
  static let portGap = 8.0
  /// Where there is room for it: between lines that each have a label.
  static let labelledGap = 18.0
  static let tallestNode = 140.0
  /// Between the box of a group and what is in it.
  static let groupPadding = 16.0
  static let groupHeader = 30.0
  static let gridGap = 12.0
  static let groupLabelWidth = 260.0
  /// Of the title and of the lines below it.
  static let longestLine = 900.0
  static let arrow = 8.0
  /// How far an edge starts inside its node.
  static let overlap = 5.0
  /// How far an edge goes straight on before and after it bends.
  static let stub = 10.0
  static let loopHeight = 28.0
  /// Between the tops of two loops at one node.
  static let loopGap = 20.0
  static let edgeLabelHeight = 16.0
  static let edgeLabelWidth = 150.0

  /// A node's box, as its words need it.
  static func size(of node: Picture.Node) -> Size {
    let sign = node.warning == nil ? 0 : warningSign
    let widest = max(
      TextStyle.node.width(of: node.label),
      TextStyle.detail.width(of: smallLine(of: node) ?? "") + sign)
    let width = min(max(widest + 2 * nodePadding, nodeWidth.lowerBound), nodeWidth.upperBound)
    return Size(
      width: width.rounded(.up),
      height: smallLine(of: node) == nil ? nodeHeight : nodeHeightWithDetail)
  }

  static func smallLine(of node: Picture.Node) -> String? { node.warning ?? node.detail }
}

import Picture
import TestSupport
import Testing

@Suite struct SVGTests {
  @Test(arguments: Picture.samples)
  func `it is well-formed`(_ picture: Picture) {
    #expect(problem(inXML: picture.svg) == nil)
  }

  @Test func `no name breaks out of its element`() {
    let words = "<&>\"'\u{0}\u{7}\u{fffe}]]>\n</text><script>"
    let picture = Picture(
      title: words, subtitle: words, groups: [.init(id: words, label: words)],
      nodes: [
        .init(
          id: words, label: words, detail: words, group: words, warning: words, tooltip: [words])
      ],
      edges: [.init(from: words, to: words, label: words, mark: .lost, tooltip: [words])])
    let text = picture.svg
    #expect(problem(inXML: text) == nil)
    #expect(!text.contains("<script"))
    #expect(!text.unicodeScalars.contains { $0 == "\u{0}" || $0 == "\u{7}" || $0 == "\u{fffe}" })
  }

  @Test func `the order of what is given does not show`() {
    var random = SplitMix64(seed: 5)
    for picture in [.shop, Picture.random(seed: 6, nodes: 30, groups: 4, edges: 60)] {
      var shuffled = picture
      shuffled.groups.shuffle(using: &random)
      shuffled.nodes.shuffle(using: &random)
      shuffled.edges.shuffle(using: &random)
      #expect(shuffled.svg == picture.svg)
      #expect(shuffled.dot == picture.dot)
      #expect(shuffled.mermaid == picture.mermaid)
    }
  }

  @Test func `an edge says its policy, and a change its sign`() {
    let text = Picture.shop.svg
    #expect(
      text.contains("<title>shop/web → shop/api  8443\nshop/api policies/api.yaml:12</title>"))
    #expect(text.contains(">+ 5432</text>"))
    #expect(text.contains(">− 53</text>"))
    #expect(text.contains(">+ 2 gained</text>"))
    #expect(text.contains(">− 1 lost</text>"))
    #expect(text.contains("8 nodes in 3 groups, 7 connections, 2 gained, 1 lost."))
  }

  @Test func `without a change there is no legend`() {
    var picture = Picture.shop
    picture.edges.removeAll { $0.mark != .unchanged }
    #expect(!picture.svg.contains("unchanged</text>"))
  }

  @Test func `a long name is cut in its box and whole in its tooltip`() {
    let name = String(repeating: "long-", count: 40)
    let text = Picture(title: "t", nodes: [.init(id: "a", label: name)]).svg
    #expect(text.contains("<title>\(name)</title>"))
    #expect(!text.contains(">\(name)</text>"))
    #expect(text.contains("…"))
  }

  @Test func `it needs nothing from elsewhere`() {
    let text = Picture.shop.svg
    for word in ["<script", "href", "@import", "url(", "@font-face"] {
      #expect(!text.contains(word))
    }
    #expect(text.contains("prefers-color-scheme: dark"))
    #expect(text.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
  }

  @Test func `an empty picture says so`() {
    let picture = Picture(title: "Nothing", emptyText: "No connection is allowed.")
    #expect(picture.svg.contains(">No connection is allowed.</text>"))
    #expect(problem(inXML: picture.svg) == nil)
    #expect(picture.dot.contains("No connection is allowed."))
    #expect(picture.mermaid.contains("No connection is allowed."))
  }
}

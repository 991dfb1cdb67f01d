import Picture
import Testing

@Suite struct TextWritersTests {
  private let picture = Picture(
    title: "Say \"what\"", groups: [.init(id: "end", label: "end")],
    nodes: [
      .init(id: "end/x", label: "x", detail: "Deployment", group: "end"),
      .init(id: "end/o", label: "say \"o\" \\N", group: "end"),
      .init(id: "net", label: "169.254.169.254", role: .addresses, warning: "metadata"),
    ],
    edges: [
      .init(from: "end/x", to: "end/o", label: "5432", tooltip: ["policies/o.yaml:3"]),
      .init(from: "end/x", to: "net", label: "80,443", mark: .gained),
      .init(from: "end/o", to: "net", label: "53", mark: .lost),
    ])

  @Test func `Mermaid gets ids of its own and escaped words`() {
    #expect(
      picture.mermaid == """
        ---
        title: "Say \\"what\\""
        ---
        flowchart LR
          subgraph g0["end"]
            n0["say #quot;o#quot; #92;N"]
            n1["x<br>Deployment"]
          end
          n2(["169.254.169.254<br>⚠ metadata"])
          n0 -.-x|"− 53"| n2
          n1 -->|"5432"| n0
          n1 -->|"#43; 80,443"| n2
          linkStyle 2 stroke:#1a7f37,stroke-width:3px
          linkStyle 0 stroke:#cf222e,stroke-dasharray:6 4

        """)
  }

  @Test func `Graphviz gets clusters, signs and tooltips`() {
    #expect(
      picture.dot == """
        digraph {
          rankdir=LR
          graph [label="Say \\"what\\"", labelloc="t", fontname="Helvetica"]
          node [shape=box, style=rounded, fontname="Helvetica", fontsize=11]
          edge [color="#8a94a6", fontname="Helvetica", fontsize=10]
          subgraph cluster_0 {
            graph [label="end", style="rounded", color="#d0d7de"]
            "end/o" [label="say \\"o\\" \\\\N", tooltip="end/say \\"o\\" \\\\N"]
            "end/x" [label="x\\nDeployment", tooltip="end/x\\nDeployment"]
          }
          "net" [label="169.254.169.254\\n⚠ metadata", shape="ellipse", color="#9a6700", \
        tooltip="169.254.169.254\\nmetadata"]
          "end/o" -> "net" [label="− 53", color="#cf222e", fontcolor="#cf222e", style="dashed", \
        tooltip="end/say \\"o\\" \\\\N → 169.254.169.254  − 53", \
        labeltooltip="end/say \\"o\\" \\\\N → 169.254.169.254  − 53"]
          "end/x" -> "end/o" [label="5432", \
        tooltip="end/x → end/say \\"o\\" \\\\N  5432\\npolicies/o.yaml:3", \
        labeltooltip="end/x → end/say \\"o\\" \\\\N  5432\\npolicies/o.yaml:3"]
          "end/x" -> "net" [label="+ 80,443", color="#1a7f37", fontcolor="#1a7f37", style="bold", \
        tooltip="end/x → 169.254.169.254  + 80,443", \
        labeltooltip="end/x → 169.254.169.254  + 80,443"]
        }

        """)
  }

  @Test func `edges between the same nodes become one, those with no node none`() {
    let nodes = ["a", "b"].map { Picture.Node(id: $0, label: $0) }
    let edges = [
      Picture.Edge(from: "a", to: "b", label: "443"), Picture.Edge(from: "a", to: "b", label: "80"),
      Picture.Edge(from: "a", to: "b", label: "80"), Picture.Edge(from: "a", to: "c", label: "1"),
      Picture.Edge(from: "a", to: "b", label: "", mark: .gained),
    ]
    let text = Picture(title: "", nodes: nodes, edges: edges).mermaid
    #expect(text.contains("  n0 -->|\"443, 80\"| n1\n  n0 -->|\"#43;\"| n1\n  linkStyle 1 "))
    #expect(!text.contains("\"1\""))
  }
}

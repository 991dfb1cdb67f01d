import Picture
import TestSupport

extension Picture {
  /// The change that the shop's review is about, without its DNS.
  static var shop: Picture {
    func workload(_ group: String, _ name: String) -> Node {
      Node(id: "\(group)/\(name)", label: name, detail: "Deployment", group: group)
    }
    return Picture(
      title: "main → this change",
      groups: ["shop", "monitoring", "kube-system"].map { Group(id: $0, label: $0) },
      nodes: [
        workload("shop", "web"), workload("shop", "api"), workload("shop", "db"),
        workload("shop", "report"), workload("monitoring", "grafana"),
        workload("kube-system", "coredns"),
        Node(id: "internet", label: "internet", role: .internet),
        Node(
          id: "metadata", label: "169.254.169.254/32", role: .addresses,
          warning: "cloud metadata address"),
      ],
      edges: [
        Edge(from: "internet", to: "shop/web", label: "8080"),
        Edge(
          from: "shop/web", to: "shop/api", label: "8443",
          tooltip: ["shop/api policies/api.yaml:12"]),
        Edge(from: "shop/api", to: "shop/db", label: "5432"),
        Edge(from: "shop/report", to: "shop/db", label: "5432"),
        Edge(from: "monitoring/grafana", to: "shop/db", label: "5432", mark: .gained),
        Edge(from: "shop/api", to: "metadata", label: "80,443", mark: .gained),
        Edge(from: "shop/report", to: "kube-system/coredns", label: "53", mark: .lost),
      ])
  }

  /// Everything that may come together: names of all lengths, loops, cycles, parallel edges, nodes
  /// without edges and without groups.
  static func random(seed: UInt64, nodes count: Int, groups: Int, edges: Int) -> Picture {
    var random = SplitMix64(seed: seed)
    let nodes = (0..<count).map { index in
      Node(
        id: "n\(index)",
        label: String(repeating: "name", count: Int.random(in: 1...12, using: &random)),
        detail: Bool.random(using: &random) ? "Deployment" : nil,
        // The last is the id of no group.
        group: "g\(Int.random(in: 0...groups, using: &random))",
        role: Role.allCases.randomElement(using: &random) ?? .workload,
        warning: Int.random(in: 0..<20, using: &random) == 0 ? "look at this" : nil)
    }
    let busy = max(1, count * 3 / 4)
    let edges = (0..<edges).map { _ in
      // A few nodes have many edges.
      let target = Int.random(in: 0..<busy, using: &random)
      return Edge(
        from: "n\(Int.random(in: 0..<busy, using: &random))",
        to: "n\(Bool.random(using: &random) ? target : target % 7)",
        label: ["5432", "80,443", "UDP 53, TCP 53", ""].randomElement(using: &random) ?? "",
        mark: Mark.allCases.randomElement(using: &random) ?? .unchanged)
    }
    return Picture(
      title: "seed \(seed)", groups: (0..<groups).map { Group(id: "g\($0)", label: "group-\($0)") },
      nodes: nodes, edges: edges)
  }

  static func allToAll(_ count: Int, group: String?) -> Picture {
    let names = (0..<count).map { "w\($0)" }
    return Picture(
      title: "all to all", groups: [Group(id: "g", label: "g")],
      nodes: names.map { Node(id: $0, label: $0, group: group) },
      edges: names.flatMap { from in
        names.filter { $0 != from }.map { Edge(from: from, to: $0, label: "80") }
      })
  }

  static func star(_ count: Int) -> Picture {
    let names = (0..<count).map { "10.0.\($0).0/24" }
    return Picture(
      title: "star", nodes: (names + ["hub"]).map { Node(id: $0, label: $0) },
      edges: names.map { Edge(from: $0, to: "hub", label: "443") })
  }

  static func chain(_ count: Int, group: String?) -> Picture {
    Picture(
      title: "chain", groups: [Group(id: "g", label: "g")],
      nodes: (0..<count).map { Node(id: "n\(100 + $0)", label: "step \($0)", group: group) },
      edges: (1..<count).map { Edge(from: "n\(99 + $0)", to: "n\(100 + $0)", label: "80") })
  }

  static func alone(_ count: Int) -> Picture {
    Picture(
      title: "alone", groups: [Group(id: "g", label: "g")],
      nodes: (0..<count).map {
        Node(id: "n\($0)", label: "workload-\($0)", group: $0.isMultiple(of: 3) ? nil : "g")
      })
  }

  static var samples: [Picture] {
    [
      shop, allToAll(10, group: "g"), allToAll(9, group: nil), star(40), chain(14, group: "g"),
      chain(30, group: nil), alone(60), random(seed: 1, nodes: 1, groups: 1, edges: 3),
    ]
      + (2..<14).map {
        random(seed: $0, nodes: 4 * Int($0), groups: 1 + Int($0) / 2, edges: 8 * Int($0))
      }
      + [random(seed: 14, nodes: 150, groups: 12, edges: 400)]
  }
}

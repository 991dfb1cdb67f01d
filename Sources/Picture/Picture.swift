/// Boxes in groups and arrows between them, with the words on them: what is to be seen, and nothing
/// about where. It knows no policy; whoever makes one decides what a box and an arrow stand for.
///
/// Ids are the caller's and never shown. The order of the arrays does not show either: `svg`, `dot`
/// and `mermaid` sort by id, which is the same picture again for the same connections.
package struct Picture: Hashable, Sendable {
  package var title: String
  package var subtitle: String?
  package var groups: [Group]
  package var nodes: [Node]
  package var edges: [Edge]
  /// What a picture without nodes says in their place.
  package var emptyText: String

  package init(
    title: String, subtitle: String? = nil, groups: [Group] = [], nodes: [Node] = [],
    edges: [Edge] = [], emptyText: String = "Nothing to show"
  ) {
    self.title = title
    self.subtitle = subtitle
    self.groups = groups
    self.nodes = nodes
    self.edges = edges
    self.emptyText = emptyText
  }

  /// A box around nodes, such as a namespace. One without nodes is not drawn.
  package struct Group: Hashable, Sendable {
    package var id: String
    package var label: String

    package init(id: String, label: String) {
      self.id = id
      self.label = label
    }
  }

  package struct Node: Hashable, Sendable {
    package var id: String
    package var label: String
    /// A second, smaller line, such as the kind of a workload.
    package var detail: String?
    /// The id of a group; a node whose group is not in the picture stands free.
    package var group: String?
    package var role: Role
    /// Why this node deserves a second look, in a few words: shown with a sign in place of `detail`.
    package var warning: String?
    package var tooltip: [String]

    package init(
      id: String, label: String, detail: String? = nil, group: String? = nil,
      role: Role = .workload, warning: String? = nil, tooltip: [String] = []
    ) {
      self.id = id
      self.label = label
      self.detail = detail
      self.group = group
      self.role = role
      self.warning = warning
      self.tooltip = tooltip
    }
  }

  /// What a node is, which decides its outline.
  package enum Role: CaseIterable, Hashable, Sendable {
    case workload
    /// A range of addresses.
    case addresses
    case internet
    /// Where traffic enters the cluster.
    case ingress
    /// Stands for many: any pod, or a whole namespace.
    case summary
  }

  /// An arrow between two nodes. One whose ends are not both in the picture is not drawn; several
  /// of one mark between the same two nodes are drawn as one, with the labels of all.
  package struct Edge: Hashable, Sendable {
    package var from: String
    package var to: String
    package var label: String
    package var mark: Mark
    package var tooltip: [String]

    package init(
      from: String, to: String, label: String, mark: Mark = .unchanged, tooltip: [String] = []
    ) {
      self.from = from
      self.to = to
      self.label = label
      self.mark = mark
      self.tooltip = tooltip
    }
  }

  /// How an edge differs from the picture before.
  package enum Mark: CaseIterable, Hashable, Sendable {
    case unchanged
    case gained
    case lost
  }
}

import Apply
import Diagnostics
import Iptables
import NetSets
import Nftables

/// What differs in one object of a firewall, in words; whatever the firewall.
struct ObjectDifference {
  enum Kind: String {
    case chain
    case map
    case set
    case counter
    /// From a built-in chain of iptables into ours.
    case jump
  }

  enum Change: String {
    case added
    case removed
    case changed
  }

  let kind: Kind
  let name: String
  let comment: String?
  let change: Change
  let removed: [String]
  let added: [String]

  var lines: [String] {
    if kind == .counter { return ["\(sign) counter \(name)"] }
    let count = max(added.count, removed.count)
    let size =
      kind == .set && change != .changed ? "  \(count) element\(count == 1 ? "" : "s")" : ""
    let words = comment.map { $0.isEmpty ? "" : "   \($0)" } ?? ""
    return ["\(sign) \(kind.rawValue) \(name)\(words)\(size)"]
      + removed.map { "-   \($0)" } + added.map { "+   \($0)" }
  }

  private var sign: String {
    switch change {
    case .added: "+"
    case .removed: "-"
    case .changed: " "
    }
  }

  var json: JSON {
    [
      "kind": .string(kind.rawValue), "name": .string(name), "change": .string(change.rawValue),
      "removed": .array(removed.map { .string($0) }),
      "added": .array(added.map { .string($0) }),
    ]
  }
}

/// What differs in one family of a firewall.
struct DifferenceText {
  /// `ip netpolc`, `iptables filter` or `iptables nat`.
  let table: String
  let isNftables: Bool
  /// As nft names it.
  private let family: String
  let objects: [ObjectDifference]

  init(_ difference: RulesDifference, _ names: PodNames) {
    switch difference {
    case .nftables(let table):
      isNftables = true
      family = table.family.nftName
      self.table = "\(table.family.nftName) netpolc"
      objects = TableDifferenceText(table: table, names: names).objects
    case .bridge(let bridge):
      isNftables = true
      family = "bridge"
      table = "bridge netpolc"
      objects = bridge.objects.map { ObjectDifference($0) }
    case .iptables(let filter):
      isNftables = false
      family = filter.family.nftName
      table = "\(filter.family.command) \(filter.table.rawValue)"
      objects = FilterDifferenceText(filter: filter, names: names).objects
    }
  }

  var lines: [String] { objects.flatMap(\.lines) }

  var json: JSON {
    [
      "table": .string(table), "family": .string(family),
      "objects": .array(objects.map(\.json)),
    ]
  }
}

extension ObjectDifference {
  fileprivate init(_ object: BridgeDifference.Object) {
    let kind: Kind =
      switch object.kind {
      case .chain: .chain
      case .set: .set
      }
    let change: Change =
      switch object.change {
      case .added: .added
      case .removed: .removed
      case .changed: .changed
      }
    self.init(
      kind: kind, name: object.name, comment: object.comment, change: change,
      removed: object.removed, added: object.added)
  }
}

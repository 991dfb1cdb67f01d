import NetSets

extension OwnTable {
  /// Its chains as iptables-restore reads them, without its name and `COMMIT`: entering them, and
  /// removing what an earlier run left, is in the same transaction and depends on the node.
  package var chainsText: String {
    var lines = chains.map { ":\($0.name) - [0:0]" }
    for chain in chains {
      for rule in chain.rules { lines.append("-A \(chain.name) \(rule.text(family))") }
    }
    return lines.map { $0 + "\n" }.joined()
  }
}

extension Entrance {
  /// As the line that makes it.
  var line: String { "\(place == .first ? "-I" : "-A") \(hook.rawValue) \(text)\n" }
}

extension PacketFilter {
  /// Its sets as `ipset -exist restore` reads them on a node that has none of them.
  package var setsText: String { sets.map(\.text).joined() }
}

extension IPSet {
  /// What a set is called while it is filled to take the place of another.
  static let unfinished = "-new"

  var text: String { "# \(name): \(comment)\n\(declaration(name))\(additions(name))" }

  /// Fills another set, and has it take the place of the one that rules may be looking into. The
  /// kernel waits for every packet that is under way then, so that new sets do without.
  var replacement: String {
    let new = name + IPSet.unfinished
    return "\(declaration(new))flush \(new)\n\(additions(new))swap \(new) \(name)\ndestroy \(new)\n"
  }

  private func declaration(_ name: String) -> String { "create \(name) \(type)\n" }

  private func additions(_ name: String) -> String {
    content.elements.map { "add \(name) \($0)\n" }.joined()
  }

  /// The same for every content: a set that is there must be created alike (`mtype_same_set` in the
  /// kernel's ip_set_hash_gen.h), whereby `maxelem` counts, which is only a limit, and `hashsize`,
  /// which is memory and grows as needed, does not.
  private var type: String {
    "\(content.type) family \(family.ipsetName) hashsize 64 maxelem \(IPSet.mostElements)"
  }
}

extension IPFamily {
  var ipsetName: String { self == .ipv4 ? "inet" : "inet6" }
}

extension IPSet.Content {
  fileprivate var type: String {
    switch self {
    case .addresses: "hash:ip"
    case .endpoints: "hash:ip,port"
    case .prefixes: "hash:net"
    }
  }

  /// Each as ipset writes it.
  package var elements: [String] {
    switch self {
    case .addresses(let addresses): addresses.map(\.description)
    case .endpoints(let keys):
      keys.map { "\($0.address),\($0.transport.word):\($0.port)" }
    case .prefixes(let prefixes): prefixes.map(\.shortText)
    }
  }
}

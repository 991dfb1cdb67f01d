import NetSets

/// A table of the kernel's firewall that somebody else made, as far as it is understood: of
/// nftables, or of iptables of either variant.
package struct ForeignTable: Sendable {
  /// In the words of whoever shows it: `iptables-nft table nat`, `nft table inet firewalld`.
  package let title: String
  /// `nat`, `inet firewalld`.
  package let name: String
  package let owner: Owner
  /// Those whose packets it sees.
  package let families: [IPFamily]
  package var chains: [ForeignChain]

  package enum Owner: Sendable, Hashable {
    case nftables
    case iptablesNft
    case iptablesLegacy
  }

  package init(
    title: String, name: String, owner: Owner, families: [IPFamily], chains: [ForeignChain]
  ) {
    self.title = title
    self.name = name
    self.owner = owner
    self.families = families
    self.chains = chains
  }

  package func chain(_ name: String) -> ForeignChain? { chains.first { $0.name == name } }

  /// Whether there is anything in it that does something to a packet.
  package var hasRules: Bool {
    chains.contains { !$0.rules.isEmpty || $0.base?.drops == true }
  }
}

package struct ForeignChain: Sendable {
  package let name: String
  package let base: Base?
  package var rules: [ForeignRule]

  package init(name: String, base: Base?, rules: [ForeignRule] = []) {
    self.name = name
    self.base = base
    self.rules = rules
  }

  /// Where in the packet's path a chain is called.
  package struct Base: Sendable, Hashable {
    package let hook: Hook
    package let priority: Int
    /// Whether what no rule decides is dropped.
    package let drops: Bool
    /// Whether it is of type `nat`.
    package let translates: Bool

    package init(hook: Hook, priority: Int, drops: Bool, translates: Bool) {
      self.hook = hook
      self.priority = priority
      self.drops = drops
      self.translates = translates
    }
  }

  /// The hooks that are asked about; others are none.
  package enum Hook: String, Sendable {
    case forward
    case postrouting
    case other
  }
}

/// A rule: what it tests, and what it does then.
package struct ForeignRule: Sendable {
  package let text: String
  package let conditions: [Condition]
  package let action: Action

  package init(text: String, conditions: [Condition], action: Action) {
    self.text = text
    self.conditions = conditions
    self.action = action
  }

  package enum Action: Sendable, Hashable {
    case accept
    /// Silently, or with an answer.
    case drop
    case `return`
    case jump(String)
    case goto(String)
    /// Gives the packet another source.
    case translate
    /// Binds the packet's own source to the connection: no later rule gives it another.
    case keepSource
    case mark
    /// Neither decides nor changes anything that is asked about.
    case proceed
    /// Something that is not modelled, which may end the way of the packet.
    case unknown
  }

  package struct Condition: Sendable {
    package let test: Test
    package let isNegated: Bool

    package init(_ test: Test, negated: Bool = false) {
      self.test = test
      isNegated = negated
    }
  }

  package enum Test: Sendable {
    case source(AddressSet)
    case destination(AddressSet)
    /// Any of them; `*` at the end stands for anything.
    case inInterface([String])
    case outInterface([String])
    case family(IPFamily)
    /// The state of the connection, and whether a new one is among those that are wanted. One between
    /// pods' own addresses is not of a Service, so that its destination was never translated.
    case connectionState(includesNew: Bool)
    /// `mark & mask == value`.
    case mark(value: UInt32, mask: UInt32)
    /// Whether the destination, or the source, is the node's own.
    case isLocal(AddressField)
    /// One that is not modelled.
    case unknown
  }

  package enum AddressField: Sendable {
    case source
    case destination
  }
}

import Diagnostics
import NetSets

/// By which source addresses connections leave a node, and what says so: rules in order, of which
/// the first that holds decides. A connection that none holds for keeps its source.
package struct Masquerade: Hashable, Sendable {
  package let profile: Profile
  package private(set) var groups: [AddressGroup] = []
  package private(set) var rules: [Rule] = []
  /// Where pods keep their addresses whatever other translators on the node do, in mode
  /// `override`: from these addresses to those.
  package let kept: Kept?

  package struct Kept: Hashable, Sendable {
    package let pods: AddressGroup
    package let destinations: AddressGroup

    package init(pods: AddressGroup, destinations: AddressGroup) {
      self.pods = pods
      self.destinations = destinations
    }
  }

  package init(profile: Profile, kept: Kept?) {
    self.profile = profile
    self.kept = kept
  }

  /// Makes a group known to rules by its name.
  mutating func add(_ group: AddressGroup) -> AddressGroup.Name {
    precondition(!groups.contains { $0.name == group.name }, "a group has a name of its own")
    groups.append(group)
    return group.name
  }

  mutating func add(_ rule: Rule) { rules.append(rule) }

  package func group(_ name: AddressGroup.Name) -> AddressGroup {
    guard let group = groups.first(where: { $0.name == name }) else {
      preconditionFailure("rules name groups that there are")
    }
    return group
  }
}

extension Masquerade {
  /// Whose rules they are.
  package enum Profile: String, Hashable, Sendable, CaseIterable {
    /// The user's, by flags.
    case flags
    case calico
    case flannel
    case bridge
    case ipMasqAgent = "ip-masq-agent"
    case awsVPC = "aws-vpc"
    case cilium
    case kindnet
    case kindMasqAgent = "kind-masq-agent"
    case antrea
  }

  package struct Rule: Hashable, Sendable {
    package let conditions: [Condition]
    package let action: Action
    package let origin: Origin

    package init(_ conditions: [Condition], _ action: Action, _ origin: Origin) {
      self.conditions = conditions
      self.action = action
      self.origin = origin
    }
  }

  /// All of a rule's have to hold.
  package enum Condition: Hashable, Sendable {
    case family(IPFamily)
    case source(AddressGroup.Name, negated: Bool)
    case destination(AddressGroup.Name, negated: Bool)
    /// Of the node itself.
    case sourceIsLocal
    case destinationIsLocal(negated: Bool)
    /// The interface that it leaves by does not have the source for an address.
    case sourceNotOnOutInterface
    case outInterface(InterfacePattern, negated: Bool)
    case transport(Transport)
  }

  package enum Action: Hashable, Sendable {
    case keep
    /// To the address of the interface that it leaves by.
    case masquerade(Ports)
    /// To these, at most one a family; the source of another family is kept.
    case address([IPAddress], Ports)
  }

  package struct Ports: Hashable, Sendable {
    /// nil for any. Only where the conditions name a transport.
    package let range: ClosedRange<UInt16>?
    package let choice: Choice

    package init(_ range: ClosedRange<UInt16>? = nil, _ choice: Choice) {
      self.range = range
      self.choice = choice
    }

    /// How a source port is chosen, as the words of `--masq-random`.
    package enum Choice: String, Hashable, Sendable, CaseIterable {
      /// At random.
      case fully
      /// By a hash of the addresses, which is what `iptables --random` asks for.
      case prng
      /// The connection's own, if it is free.
      case none
    }
  }
}

/// Addresses that rules name.
package struct AddressGroup: Hashable, Sendable {
  /// Also of the set in the kernel.
  package struct Name: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }
  }

  package let name: Name
  package let members: [Member]
  package let addresses: AddressSet

  package struct Member: Hashable, Sendable {
    package let range: AddressRange
    package let origin: Origin

    package init(_ range: AddressRange, _ origin: Origin) {
      self.range = range
      self.origin = origin
    }
  }

  package init(_ name: String, _ members: [Member]) {
    self.name = Name(name)
    self.members = members
    addresses = AddressSet(members.map(\.range))
  }

  /// What its members come from, each once.
  package var words: String {
    var seen: [String] = []
    for member in members where !seen.contains(member.origin.words) {
      seen.append(member.origin.words)
    }
    return seen.joined(separator: ", ")
  }

  /// What put the address into it; the narrowest of several.
  package func origin(of address: IPAddress) -> Origin? {
    members.filter { $0.range.contains(address) }
      .min { $0.range.upper - $0.range.lower < $1.range.upper - $1.range.lower }?.origin
  }
}

/// What made a rule or a range: words, and the place in the user's files where there is one.
package struct Origin: Hashable, Sendable {
  package let words: String
  package let location: SourceLocation?

  package init(_ words: String, _ location: SourceLocation? = nil) {
    self.words = words
    self.location = location
  }
}

extension Origin: CustomStringConvertible {
  package var description: String { location.map { "\(words) \($0.fileAndLine)" } ?? words }
}

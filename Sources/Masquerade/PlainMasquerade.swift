import NetSets

/// What flags say: sources are translated on the way to everywhere but these ranges.
package struct PlainMasquerade: Hashable, Sendable {
  package var from: [IPPrefix]
  package var skip: [IPPrefix] = []
  package var to: [IPAddress] = []
  package var ports = Masquerade.Ports(nil, .fully)
  /// Any of them; none for every interface.
  package var outInterfaces: [InterfacePattern] = []

  package init(from: [IPPrefix]) { self.from = from }

  /// Pods keep their addresses among each other, whether or not that is said: policies go by them.
  package var masquerade: Masquerade {
    let sources = from.map { AddressGroup.Member($0.range, Origin("--masq-from \($0)")) }
    let skipped = skip.map { AddressGroup.Member($0.range, Origin("--masq-skip \($0)")) }
    let pods = AddressGroup("masq-from", sources)
    let destinations = AddressGroup(
      "masq-skip", skipped + sources + Unroutable.members(beside: sources))
    var result = Masquerade(
      profile: .flags, kept: Masquerade.Kept(pods: pods, destinations: destinations))
    let conditions: [Masquerade.Condition] = [
      .source(result.add(pods), negated: false),
      .destination(result.add(destinations), negated: true),
    ]
    let ways = outInterfaces.map { [Masquerade.Condition.outInterface($0, negated: false)] }
    let origin = Origin("--masq-from \(from.map(\.description).joined(separator: " "))")
    for way in ways.isEmpty ? [[]] : ways {
      result.addTranslation(conditions + way, ports: ports, to: to, origin)
    }
    return result
  }
}

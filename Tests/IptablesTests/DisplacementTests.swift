import Iptables
import NetSets
import Testing

/// Rules of others around the jump of table nat: only one that may decide about connections that ours
/// translates is in its way.
@Suite struct DisplacementTests {
  private let pods = IPSet(
    name: "npc-m4-from-0", family: .ipv4, comment: "",
    content: .prefixes([WrittenPrefix("10.244.0.0/16")].compactMap(\.self).map(\.prefix)))

  private func wanted(_ place: Entrance.Place) -> PacketFilter {
    let rule = Rule(
      [
        .addressIn(.source, set: pods.name),
        .addressIn(.destination, set: pods.name, negated: true),
      ], .translate(.masquerade(SourcePorts(nil, .fullyRandom))))
    return PacketFilter(
      sets: [pods],
      tables: [
        OwnTable(
          .nat, family: .ipv4, entrances: [Entrance(.postrouting, place)],
          chains: [Chain(name: "NPC-MASQ", rules: [rule])])
      ])
  }

  /// What is told of others' lines behind a jump that is to be last, or ahead of one to be first.
  private func told(_ place: Entrance.Place, _ lines: [String]) throws -> [String] {
    let wanted = wanted(place)
    let jump = ["-A POSTROUTING -j NPC-MASQ"]
    let others = lines.filter { $0.hasPrefix("-A POSTROUTING") }
    let text = """
      *nat
      :POSTROUTING ACCEPT [0:0]
      :NPC-MASQ - [0:0]
      :THEIRS - [0:0]
      :OTHER - [0:0]
      \((place == .last ? jump + others : others + jump).joined(separator: "\n"))
      \(lines.filter { !others.contains($0) }.joined(separator: "\n"))
      -A NPC-MASQ -m set --match-set npc-m4-from-0 src -m set ! --match-set npc-m4-from-0 dst -j MASQUERADE --random-fully
      COMMIT

      """
    let installed = try FilterListing(
      rules: [.ipv4: [.nat: text]], sets: wanted.setsText
    ).installed()
    return installed.difference(to: wanted).flatMap { difference in
      #expect(difference.chains.isEmpty && difference.sets.isEmpty)
      return difference.entrances.flatMap { entrance -> [String] in
        guard case .others(let removed, _) = entrance.cause else { return ["\(entrance.cause)"] }
        return removed
      }
    }
  }

  /// As Docker, libvirt and others have them.
  @Test(arguments: [
    ["-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE"],
    ["-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE"],
    [
      "-A POSTROUTING -j THEIRS", "-A THEIRS -s 192.168.122.0/24 -d 224.0.0.0/24 -j RETURN",
      "-A THEIRS -s 192.168.122.0/24 ! -d 192.168.122.0/24 -j OTHER", "-A OTHER -j MASQUERADE",
    ],
    ["-A POSTROUTING -s 192.0.2.0/24 -j THEIRS", "-A THEIRS -j MASQUERADE"],
    ["-A POSTROUTING -d 10.244.7.0/24 -j MASQUERADE"],
    ["-A POSTROUTING -m comment --comment \"-s 10.244.0.0/16\""],
    ["-A POSTROUTING -j THEIRS", "-A THEIRS -j RETURN", "-A THEIRS -m mark --mark 0x1"],
  ])
  func `a translator of other connections is in nobody's way`(_ lines: [String]) throws {
    for place in [Entrance.Place.first, .last] { #expect(try told(place, lines) == []) }
  }

  @Test(arguments: [
    ["-A POSTROUTING -s 10.244.1.0/24 -j MASQUERADE"], ["-A POSTROUTING -s 10.0.0.0/8 -j ACCEPT"],
    ["-A POSTROUTING ! -s 10.244.0.0/16 -j MASQUERADE"],
    ["-A POSTROUTING -o eth0 -j SNAT --to-source 192.0.2.1"], ["-A POSTROUTING -j RETURN"],
    ["-A POSTROUTING -j THEIRS", "-A THEIRS -m mark --mark 0x4000/0x4000 -j MASQUERADE"],
    [
      "-A POSTROUTING -s 10.244.1.2/32 -j THEIRS", "-A THEIRS -d 10.244.1.0/24 -j ACCEPT",
      "-A THEIRS ! -d 224.0.0.0/4 -g OTHER", "-A OTHER -j MASQUERADE",
    ],
  ])
  func `one that may take pods' connections is told`(_ lines: [String]) throws {
    for place in [Entrance.Place.first, .last] {
      #expect(try told(place, lines) == [String(lines[0].dropFirst("-A POSTROUTING ".count))])
    }
  }
}

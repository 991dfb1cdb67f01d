import Iptables
import NetSets
import TestSupport
import Testing

/// Damaged text is read, or refused with its line; nothing crashes.
@Suite struct FuzzTests {
  private static let inputs = 1000

  private static let pieces = [
    "-A", "-I FORWARD -j NPC-FORWARD", "[1:2] ", "*nat", "COMMIT", ":NPC-X - [0:0]", "\"", "\\",
    " ",
    "-m", "-p tcp", "--dport 99999999999", ":", ",", "/", "!", "\u{0}", "é", "-s ::/0", "-j",
    "create",
    "add npc-p4-1 ", "-A POSTROUTING -j NPC-MASQ", "-j SNAT --to-source ", "nat4() {", "NETPOLC",
    "  cat <<'NETPOLC'", "rules4() {", "-new", "\r", "4294967296",
  ]

  /// Lines go, come twice and change places; bytes and pieces come in between.
  private func damaged(_ text: String, using random: inout SplitMix64) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.utf8) }
    for _ in 0...Int.random(in: 0..<4, using: &random) {
      let index = Int.random(in: lines.indices, using: &random)
      let at = Int.random(in: 0...lines[index].count, using: &random)
      switch Int.random(in: 0..<7, using: &random) {
      case 0 where lines.count > 1: lines.remove(at: index)
      case 1: lines.insert(lines[index], at: index)
      case 2: lines.swapAt(index, Int.random(in: lines.indices, using: &random))
      case 3: lines[index] = Array(lines[index].prefix(at))
      case 4: lines[index].insert(UInt8.random(in: 0...255, using: &random), at: at)
      default:
        let piece = Self.pieces.randomElement(using: &random) ?? ""
        lines[index].insert(contentsOf: piece.utf8, at: at)
      }
    }
    return String(decoding: Array(lines.joined(separator: [UInt8(ascii: "\n")])), as: UTF8.self)
  }

  @Test(arguments: 0..<UInt64(4))
  func `damaged listings and scripts are read or refused`(_ part: UInt64) {
    var random = SplitMix64(seed: 77 + part)
    var refused = 0
    let filters = (0..<10).map { generatedFilter(seed: $0 + part) }
    for number in 0..<Self.inputs {
      let filter = filters[number % filters.count]
      do {
        if number % 3 == 0 {
          let read = try PacketFilter(parsingScript: damaged(filter.script, using: &random))
          // What is read can be printed, and is then read as the same.
          #expect(try PacketFilter(parsingScript: read.script).difference(to: read).isEmpty)
        } else {
          let listing = try FilterListing(
            rules: [
              .ipv4: [
                .filter: damaged(filter.restoreText(.ipv4), using: &random),
                .nat: damaged(filter.restoreText(.ipv4, .nat), using: &random),
              ], .ipv6: [.filter: filter.restoreText(.ipv6)],
            ], sets: damaged(filter.setsText, using: &random))
          _ = listing.removal
          _ = listing.rulesIntoOurs
          _ = FilterChange(from: try listing.installed(), to: filter)
        }
      } catch { refused += 1 }
    }
    // Damage that is always, or never, noticed would test nothing.
    #expect((Self.inputs / 10..<Self.inputs * 9 / 10).contains(refused), "\(refused)")
  }
}

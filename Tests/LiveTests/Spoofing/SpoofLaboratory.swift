import Glibc
import Host
import NetSets
import TestSupport
import Testing

extension Laboratory {
  /// How many packets the table of a family dropped for their source.
  func spoofed(in family: String) throws -> Int? {
    let text = try nft(["list", "counter", family, "netpolc", "deny-spoofed"])
    let words = text.split { $0 == " " || $0 == "\n" || $0 == "\t" }
    return words.firstIndex(of: "packets").flatMap { Int(words[$0 + 1]) }
  }
}

/// Waits up to five seconds.
func eventually(_ condition: () throws -> Bool) throws {
  for _ in 0..<100 {
    if try condition() { return }
    usleep(50_000)
  }
  #expect(try condition())
}

import NetSets
import Testing

@Suite struct AddressRangeTests {
  @Test(
    arguments: [
      ("10.0.0.0-10.0.0.255", ["10.0.0.0/24"]),
      ("10.0.0.1-10.0.0.6", ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/31", "10.0.0.6/32"]),
      ("0.0.0.0-255.255.255.255", ["0.0.0.0/0"]),
      ("255.255.255.255-255.255.255.255", ["255.255.255.255/32"]),
      ("0.0.0.0-0.0.0.2", ["0.0.0.0/31", "0.0.0.2/32"]),
      ("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ["::/0"]),
      ("::-7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ["::/1"]),
      ("8000::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ["8000::/1"]),
      ("::1-::2", ["::1/128", "::2/128"]),
    ])
  func `a range is the fewest prefixes`(_ text: String, _ expected: [String]) throws {
    let ends = try text.split(separator: "-").map { try #require(IPAddress($0)) }
    let range = AddressRange(family: ends[0].family, lower: ends[0].bits, upper: ends[1].bits)
    #expect(range.prefixes.map(\.description) == expected)
  }

  @Test func `the prefixes of a range hold its addresses and no other`() {
    for lower in UInt128(0)...40 {
      for upper in lower...41 {
        let range = AddressRange(family: .ipv4, lower: lower, upper: upper)
        #expect(AddressSet(range.prefixes.map(\.range)).ranges == [range])
      }
    }
  }
}

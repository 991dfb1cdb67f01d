import NetSets
import Testing

@Suite struct IPAddressTests {
  @Test(arguments: [
    ("10.0.0.1", "10.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
    ("::", "::"), ("::1", "::1"), ("fd00:244:1::10", "fd00:244:1::10"),
    ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
    ("fe80::", "fe80::"), ("64:ff9b::10.1.2.3", "64:ff9b::a01:203"),
  ])
  func `an address is read and written in canonical form`(_ text: String, _ canonical: String) {
    #expect(IPAddress(text)?.description == canonical)
  }

  @Test(arguments: [
    "", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1.2", "10.0.0.-1", "1:2", ":1::2", "1::2::3",
    ":::", "1:::2", "::12345", "fe80::1%eth0", "::ffff:1.2.3", "1:2:3:4:5:6:7:8:9", ":", "::g",
    "1:2:3:4:5:6:7:8::", "10.0.0.1 ",
  ])
  func `text that is no address is refused`(_ text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test(arguments: [
    ("10.1.2.3/8", "10.0.0.0/8"), ("010.0.0.0/8", "10.0.0.0/8"), ("0.0.0.0/0", "0.0.0.0/0"),
    ("::/0", "::/0"), ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("2001:db8::1/32", "2001:db8::/32"),
    ("10.0.0.1/32", "10.0.0.1/32"), ("10.0.0.0/08", "10.0.0.0/8"),
  ])
  func `a CIDR is masked, in every spelling that was ever stored`(
    _ text: String, _ canonical: String
  ) {
    #expect(WrittenPrefix(text)?.prefix.description == canonical)
  }

  @Test(arguments: [
    "10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "/8", "10.0.0.300/24", "::/129", "10.0.0.0/-1",
  ])
  func `text that is no CIDR is refused`(_ text: String) {
    #expect(WrittenPrefix(text) == nil)
  }

  @Test func `sets join what touches and subtract exactly`() {
    func range(_ lower: UInt128, _ upper: UInt128) -> AddressRange {
      AddressRange(family: .ipv4, lower: lower, upper: upper)
    }
    #expect(
      AddressSet([range(5, 9), range(1, 4), range(20, 30)]).ranges == [range(1, 9), range(20, 30)])
    let holes = AddressSet([range(0, 1), range(4, 5), range(9, 9), range(25, 40)])
    #expect(
      AddressSet([range(1, 9), range(20, 30)]).subtracting(holes).ranges
        == [range(2, 3), range(6, 8), range(20, 24)])
    #expect(AddressSet.all.subtracting(.all).isEmpty)
    #expect(
      AddressSet([range(1, 9)]).intersection(holes).ranges == [
        range(1, 1), range(4, 5), range(9, 9),
      ])
  }
}

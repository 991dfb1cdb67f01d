import Backends
import NetSets
import Nftables
import TestSupport
import Testing

/// What comes in by the ports of a bridge, according to the rules made of who is behind which.
@Suite struct BridgeTests {
  private let ports = ["veth0", "veth1", "veth2", "eth0"]
  private let hardware = (0..<4).compactMap { HardwareAddress("02:cc:00:00:00:0\($0)") }
  private let addresses = [
    "10.0.0.1", "10.0.0.2", "10.0.0.3", "0.0.0.0", "fd00::1", "fd00::2", "fd00::3", "::",
    "fe80::cc:ff:fe00:0", "fe80::cc:ff:fe00:1", "fe80::1",
  ].compactMap { IPAddress($0) }

  /// Nobody, one or several behind each port but the last, some with what another has.
  private func bindings(_ generator: inout SplitMix64) -> [PortBinding] {
    ports.dropLast().filter { _ in Bool.random(using: &generator) }.flatMap { port in
      (0..<Int.random(in: 1...2, using: &generator)).map { _ in
        PortBinding(
          port: port, hardware: hardware[Int.random(in: 0...3, using: &generator)],
          addresses: addresses.filter {
            $0.bits > 0 && Int.random(in: 0...3, using: &generator) == 0
          })
      }
    }
  }

  private func frame(_ generator: inout SplitMix64) -> Frame {
    func pick<Value>(_ values: [Value]) -> Value {
      values[Int.random(in: 0..<values.count, using: &generator)]
    }
    let ipv4 = addresses.filter { $0.family == .ipv4 }
    let ipv6 = addresses.filter { $0.family == .ipv6 }
    let types: [UInt8] = [128, 133, 134, 135, 136, 136, 136, 137, 143]
    let contents: [Frame.Content] = [
      .ipv4(source: pick(ipv4)), .arp(sender: pick(hardware), address: pick(ipv4)),
      .ipv6(source: pick(ipv6)),
      .icmpv6(source: pick(ipv6), type: pick(types), target: pick(ipv6 + [nil])), .other,
    ]
    return Frame(
      port: pick(ports), sender: pick(hardware), tag: pick([nil, nil, nil, .customer, .service]),
      pick(contents))
  }

  /// The specification: whose frame it could be.
  private func isOwn(_ frame: Frame, _ bindings: [PortBinding]) -> Bool {
    let here = bindings.filter { $0.port == frame.port }
    if here.isEmpty { return true }
    if frame.tag != nil { return false }
    let own = here.filter { $0.hardware == frame.sender }
    func has(_ binding: PortBinding, _ address: IPAddress) -> Bool {
      address.bits == 0 || address == binding.hardware.linkLocal
        || binding.addresses.contains(address)
    }
    switch frame.content {
    case .ipv4(let source), .ipv6(let source): return own.contains { has($0, source) }
    case .arp(let sender, let address):
      return sender == frame.sender && own.contains { has($0, address) }
    case .icmpv6(let source, let type, let target):
      guard own.contains(where: { has($0, source) }), type != 134, type != 137 else { return false }
      guard type == 136 else { return true }
      // Whose address it is may be said by whoever is behind the port.
      return target.map { target in here.contains { target.bits > 0 && has($0, target) } } ?? false
    case .other: return false
    }
  }

  @Test func `random frames pass when they are from their own port and addresses`() {
    var generator = SplitMix64(seed: 7)
    var (passed, dropped) = (0, 0)
    for round in 0..<300 {
      let bindings = bindings(&generator)
      let table = BridgeTable(bindings, comment: nil)
      #expect(table.problems.isEmpty)
      for _ in 0..<200 {
        let frame = frame(&generator)
        let accepts = table.accepts(frame)
        // Two that are behind one port with one hardware address or the other: an ARP message may
        // name either's, by rules that look at each field with the port alone.
        if bindings.count(where: { $0.port == frame.port }) > 1, case .arp = frame.content {
          continue
        }
        #expect(accepts == isOwn(frame, bindings), "round \(round): \(frame) \(bindings)")
        if accepts { passed += 1 } else { dropped += 1 }
      }
    }
    #expect(passed > 1000 && dropped > 1000)
  }

  @Test func `nobody behind any port leaves every frame alone`() throws {
    let table = BridgeTable([], comment: nil)
    let sender = try #require(hardware.first)
    #expect(table.accepts(Frame(port: "veth0", sender: sender, .other)))
    #expect(table.ports.isEmpty && table.senders.isEmpty)
  }
}

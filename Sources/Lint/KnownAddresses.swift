import NetSets
import PolicyModel

/// The addresses of a graph's endpoints, sorted.
struct KnownAddresses {
  private let sorted: [IPAddress]
  private let endpoints: [IPAddress: Int]

  init(_ graph: PolicyGraph) {
    var endpoints: [IPAddress: Int] = [:]
    for (index, endpoint) in graph.endpoints.enumerated() {
      for address in endpoint.addresses { endpoints[address] = index }
    }
    self.endpoints = endpoints
    sorted = endpoints.keys.sorted()
  }

  func parties(in range: AddressRange) -> [Party] {
    positions(in: range).map { Party(endpoint: endpoints[sorted[$0]], address: sorted[$0]) }
  }

  /// Whether every address of the range is some endpoint's.
  func fill(_ range: AddressRange) -> Bool {
    UInt128(positions(in: range).count) > range.upper - range.lower
  }

  private func positions(in range: AddressRange) -> Range<Int> {
    let first = sorted.partition { $0 >= IPAddress(family: range.family, bits: range.lower) }
    let end = sorted.partition { $0 > IPAddress(family: range.family, bits: range.upper) }
    return first..<end
  }
}

extension [IPAddress] {
  /// The first position for which `isRight` holds, in an order in which it then goes on to hold.
  fileprivate func partition(_ isRight: (IPAddress) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isRight(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

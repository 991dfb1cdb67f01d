import Capacity
import Diagnostics
import Reports

/// A node's address pool at each number of pods, in the forms that are printed.
struct WarmPoolReport {
  let type: InstanceType
  let settings: PoolSettings
  let states: [WarmPool]

  func text(_ format: WarmPoolFormat) -> String {
    switch format {
    case .text: ([head, ""] + lines + notes).map { $0 + "\n" }.joined()
    case .json: json.text
    case .csv: table().csv
    case .md: table().markdown
    }
  }

  // MARK: What is said around the table

  private var head: String {
    let block = settings.hasPrefixDelegation ? "prefixes of 16" : "addresses"
    let primary = settings.hasCustomNetworking ? ", besides the primary one" : ""
    return "\(type.name)   \(enis) of \(settings.blocksPerInterface) \(block) for pods\(primary)   "
      + targets.joined(separator: " ")
  }

  private var enis: String {
    settings.interfacesForPods == 1 ? "1 ENI" : "\(settings.interfacesForPods) ENIs"
  }

  /// Those that ipamd heeds.
  private var targets: [String] {
    var targets: [String] = []
    if settings.countsAddresses {
      targets.append("WARM_IP_TARGET=\(settings.warmAddresses)")
      targets.append("MINIMUM_IP_TARGET=\(settings.minimumAddresses)")
    } else if !settings.hasPrefixDelegation {
      targets.append("WARM_ENI_TARGET=\(settings.warmInterfaces)")
    }
    if settings.hasPrefixDelegation {
      targets.append("WARM_PREFIX_TARGET=\(settings.warmPrefixes)")
    }
    if let maxPods = settings.maxPods { targets.append("max-pods=\(maxPods)") }
    return targets
  }

  private var notes: [String] {
    var notes: [String] = []
    if let withoutAddress {
      notes.append("no address for \(withoutAddress): \(reason)")
    }
    let unsettled = states.filter { !$0.settles }.map(\.pods).sorted()
    if !unsettled.isEmpty {
      notes.append(
        "no rest at \(podNumbers(unsettled)): ipamd gets and gives back the same again and again; "
          + "the most that it holds is shown")
    }
    return notes.isEmpty ? [] : [""] + notes
  }

  /// The pods that never get an address, by number; nil if all do.
  var withoutAddress: String? {
    guard let fullest = states.max(by: { $0.pods < $1.pods }), fullest.waiting > 0 else {
      return nil
    }
    return podNumbers(Array(fullest.pool.assigned + 1...fullest.pods))
  }

  private var reason: String {
    let held = states.map(\.pool.total).max() ?? 0
    if settings.capacity == 0 { return "the primary ENI has none, and there is no other" }
    if held >= settings.capacity {
      return "\(enis) hold\(settings.interfacesForPods == 1 ? "s" : "") \(settings.capacity)"
    }
    if let maxPods = settings.maxPods, held >= maxPods {
      return "a pool of max-pods=\(maxPods) addresses or more does not grow"
    }
    return "without WARM_IP_TARGET the pool does not grow beyond MINIMUM_IP_TARGET"
  }

  /// `pod 3` or `pods 1, 5..8`.
  private func podNumbers(_ numbers: [Int]) -> String {
    var runs: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = runs.last, last.upperBound == number - 1 {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    let texts = runs.map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)"
    }
    return (numbers.count == 1 ? "pod " : "pods ") + texts.joined(separator: ", ")
  }

  // MARK: The table

  private func addressesOfENIs(_ state: WarmPool) -> [Int] {
    state.pool.interfaces.map { $0.blocks * settings.blockSize }
  }

  private static let waiting = "no address"

  private func table() -> Table {
    let headers =
      ["pods", "enis"] + (settings.hasPrefixDelegation ? ["prefixes"] : [])
      + ["addresses", "assigned", "available", Self.waiting, "addresses of enis"]
    return Table(
      headers: headers,
      rows: states.map { state in
        let pool = state.pool
        let numbers =
          [state.pods, pool.interfaces.count]
          + (settings.hasPrefixDelegation ? [pool.blocks] : [])
          + [pool.total, pool.assigned, pool.available, state.waiting]
        let each = addressesOfENIs(state).map(String.init).joined(separator: " ")
        return numbers.map(String.init) + [each]
      })
  }

  /// Numbers to the right, as people compare them; a column of pods without address if there are.
  private var lines: [String] {
    let table = table()
    let columns = table.headers.indices.filter { column in
      withoutAddress != nil || table.headers[column] != Self.waiting
    }
    let rows = ([table.headers.map { $0.uppercased() }] + table.rows).map { row in
      columns.map { row[$0] }
    }
    let widths = columns.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let numbers = zip(row, widths).dropLast().map { cell, width in
        String(repeating: " ", count: width - cell.count) + cell
      }
      return (numbers + [row[row.count - 1]]).joined(separator: "   ")
    }
  }

  // MARK: JSON

  private var json: JSON {
    let counts = settings.countsAddresses
    let prefixes = settings.hasPrefixDelegation
    return [
      "schema": "netpolc.warm-pool/v1",
      "instanceType": .string(type.name),
      "enisForPods": .integer(settings.interfacesForPods),
      "addressesPerEni": .integer(settings.addressesPerInterface),
      "prefixDelegation": .bool(prefixes),
      "customNetworking": .bool(settings.hasCustomNetworking),
      "settings": [
        "warmEniTarget": counts || prefixes ? .null : .integer(settings.warmInterfaces),
        "warmPrefixTarget": prefixes ? .integer(settings.warmPrefixes) : .null,
        "warmIpTarget": settings.warmAddresses == 0 ? .null : .integer(settings.warmAddresses),
        "minimumIpTarget": settings.minimumAddresses == 0
          ? .null : .integer(settings.minimumAddresses),
        "maxPods": settings.maxPods.map { .integer($0) } ?? .null,
      ],
      "states": .array(states.map(json)),
    ]
  }

  private func json(_ state: WarmPool) -> JSON {
    let pool = state.pool
    return [
      "pods": .integer(state.pods),
      "enis": .integer(pool.interfaces.count),
      "prefixes": settings.hasPrefixDelegation ? .integer(pool.blocks) : .null,
      "addresses": .integer(pool.total),
      "assigned": .integer(pool.assigned),
      "available": .integer(pool.available),
      "addressesOfEnis": .array(addressesOfENIs(state).map { .integer($0) }),
      "podsWithoutAddress": .integer(state.waiting),
      "settles": .bool(state.settles),
    ]
  }
}

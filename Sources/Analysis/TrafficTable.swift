import NetSets

/// Sets of traffic by number. A cluster has few different ones, so that pairs of endpoints are
/// compared and combined as numbers.
package struct TrafficTable: Sendable {
  package typealias ID = Int32
  /// Of the set without and the set with all traffic.
  package static let none: ID = 0
  package static let all: ID = 1

  private var sets: [TrafficSet] = [.empty, .all]
  private var known: [TrafficSet: ID] = [.empty: none, .all: all]
  private var combined: [Operands: ID] = [:]

  private struct Operands: Hashable {
    let operation: Operation
    let left: ID
    let right: ID
  }

  private enum Operation {
    case union
    case intersection
    case difference
  }

  package subscript(id: ID) -> TrafficSet { sets[Int(id)] }

  mutating func id(of set: TrafficSet) -> ID {
    if let id = known[set] { return id }
    let id = ID(sets.count)
    sets.append(set)
    known[set] = id
    return id
  }

  mutating func union(_ left: ID, _ right: ID) -> ID {
    if left == right || right == TrafficTable.none || left == TrafficTable.all { return left }
    if left == TrafficTable.none || right == TrafficTable.all { return right }
    return combine(.union, min(left, right), max(left, right))
  }

  package mutating func intersection(_ left: ID, _ right: ID) -> ID {
    if left == right || left == TrafficTable.none || right == TrafficTable.all { return left }
    if right == TrafficTable.none || left == TrafficTable.all { return right }
    return combine(.intersection, min(left, right), max(left, right))
  }

  package mutating func subtracting(_ left: ID, _ right: ID) -> ID {
    if left == right || right == TrafficTable.all { return TrafficTable.none }
    if left == TrafficTable.none || right == TrafficTable.none { return left }
    return combine(.difference, left, right)
  }

  private mutating func combine(_ operation: Operation, _ left: ID, _ right: ID) -> ID {
    let operands = Operands(operation: operation, left: left, right: right)
    if let id = combined[operands] { return id }
    let (first, second) = (self[left], self[right])
    let result =
      switch operation {
      case .union: id(of: first.union(second))
      case .intersection: id(of: first.intersection(second))
      case .difference: id(of: first.subtracting(second))
      }
    combined[operands] = result
    return result
  }
}

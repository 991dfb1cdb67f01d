import ArgumentParser
import CNI
import NetSets

/// `a,b`: one or more, separated by commas.
package struct CommaList<Value: ExpressibleByArgument>: ExpressibleByArgument {
  package let values: [Value]

  package init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    values = parts.compactMap { Value(argument: String($0)) }
    guard values.count == parts.count else { return nil }
  }
}

/// `10.244.0.0/16`
package struct CIDRArgument: ExpressibleByArgument {
  package let prefix: IPPrefix

  package init?(argument: String) {
    guard let written = WrittenPrefix(argument), written.quirks.isEmpty else { return nil }
    prefix = written.prefix
  }
}

package struct AddressArgument: ExpressibleByArgument {
  package let address: IPAddress

  package init?(argument: String) {
    guard let address = IPAddress(argument) else { return nil }
    self.address = address
  }
}

package struct InterfaceArgument: ExpressibleByArgument {
  package let pattern: InterfacePattern

  package init?(argument: String) {
    guard let pattern = InterfacePattern(argument) else { return nil }
    self.pattern = pattern
  }
}

/// `32768-65535`
package struct PortRangeArgument: ExpressibleByArgument {
  package let range: ClosedRange<UInt16>

  package init?(argument: String) {
    let ends = argument.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = UInt16(ends[0]), let last = UInt16(ends[1]),
      first > 0, first <= last
    else { return nil }
    range = first...last
  }
}

/// Times as figures that can be read.
extension Duration {
  package var milliseconds: Double {
    Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
  }
}

extension [Double] {
  package var median: Double { quantile(0.5) }

  /// - Parameter part: 0 for the least.
  package func quantile(_ part: Double) -> Double {
    sorted()[Swift.min(Int(Double(count) * part), count - 1)]
  }
}

extension Double {
  /// With as many digits as mean something.
  package var short: String {
    if self >= 100 { return String(Int(self.rounded())) }
    let tenths = Int((self * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// With three digits after the point.
  package var precise: String {
    let thousandths = Int((self * 1000).rounded())
    let rest = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }

  package var percent: String { "\(Int((self * 100).rounded())) %" }
}

package struct BenchFailure: Error, CustomStringConvertible {
  package let description: String

  package init(description: String) { self.description = description }
}

/// Prometheus' text format 0.0.4, one family after another.
package struct PrometheusText {
  package private(set) var text = ""

  package typealias Labels = KeyValuePairs<String, String>

  mutating func family(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  mutating func gauge(
    _ name: String, _ help: String, _ samples: [(Labels, Double)]
  ) {
    family(name, "gauge", help)
    for (labels, value) in samples { sample(name, labels, value) }
  }

  mutating func counter(
    _ name: String, _ help: String, _ samples: [(Labels, Int)]
  ) {
    family(name, "counter", help)
    for (labels, value) in samples { sample(name, labels, Double(value)) }
  }

  mutating func histogram(
    _ name: String, _ help: String, _ histograms: [(Labels, Histogram)]
  ) {
    family(name, "histogram", help)
    for (labels, histogram) in histograms {
      for (bound, count) in zip(Histogram.bounds, histogram.counts) {
        sample("\(name)_bucket", labels, Double(count), bound: number(bound))
      }
      sample("\(name)_bucket", labels, Double(histogram.count), bound: "+Inf")
      sample("\(name)_sum", labels, histogram.sum)
      sample("\(name)_count", labels, Double(histogram.count))
    }
  }

  mutating func sample(
    _ name: String, _ labels: Labels, _ value: Double, bound: String? = nil
  ) {
    let all = labels.map { ($0.key, $0.value) } + (bound.map { [("le", $0)] } ?? [])
    let list = all.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",")
    text += list.isEmpty ? "\(name) \(number(value))\n" : "\(name){\(list)} \(number(value))\n"
  }

  private func number(_ value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  private func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
  }
}

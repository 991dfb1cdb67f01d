import NetSets
import PolicyModel
import Testing

/// One statement about the grid's connections; later ones override earlier ones.
struct Expectation: Sendable {
  let source: String
  let destination: String
  let isAllowed: Bool

  /// - Parameter source: a pod (`x/a`), a namespace (`x/*`), a name (`*/a`) or every pod (`*`).
  static func deny(_ source: String, to destination: String) -> Expectation {
    Expectation(source: source, destination: destination, isAllowed: false)
  }

  static func allow(_ source: String, to destination: String) -> Expectation {
    Expectation(source: source, destination: destination, isAllowed: true)
  }

  func isAbout(_ source: GridPod, _ destination: GridPod) -> Bool {
    Expectation.matches(self.source, source) && Expectation.matches(self.destination, destination)
  }

  private static func matches(_ pattern: String, _ pod: GridPod) -> Bool {
    ["*", pod.fullName, "\(pod.namespace)/*", "*/\(pod.name)"].contains(pattern)
  }
}

extension PolicyGraph {
  /// The grid's connections that are denied, as `x/a -> y/b`, but for pods that call themselves.
  func denied(
    _ transport: Transport = .tcp, _ port: UInt16 = 80, _ family: IPFamily = .ipv4
  ) throws -> Set<String> {
    let pods = try Grid().pods.map { ($0.fullName, try address($0.fullName, family)) }
    var denied: Set<String> = []
    for (source, from) in pods {
      for (destination, to) in pods where source != destination {
        let connection = Connection(from: from, to: to, .transport(transport, port: port))
        if !decision(on: connection).isAllowed { denied.insert("\(source) -> \(destination)") }
      }
    }
    return denied
  }
}

/// Compares every connection of the grid in both families with what is expected; all are allowed
/// but for `exceptions`.
func expect(
  _ graph: PolicyGraph, _ transport: Transport = .tcp, _ port: UInt16 = 80,
  _ exceptions: Expectation..., sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws {
  let pods = Grid().pods
  var expected: Set<String> = []
  for source in pods {
    for destination in pods where source.fullName != destination.fullName {
      let last = exceptions.last { $0.isAbout(source, destination) }
      if let last, !last.isAllowed {
        expected.insert("\(source.fullName) -> \(destination.fullName)")
      }
    }
  }
  for family in IPFamily.allCases {
    let denied = try graph.denied(transport, port, family)
    #expect(
      denied.subtracting(expected).sorted() == [], "should be allowed (\(family))",
      sourceLocation: sourceLocation)
    #expect(
      expected.subtracting(denied).sorted() == [], "should be denied (\(family))",
      sourceLocation: sourceLocation)
  }
}

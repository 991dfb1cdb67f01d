import Diagnostics

/// What is not as it should be, so that each is said when it begins and when it ends.
struct Troubles {
  private(set) var objects: [ObjectReference: String] = [:]
  private(set) var source: [String] = []

  /// - Returns: what there is to say of the difference.
  mutating func become(
    objects problems: [ObjectReference: Intake.Problem], source: [String]
  ) -> [AgentEvent] {
    var events: [AgentEvent] = []
    let objects = problems.mapValues(\.text)
    for (reference, problem) in problems where self.objects[reference] != problem.text {
      events.append(
        .problem(reference, reason: problem.text, isQuarantined: problem.isQuarantined))
    }
    for reference in self.objects.keys where objects[reference] == nil {
      events.append(.solved(reference))
    }
    let new = source.filter { !self.source.contains($0) }
    if !new.isEmpty || source.isEmpty && !self.source.isEmpty { events.append(.source(new)) }
    self.objects = objects
    self.source = source
    return events
  }
}

extension Intake.Problem {
  fileprivate var text: String { diagnostics.map(\.reason).joined(separator: "; ") }
}

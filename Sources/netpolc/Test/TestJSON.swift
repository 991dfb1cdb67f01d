import Assertions
import Diagnostics
import NetSets
import PolicyModel

extension TestReport {
  /// Schema `netpolc.test-result/v1`.
  var json: JSON {
    [
      "schema": "netpolc.test-result/v1",
      "passed": .integer(passed),
      "failed": .integer(failed),
      "tests": .array(results.map(\.json)),
      "coverage": coverageJSON,
    ]
  }

  private var coverageJSON: JSON {
    var members: [(String, JSON)] = [
      ("parts", .integer(coverage.parts.count)), ("covered", .integer(coverage.coveredCount)),
    ]
    if let required { members.append(("requiredPercent", .integer(required))) }
    members.append(("uncovered", .array(coverage.uncovered.map(\.json))))
    return .object(members)
  }
}

extension TestReport.Result {
  fileprivate var json: JSON {
    [
      "name": .string(test.assertion.name),
      "source": test.assertion.location.json,
      "holds": .bool(test.holds),
      "failures": .array(failures.map(\.json)),
      // Whether these are all of them.
      "complete": .bool(test.isComplete),
    ]
  }
}

extension TestFailure {
  fileprivate var json: JSON {
    var members: [(String, JSON)] = [
      ("message", .string(message)),
      ("kind", .string(violation.kind.word)),
      ("from", .array(from.map { .string($0) })),
      ("to", .array(to.map { .string($0) })),
      ("traffic", violation.traffic.json),
    ]
    if let family = violation.onlyIn { members.append(("onlyIn", .string(family.displayName))) }
    members.append(("causes", .array(violation.causes.map(\.json))))
    return .object(members)
  }
}

extension Violation.Kind {
  fileprivate var word: String {
    switch self {
    case .allowed: "allowed"
    case .denied: "denied"
    case .unconnected: "unconnected"
    }
  }
}

extension Violation.Cause {
  fileprivate var json: JSON {
    var members: [(String, JSON)] = [("text", .string(text))]
    if let policy { members.append(("policy", .string(policy.qualifiedName))) }
    if let location { members.append(("source", location.json)) }
    return .object(members)
  }
}

extension Coverage.Part {
  fileprivate var json: JSON {
    let kind: String =
      switch self {
      case .rule: "rule"
      case .isolation: "isolation"
      }
    return [
      "kind": .string(kind), "policy": .string(provenance.policy.qualifiedName),
      "path": .string(provenance.path.description), "source": provenance.location.json,
    ]
  }
}

import Assertions
import Diagnostics
import PolicyModel
import Reports

/// How tests ended, in each form.
struct TestReport {
  let results: [Result]
  let coverage: Coverage
  /// In percent; nil when none was demanded.
  let required: Int?
  let isVerbose: Bool

  /// One test with what is wrong about it in words.
  struct Result {
    let test: AssertionResult
    let failures: [TestFailure]
  }

  init(
    _ results: [AssertionResult], _ coverage: Coverage, required: Int?, isVerbose: Bool,
    in graph: PolicyGraph
  ) {
    let words = FailureWords(graph)
    self.results = results.map { result in
      Result(test: result, failures: result.violations.map { words.failure($0, of: result) })
    }
    self.coverage = coverage
    self.required = required
    self.isVerbose = isVerbose
  }

  var passed: Int { results.count { $0.test.holds } }
  var failed: Int { results.count - passed }

  var isBelow: Bool {
    required.map { coverage.coveredCount * 100 < $0 * coverage.parts.count } ?? false
  }

  var isFailed: Bool { failed > 0 || isBelow }

  func text(_ format: TestFormat) -> String {
    switch format {
    case .text: TestText(self).text
    case .json: json.text
    case .tap: checks.tap
    case .junit: checks.junit
    case .github: findings.gitHubAnnotations
    case .sarif: findings.sarif.text
    }
  }
}

/// One thing that is not as a test wants it.
struct TestFailure {
  /// `also allowed: monitoring/grafana, monitoring/prometheus`
  let message: String
  let violation: Violation
  /// What it is called in lists for programs.
  let from: [String]
  let to: [String]

  /// The line to look at; nil where there is none, as where no policy isolates.
  var location: SourceLocation? { violation.causes.lazy.compactMap(\.location).first }

  /// `policies/db.yaml:15`, or what stands for it.
  var place: String {
    location?.fileAndLine ?? violation.causes.first?.text ?? ""
  }
}

extension Coverage.Part {
  /// `shop/db ingress[0].from[1]`, `shop/db isolates for ingress`
  var text: String {
    switch self {
    case .rule(let part): "\(part.policy.qualifiedName) \(part.path)"
    case .isolation(let part): "\(part.policy.qualifiedName) isolates for \(part.path)"
    }
  }
}

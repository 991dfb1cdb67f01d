import Diagnostics

/// A JSON output of a command, as JSON Schema (draft 2020-12) says what is in it.
package struct OutputSchema: Sendable {
  /// What stands in the output's `schema` member, such as `netpolc.diff/v1`. A change that a
  /// reader of the old form could trip over is a new version.
  package let name: String
  /// Which command prints it, in a line.
  package let summary: String
  /// The schema of the whole, without the members that every document has.
  private let content: JSON
  /// What `reference` refers to.
  private let definitions: [(String, JSON)]

  init(_ name: String, _ summary: String, _ content: JSON, definitions: [(String, JSON)] = []) {
    self.name = name
    self.summary = summary
    self.content = content
    self.definitions = definitions
  }

  /// `diff` of `netpolc.diff/v1`.
  package var shortName: String {
    String(name.drop { $0 != "." }.dropFirst().prefix { $0 != "/" })
  }

  package var document: JSON {
    guard case .object(let members) = content else { return content }
    var all: [(String, JSON)] = [
      ("$schema", "https://json-schema.org/draft/2020-12/schema"),
      ("title", .string(name)),
      ("description", .string(summary)),
    ]
    all += members
    if !definitions.isEmpty { all.append(("$defs", .object(definitions))) }
    return .object(all)
  }
}

/// Every JSON output. A new one is a file beside this, a line here, and a line in the test that
/// holds each output against its schema.
package let outputSchemas: [OutputSchema] = [
  .acceptedChanges, .agentPolicy, .agentStatus, .decision, .denial, .diff, .doctor, .explain,
  .exposure, .graph,
  .lint, .list, .maxPods,
  .podExplanation, .policyExplanation, .review, .sourceMap, .status, .test, .testResult,
  .trace, .unprotected, .warmPool, .watch,
]

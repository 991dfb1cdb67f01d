import Diagnostics
import Kubernetes
import Manifests
import Reports

/// `NPC004 the reason`: what somebody accepted on purpose, and where.
struct Suppression: Hashable {
  let rule: String
  let reason: String
  let scope: Scope
  let location: SourceLocation

  enum Scope: Hashable {
    /// The line of a file below a comment, or that it ends.
    case line(Int)
    /// Everything about an object.
    case object(ObjectReference)
  }

  func covers(_ issue: Issue) -> Bool {
    switch scope {
    case .line(let line):
      issue.location?.file == location.file && issue.location?.line == line
    case .object(let object): issue.object == object
    }
  }
}

/// The suppressions of an input, and what is wrong with others.
struct Suppressions {
  private(set) var all: [Suppression] = []
  private(set) var issues: [Issue] = []

  init(_ input: LintInput) {
    for file in input.files { read(file) }
    for (object, annotation) in input.annotated { read(annotation, of: object) }
  }

  private mutating func read(_ annotation: Field, of object: ObjectReference) {
    for part in annotation.value.text.split(whereSeparator: { $0 == ";" || $0.isNewline }) {
      add(part, .object(object), object, at: annotation.location)
    }
  }

  private mutating func read(_ file: ManifestFile) {
    for comment in SuppressionComment.all(in: file) {
      let object = ObjectReference(kind: "File", namespace: nil, name: file.path)
      add(comment.text, .line(comment.target), object, at: comment.location)
    }
  }

  private mutating func add(
    _ text: some StringProtocol, _ scope: Suppression.Scope, _ object: ObjectReference,
    at location: SourceLocation
  ) {
    let words = text.split(maxSplits: 1, whereSeparator: \.isWhitespace)
    guard let rule = words.first.map({ String($0) }) else {
      // Between two separators; a comment without anything is not.
      if case .line = scope { complain("names no rule", object, location) }
      return
    }
    let ids = lintRules.map(\.about.id)
    guard ids.contains(rule) else {
      let near = NearMiss.of(rule, in: ids)
      complain(
        "\(quoted(rule)) is no rule", object, location, detail: rule,
        hint: near.map { "did you mean \($0)?" })
      return
    }
    let reason = words.count > 1 ? words[1].trimmed : ""
    guard !reason.isEmpty else {
      complain(
        "the suppression of \(rule) has no reason, and hides nothing", object, location,
        detail: rule, hint: "write why after \(rule)")
      return
    }
    all.append(Suppression(rule: rule, reason: reason, scope: scope, location: location))
  }

  private mutating func complain(
    _ message: String, _ object: ObjectReference, _ location: SourceLocation,
    detail: String? = nil, hint: String? = nil
  ) {
    issues.append(
      Issue(
        object, path: "suppression", detail: detail.map { shown($0) }, message, at: location,
        hint: hint))
  }
}

extension StringProtocol {
  fileprivate var trimmed: String {
    let start = drop { $0.isWhitespace }
    let end = start.reversed().prefix { $0.isWhitespace }.count
    return String(start.dropLast(end))
  }
}

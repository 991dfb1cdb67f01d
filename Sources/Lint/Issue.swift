import Diagnostics
import PolicyModel
import Reports

/// What a rule has found, before anyone asked whether it is accepted.
struct Issue: Sendable {
  /// Whom it is about: usually a policy.
  let object: ObjectReference
  /// The way to the part of the object, from a policy's `spec`; empty for all of it.
  let path: String
  /// Tells apart what has been found at one place.
  let detail: String?
  /// One sentence, without the object's name.
  let message: String
  let location: SourceLocation?
  let hint: String?
  /// Unless it is the rule's own.
  let level: Finding.Level?

  init(
    _ object: ObjectReference, path: String = "", detail: String? = nil, _ message: String,
    at location: SourceLocation?, hint: String? = nil, level: Finding.Level? = nil
  ) {
    self.object = object
    self.path = path
    self.detail = detail
    self.message = message
    self.location = location
    self.hint = hint
    self.level = level
  }

  /// About a part of a policy.
  init(
    _ part: Provenance, detail: String? = nil, _ message: String, hint: String? = nil,
    level: Finding.Level? = nil
  ) {
    self.init(
      part.policy, path: part.path.description, detail: detail, message, at: part.location,
      hint: hint, level: level)
  }

  /// `shop/db ingress[0].from[1]: …`: a sentence that can stand without its place.
  var sentence: String {
    switch object.kind {
    case "NetworkPolicy": "\(object.qualifiedName)\(path.isEmpty ? "" : " \(path)"): \(message)"
    // Those say themselves whom they are about.
    case "Namespace", "File": message
    default: "\(object): \(message)"
    }
  }

  /// What stays the same when lines move.
  var place: String { [path, detail ?? ""].filter { !$0.isEmpty }.joined(separator: " ") }
}

/// A finding with what a baseline knows it by.
package struct LintFinding: Hashable, Sendable {
  package let finding: Finding
  /// `NetworkPolicy shop/db`.
  package let object: ObjectReference
  /// The field, and what tells findings at one field apart; may be empty.
  package let place: String
}

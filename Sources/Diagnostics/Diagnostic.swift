/// How bad it is: an error leaves nothing printed, a warning does not.
package enum Severity: String, Sendable {
  case error
  case warning
}

/// The stable name of a kind of diagnostic, for scripts, tests and suppressions.
package struct DiagnosticCode: Hashable, Sendable, CustomStringConvertible {
  package let name: String

  package init(_ name: String) { self.name = name }
  package var description: String { name }
}

/// One thing to say about the user's input.
package struct Diagnostic: Hashable, Sendable {
  package let code: DiagnosticCode
  package let severity: Severity
  /// What was found and what is allowed, in one line.
  package let message: String
  /// Where; nil when it is about the input as a whole.
  package let location: SourceLocation?
  /// The field, from the root of its object.
  package let path: FieldPath
  /// What to do, shown under the caret.
  package let hint: String?

  package init(
    _ code: DiagnosticCode, _ severity: Severity, _ message: String, at location: SourceLocation?,
    path: FieldPath = .root, hint: String? = nil
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.location = location
    self.path = path
    self.hint = hint
  }

  /// `file:line:column: error: path: message [code]`.
  package var headline: String { "\(place)\(severity.rawValue): \(sentence)" }

  /// `file:line:column: path: message [code]`, where the severity goes without saying.
  package var reason: String { place + sentence }

  private var place: String { location.map { "\($0): " } ?? "" }

  private var sentence: String { "\(path.isRoot ? "" : "\(path): ")\(message) [\(code)]" }
}

/// All that is to be said about the input, in the order it was found.
package struct Diagnostics: Sendable {
  /// How many errors, and how many warnings, are kept. An input can hold an error every other
  /// byte, and nobody reads a thousand.
  private static let limit = 1000

  package private(set) var all: [Diagnostic] = []
  /// Of all errors, kept or not.
  package private(set) var errorCount = 0
  private var warningCount = 0

  package init() {}

  package var hasErrors: Bool { errorCount > 0 }

  /// Whether further errors would only be counted: a reader may stop.
  package var isFull: Bool { errorCount >= Diagnostics.limit }

  package mutating func add(_ diagnostic: Diagnostic) {
    let count: Int
    switch diagnostic.severity {
    case .error:
      errorCount += 1
      count = errorCount
    case .warning:
      warningCount += 1
      count = warningCount
    }
    if count <= Diagnostics.limit { all.append(diagnostic) }
  }

  package mutating func error(
    _ code: DiagnosticCode, _ message: String, at location: SourceLocation?,
    path: FieldPath = .root, hint: String? = nil
  ) {
    add(Diagnostic(code, .error, message, at: location, path: path, hint: hint))
  }

  package mutating func warning(
    _ code: DiagnosticCode, _ message: String, at location: SourceLocation?,
    path: FieldPath = .root, hint: String? = nil
  ) {
    add(Diagnostic(code, .warning, message, at: location, path: path, hint: hint))
  }

  /// Sorted by place, as a reader goes through files.
  package var sorted: [Diagnostic] {
    all.enumerated().sorted { left, right in
      switch (left.element.location, right.element.location) {
      case (nil, nil): left.offset < right.offset
      case (nil, _): true
      case (_, nil): false
      case (let first?, let second?):
        first == second ? left.offset < right.offset : first < second
      }
    }.map(\.element)
  }
}

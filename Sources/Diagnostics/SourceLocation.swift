/// A place in the user's input. Lines and columns count from 1; a column counts characters
/// (Unicode scalars), as editors show them.
package struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
  package let file: String
  package let line: Int
  package let column: Int

  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`, the form compilers use and editors jump to.
  package var description: String { "\(file):\(line):\(column)" }

  /// `file:line`, the form in rule comments.
  package var fileAndLine: String { "\(file):\(line)" }
}

extension SourceLocation: Comparable {
  package static func < (left: SourceLocation, right: SourceLocation) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }
}

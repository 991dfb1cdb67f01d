/// Why what options ask for cannot be, though each of them is written well.
package struct OptionRefusal: Error, CustomStringConvertible {
  package enum Cause: Sendable {
    case input
    /// What is on the machine.
    case node
  }

  package let description: String
  package let cause: Cause

  package init(_ description: String, _ cause: Cause = .input) {
    self.description = description
    self.cause = cause
  }
}

/// Why what options ask for cannot be, though each of them is written well.
package struct OptionRefusal: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

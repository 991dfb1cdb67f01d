/// An interface's name, or with `+` or `*` at its end the start of the names of some.
package struct InterfacePattern: Hashable, Sendable {
  package let name: String
  package let isPrefix: Bool

  /// At most so many bytes (linux/if.h, `IFNAMSIZ` less the zero).
  private static let longest = 15

  /// - Returns: nil when no interface can have such a name.
  package init?(_ text: String) {
    isPrefix = text.hasSuffix("+") || text.hasSuffix("*")
    name = isPrefix ? String(text.dropLast()) : text
    let isWord = name.utf8.allSatisfy { (0x21...0x7e).contains($0) && !"/\"*+".utf8.contains($0) }
    guard isWord, (1...InterfacePattern.longest).contains(name.utf8.count) else { return nil }
  }

  package func matches(_ interface: String) -> Bool {
    isPrefix ? interface.hasPrefix(name) : interface == name
  }
}

extension InterfacePattern: CustomStringConvertible {
  package var description: String { isPrefix ? "\(name)*" : name }
}

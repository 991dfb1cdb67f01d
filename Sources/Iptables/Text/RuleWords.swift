/// The words of a rule, as iptables-save separates and quotes them (`xtables_save_string` of
/// iptables' xtables.c).
struct RuleWords {
  private var words: ArraySlice<String>

  init(_ text: String) throws(Unreadable) {
    var words: [String] = []
    var word: String.UnicodeScalarView?
    var isQuoted = false
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if isEscaped {
        word?.append(scalar)
        isEscaped = false
      } else if isQuoted, scalar == "\\" {
        isEscaped = true
      } else if scalar == "\"" {
        isQuoted.toggle()
        word = word ?? String.UnicodeScalarView()
      } else if scalar == " ", !isQuoted {
        if let word { words.append(String(word)) }
        word = nil
      } else {
        word = word ?? String.UnicodeScalarView()
        word?.append(scalar)
      }
    }
    guard !isQuoted else { throw Unreadable(message: "a quote that does not end") }
    if let word { words.append(String(word)) }
    self.words = words[...]
  }

  var next: String? { words.first }

  mutating func take() -> String? { words.popFirst() }

  /// Takes these words if they are next.
  mutating func take(_ expected: String...) -> Bool {
    guard words.starts(with: expected) else { return false }
    words = words.dropFirst(expected.count)
    return true
  }

  /// The value of an option.
  mutating func value(of option: String) throws(Unreadable) -> String {
    guard let value = words.popFirst() else {
      throw Unreadable(message: "\(option) without its value")
    }
    return value
  }

  /// The next word, which has to be this option, and its value.
  mutating func value(ofNext option: String) throws(Unreadable) -> String {
    guard take(option) else {
      throw Unreadable(message: "expected \(option), found \(next ?? "the end")")
    }
    return try value(of: option)
  }
}

import NetSets

/// A parser's place in the text, with the questions that every part of the parser asks.
struct Cursor {
  private var lexer: Lexer
  private(set) var token: Token
  private var tokenStart: Int

  init(_ text: String) {
    lexer = Lexer(text)
    token = lexer.next()
    tokenStart = lexer.start
  }

  mutating func advance() {
    token = lexer.next()
    tokenStart = lexer.start
  }

  /// An error at the current token.
  func failure(_ expected: String) -> RulesetSyntaxError {
    let (line, column) = lexer.place(of: tokenStart)
    return RulesetSyntaxError(
      line: line, column: column,
      message: "expected \(expected) but found \(token.text);"
        + " only rulesets as netpolc writes them are understood")
  }

  /// Goes past the word if it is next.
  mutating func take(_ word: String) -> Bool {
    guard case .word(word) = token else { return false }
    advance()
    return true
  }

  mutating func take(symbol: Unicode.Scalar) -> Bool {
    guard case .symbol(symbol) = token else { return false }
    advance()
    return true
  }

  /// Goes past exactly these words and symbols, separated by blanks.
  mutating func expect(_ phrase: String) throws(RulesetSyntaxError) {
    for part in phrase.split(separator: " ") {
      let isNext =
        switch token {
        case .word(let word): word == part
        case .symbol(let symbol): String(symbol) == part
        case .quoted, .newline, .end, .unknown: false
        }
      guard isNext else { throw failure("\"\(part)\"") }
      advance()
    }
  }

  mutating func word(_ what: String) throws(RulesetSyntaxError) -> String {
    guard case .word(let word) = token else { throw failure(what) }
    advance()
    return word
  }

  mutating func quoted(_ what: String) throws(RulesetSyntaxError) -> String {
    guard case .quoted(let text) = token else { throw failure(what) }
    advance()
    return text
  }

  /// Reads a word that `read` understands.
  mutating func value<Value>(
    _ what: String, _ read: (String) -> Value?
  ) throws(RulesetSyntaxError) -> Value {
    guard case .word(let word) = token, let value = read(word) else { throw failure(what) }
    advance()
    return value
  }

  mutating func number(_ what: String) throws(RulesetSyntaxError) -> Int {
    try value(what) { $0.first == "-" ? nil : Int($0) }
  }

  /// `@name`
  mutating func reference(_ what: String) throws(RulesetSyntaxError) -> String {
    try expect("@")
    return try word(what)
  }

  mutating func skipNewlines() {
    while token == .newline { advance() }
  }

  /// Goes past what ends a rule or property: newlines and semicolons. A closing brace ends one as
  /// well, and is left.
  mutating func endOfLine() throws(RulesetSyntaxError) {
    switch token {
    case .newline, .symbol(";"):
      while token == .newline || token == .symbol(";") { advance() }
    case .symbol("}"), .end: return
    case .word, .quoted, .symbol, .unknown: throw failure("the end of the line")
    }
  }

  /// `{`, lines that `line` reads until the closing brace, `}`.
  mutating func block(
    _ line: (inout Cursor) throws(RulesetSyntaxError) -> Void
  ) throws(RulesetSyntaxError) {
    try expect("{")
    skipNewlines()
    while !take(symbol: "}") {
      try line(&self)
      try endOfLine()
    }
  }

  /// `{ a, b }`, over as many lines as there are.
  mutating func list<Element>(
    _ element: (inout Cursor) throws(RulesetSyntaxError) -> Element
  ) throws(RulesetSyntaxError) -> [Element] {
    try expect("{")
    var elements: [Element] = []
    repeat {
      skipNewlines()
      elements.append(try element(&self))
      skipNewlines()
    } while take(symbol: ",")
    try expect("}")
    return elements
  }
}

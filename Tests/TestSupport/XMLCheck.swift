/// What is wrong with a document in the XML that we write (elements, attributes in double quotes,
/// the five named entities); nil when nothing is.
package func problem(inXML text: String) -> String? {
  var rest = Substring(text)
  var open: [String] = []
  var hasRoot = false
  while let start = rest.firstIndex(of: "<") {
    if let problem = problem(inWords: rest[..<start]) { return problem }
    guard let end = rest[start...].firstIndex(of: ">") else { return "a tag does not end" }
    let tag = rest[rest.index(after: start)..<end]
    rest = rest[rest.index(after: end)...]
    if tag.hasPrefix("/") {
      guard let last = open.popLast(), last == tag.dropFirst() else {
        return "<\(tag)> ends nothing"
      }
      continue
    }
    if open.isEmpty, hasRoot { return "a second root" }
    hasRoot = true
    let isClosed = tag.hasSuffix("/")
    let name = tag.prefix { $0.isLetter || $0.isNumber }
    if name.isEmpty { return "<\(tag)> has no name" }
    if let problem = problem(inAttributes: tag.dropFirst(name.count).dropLast(isClosed ? 1 : 0)) {
      return problem
    }
    if !isClosed { open.append(String(name)) }
  }
  if !rest.allSatisfy(\.isWhitespace) { return "words after the end" }
  return open.isEmpty && hasRoot ? nil : "\(open) not closed"
}

private func problem(inAttributes text: Substring) -> String? {
  var rest = text
  var seen: Set<Substring> = []
  while !rest.isEmpty {
    guard rest.first == " " else { return "attributes run together in \(text)" }
    rest = rest.dropFirst()
    let name = rest.prefix { $0.isLetter || $0 == "-" || $0 == ":" }
    if name.isEmpty || !seen.insert(name).inserted { return "bad attribute in \(text)" }
    rest = rest.dropFirst(name.count)
    guard rest.hasPrefix("=\"") else { return "no value of \(name) in \(text)" }
    rest = rest.dropFirst(2)
    guard let end = rest.firstIndex(of: "\"") else { return "no end of \(name) in \(text)" }
    if let problem = problem(inWords: rest[..<end]) { return problem }
    rest = rest[rest.index(after: end)...]
  }
  return nil
}

private func problem(inWords text: Substring) -> String? {
  for scalar in text.unicodeScalars {
    let isControl = scalar.value < 0x20 && scalar != "\n" && scalar != "\t"
    if isControl || scalar == "\u{fffe}" || scalar == "\u{ffff}" {
      return "a character that XML has not, in \(text)"
    }
  }
  for part in text.split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
    let isEntity = ["amp;", "lt;", "gt;", "quot;", "apos;"].contains { part.hasPrefix($0) }
    if !isEntity { return "a bare & in \(text)" }
  }
  return nil
}

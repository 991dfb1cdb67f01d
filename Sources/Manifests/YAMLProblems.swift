import CYaml
import Diagnostics

/// libyaml's errors in plain words, at the place to look at.
extension YAMLReader {
  func outOfMemory(_ place: Place) -> ManifestError {
    ManifestError(code: .tooLarge, message: "there is not enough memory to read this", place: place)
  }

  func problem(of parser: yaml_parser_t) -> ManifestError {
    let place = place(parser.problem_mark)
    if parser.error == YAML_MEMORY_ERROR { return outOfMemory(place) }
    let problem = parser.problem.map { String(cString: $0) } ?? "unknown problem"
    let context = parser.context.map { String(cString: $0) } ?? ""
    let start = self.place(parser.context_mark)
    if byte(at: place, in: text) == UInt8(ascii: "\t"),
      problem.contains("tab") || problem.contains("cannot start any token")
    {
      return syntax(
        "found a tab in the indentation, expected spaces", place, "YAML is indented with spaces")
    }
    return explained(problem, context, place, start)
      ?? syntax(context.isEmpty ? problem : "\(problem), \(context)", place)
  }

  private func syntax(_ message: String, _ place: Place, _ hint: String? = nil) -> ManifestError {
    ManifestError(code: .yamlSyntax, message: message, place: place, hint: hint)
  }

  /// - Parameters:
  ///   - place: where libyaml gave up.
  ///   - start: where what it was reading starts.
  private func explained(
    _ problem: String, _ context: String, _ place: Place, _ start: Place
  ) -> ManifestError? {
    let since = "from \(start.line):\(start.column)"
    let indentation = "look at the indentation, also of the lines above"
    switch problem {
    case "could not find expected ':'":
      return syntax("found text that is no `key: value`, expected `:` after it", start, indentation)
    case "mapping values are not allowed in this context":
      return syntax(
        "found `:` where no value can start", place,
        "look at the indentation; text that has `: ` in it is written in quotes")
    case "mapping keys are not allowed in this context":
      return syntax("found `?` where no key can start", place, indentation)
    case "block sequence entries are not allowed in this context":
      return syntax("found `-` where no list item can start", place, indentation)
    case "did not find expected key":
      return syntax(
        "found \(found(at: place)), expected a key of the mapping \(since)", place, indentation)
    case "did not find expected '-' indicator":
      return syntax(
        "found \(found(at: place)), expected `-` or the end of the list \(since)", place,
        indentation)
    case "did not find expected ',' or ']'":
      return syntax("found \(found(at: place)), expected `,` or `]` in the list \(since)", place)
    case "did not find expected ',' or '}'":
      return syntax(
        "found \(found(at: place)), expected `,` or `}` in the mapping \(since)", place)
    case "did not find expected node content":
      return syntax("found \(found(at: place)), expected a value", place)
    case "did not find expected <document start>":
      return syntax(
        "found \(found(at: place)), expected `---` or the end of the file", place, indentation)
    case "found unexpected end of stream":
      return syntax("found the end of the file in quoted text, expected a closing quote", start)
    case "found unexpected document indicator":
      return syntax(
        "found a document's start or end in quoted text, expected a closing quote", start)
    case "found character that cannot start any token":
      return syntax(
        "found \(found(at: place)), which cannot start a value", place,
        "text that starts with it is written in quotes")
    case "found unknown escape character":
      return syntax(
        "found an unknown escape in quoted text", place,
        "a backslash is written `\\\\` in double quotes, and needs nothing in single ones")
    case "did not find expected hexdecimal number":
      return syntax("found \(found(at: place)), expected hexadecimal digits of an escape", place)
    case "did not find expected alphabetic or numeric character":
      return syntax(
        "found \(found(at: place)), expected the name of an anchor", place,
        "text that starts with `&` or `*` is written in quotes")
    case "did not find expected comment or line break":
      return syntax("found \(found(at: place)), expected the end of the line", place)
    case "found unknown directive name":
      return syntax("found an unknown directive, expected `%YAML` or `%TAG`", place)
    case "found incompatible YAML document":
      return syntax("found a version of YAML that is not 1.1 or 1.2", place)
    case "found undefined tag handle":
      return syntax("found a tag with an undefined prefix", place)
    default:
      return nil
    }
  }

  /// What is at `place`, as a message shows it.
  private func found(at place: Place) -> String {
    guard let byte = byte(at: place, in: text) else {
      return startOfLine(Int(place.line) + 1, in: text) == nil
        ? "the end of the file" : "the end of the line"
    }
    return byte < 0x80 ? shown(String(Unicode.Scalar(byte))) : "text"
  }
}

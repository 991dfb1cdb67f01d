import Manifests

/// The manual page of a command, in the macros of man(7).
struct ManualPage {
  private let command: ManifestValue

  /// - Parameter command: as ArgumentParser describes it.
  init(_ command: ManifestValue) { self.command = command }

  /// `netpolc-diff`, by which `man` finds it.
  var name: String { words.joined(separator: "-") }

  private var words: [String] {
    (command["superCommands"]?.items.map(\.text) ?? []) + [command["commandName"]?.text ?? ""]
  }

  private var arguments: [ManifestValue] {
    (command["arguments"]?.items).map { $0.filter { $0["shouldDisplay"]?.boolean == true } } ?? []
  }

  private var abstract: String { command["abstract"]?.text ?? "" }

  /// Without a date, so that the same source is always the same page.
  /// - Parameter pages: of all commands; that of the program lists those of its commands.
  func text(version: String, among pages: [ManualPage]) -> String {
    var lines = [
      ".TH \(name.uppercased()) 1 \"\" \"netpolc \(version)\" \"User Commands\"",
      // Names of commands are not to be hyphenated, nor lines stretched.
      ".nh", ".ad l",
      ".SH NAME", "\(escaped(name)) \\- \(escaped(abstract))", ".SH SYNOPSIS",
      ".B \(escaped(words.joined(separator: " ")))",
    ]
    if words.count == 1 { lines.append("\\fIcommand\\fR") }
    lines += arguments.map { argument in
      let isOptional = argument["isOptional"]?.boolean == true
      let more = argument["isRepeating"]?.boolean == true ? " ..." : ""
      return (isOptional ? "[\(usage(argument))]" : usage(argument)) + more
    }
    lines += discussion
    let others = pages.filter { $0.name != name }
    if words.count == 1 {
      lines.append(".SH COMMANDS")
      for page in others {
        lines += [".TP", "\\fB\(escaped(page.name))\\fR(1)", escaped(page.abstract)]
      }
    }
    lines.append(".SH OPTIONS")
    for argument in arguments {
      lines += [".TP", spellings(argument), escaped(help(argument))]
    }
    lines.append(".SH SEE ALSO")
    lines.append(others.map { "\\fB\(escaped($0.name))\\fR(1)" }.joined(separator: ",\n"))
    return lines.joined(separator: "\n") + "\n"
  }

  /// Paragraphs; a line in capitals starts a section, and an indented one stands as it is.
  private var discussion: [String] {
    guard let text = command["discussion"]?.text else { return [] }
    var lines: [String] = []
    var isVerbatim = false
    var isHeaded = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let isIndented = line.hasPrefix("  ")
      if isVerbatim != isIndented { lines.append(isIndented ? ".nf" : ".fi") }
      isVerbatim = isIndented
      if line.isEmpty { continue }
      if !isIndented, line.allSatisfy({ $0.isUppercase || $0 == " " }) {
        lines.append(".SH \(line)")
      } else {
        if !isHeaded { lines.append(".SH DESCRIPTION") }
        lines.append(escaped(String(line)))
      }
      isHeaded = true
    }
    if isVerbatim { lines.append(".fi") }
    return lines
  }

  private func usage(_ argument: ManifestValue) -> String {
    guard let preferred = argument["preferredName"] else { return value(argument) }
    return option(preferred) + operand(argument)
  }

  /// `-o, --output format`
  private func spellings(_ argument: ManifestValue) -> String {
    guard let names = argument["names"]?.items else { return value(argument) }
    return names.map(option).joined(separator: ", ") + operand(argument)
  }

  private func option(_ name: ManifestValue) -> String {
    let dashes = name["kind"]?.textEquals("long") == true ? "--" : "-"
    return "\\fB\(escaped(dashes + (name["name"]?.text ?? "")))\\fR"
  }

  private func operand(_ argument: ManifestValue) -> String {
    argument["kind"]?.textEquals("flag") == true ? "" : " \(value(argument))"
  }

  private func value(_ argument: ManifestValue) -> String {
    "\\fI\(escaped(argument["valueName"]?.text ?? ""))\\fR"
  }

  private func help(_ argument: ManifestValue) -> String {
    var text = argument["abstract"]?.text ?? ""
    if let values = argument["allValues"]?.items.map(\.text), !values.isEmpty {
      text += " One of \(values.joined(separator: ", "))."
    }
    if let initial = argument["defaultValue"]?.text, !initial.isEmpty {
      text += " The default is \(initial)."
    }
    return text
  }

  /// groff(7): a backslash starts an escape, a bare `-` may be set as a hyphen, and a line that
  /// starts with `.` or `'` is a request.
  private func escaped(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&\(escaped)" : escaped
  }
}

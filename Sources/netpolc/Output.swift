import ArgumentParser
import Host

/// `-o FORMAT` or `-o FORMAT=FILE`: one form of a command's result, and where it goes.
struct Output<Format: RawRepresentable & CaseIterable & Sendable>: ExpressibleByArgument, Sendable
where Format.RawValue == String {
  let format: Format
  /// nil is standard output.
  let file: String?

  init(_ format: Format, file: String? = nil) {
    self.format = format
    self.file = file
  }

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let format = Format(rawValue: String(parts[0])) else { return nil }
    let file = parts.count > 1 ? String(parts[1]) : nil
    if file == "" { return nil }
    self.init(format, file: file == "-" ? nil : file)
  }

  var defaultValueDescription: String { file.map { "\(format.rawValue)=\($0)" } ?? format.rawValue }

  static var allValueStrings: [String] { Format.allCases.map(\.rawValue) }

  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

enum Outputs {
  /// Writes a result in each of the forms that were asked for.
  static func write<Format>(_ outputs: [Output<Format>], _ text: (Format) throws -> String) throws {
    for output in outputs {
      let text = try text(output.format)
      guard let file = output.file else {
        try Console.result(text)
        continue
      }
      try self.file(file, text)
    }
  }

  static func file(_ path: String, _ text: String) throws {
    do {
      try writeFile(path, text)
    } catch {
      throw Console.fail(error.description, .environment)
    }
  }

  /// Two results on standard output would be neither.
  static func check<Format>(_ outputs: [Output<Format>]) throws {
    let mixed = outputs.filter { $0.file == nil }.map(\.format.rawValue)
    guard mixed.count > 1 else { return }
    throw ValidationError(
      "only one of \(mixed.joined(separator: ", ")) can go to standard output: write -o FORMAT=FILE "
        + "for the others")
  }
}

import ArgumentParser
import Diagnostics
import Glibc
import Host
import Manifests

/// The files that `-f` names.
enum InputFiles {
  private static let extensions = [".yaml", ".yml", ".json"]

  /// Reads files, directories with all below them, patterns, and `-` for standard input. A file
  /// that several of them name is read once.
  static func read(_ paths: [String]) throws -> [ManifestFile] {
    try read(paths, isRequired: true)
  }

  /// Nothing where there is nothing; what is there and cannot be read is an error still.
  static func readIfAny(_ path: String) throws -> [ManifestFile] {
    try read([path], isRequired: false)
  }

  private static func read(_ paths: [String], isRequired: Bool) throws -> [ManifestFile] {
    do {
      return try Progress.during("looking for files") {
        try contents(of: try paths.flatMap { try expand($0, isRequired: isRequired) })
      }
    } catch let failure as SystemFailure {
      throw Console.fail(failure.description, .badInput)
    }
  }

  private static func contents(of paths: [String]) throws -> [ManifestFile] {
    var seen: Set<FileIdentity?> = []
    return try paths.enumerated().compactMap { index, path in
      guard seen.insert(path == "-" ? nil : try FileIdentity(of: path)).inserted else {
        return nil
      }
      Progress.update(progress(path, index, of: paths.count))
      return ManifestFile(path: path == "-" ? "<stdin>" : path, bytes: try readFile(path))
    }
  }

  private static func progress(_ path: String, _ index: Int, of count: Int) -> String {
    if path != "-" { return "reading \(index.grouped) of \(count.grouped) files" }
    // What somebody types is not to be drawn over.
    return isatty(STDIN_FILENO) == 1 ? "" : "reading standard input"
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    do {
      return try readFile(path)
    } catch {
      throw Console.fail(error.description, .badInput)
    }
  }

  private static func expand(_ path: String, isRequired: Bool) throws -> [String] {
    if path == "-" { return [path] }
    if isPattern(path), (try? kind(of: path)) == nil {
      let found = Host.paths(matching: path)
      if found.isEmpty, isRequired { throw Console.fail("no file matches \(path)", .badInput) }
      return try found.flatMap { try expand($0, isRequired: isRequired) }
    }
    if !isRequired, !(try exists(path)) { return [] }
    guard try kind(of: path) == .directory else { return [path] }
    let files = try filesBelow(path, depth: 0)
    if files.isEmpty, isRequired {
      throw Console.fail("no .yaml, .yml or .json file in \(path)", .badInput)
    }
    return files
  }

  private static func exists(_ path: String) throws -> Bool {
    do {
      _ = try kind(of: path)
      return true
    } catch {
      guard [ENOENT, ENOTDIR].contains(error.code) else { throw error }
      return false
    }
  }

  /// Hidden directories, such as `.git`, hold no manifests.
  private static func filesBelow(_ directory: String, depth: Int) throws -> [String] {
    // Symbolic links can lead in circles.
    if depth > 40 { throw Console.fail("directories nested too deep at \(directory)", .badInput) }
    let prefix =
      directory == "." ? "" : directory.hasSuffix("/") ? directory : directory + "/"
    return try names(in: directory).flatMap { name -> [String] in
      let path = prefix + name
      if name.hasPrefix(".") { return [] }
      guard let kind = try? kind(of: path) else {
        // A link that leads nowhere.
        if !isManifest(name) { return [] }
        throw Console.fail("\(path): cannot be read", .badInput)
      }
      switch kind {
      case .directory: return try filesBelow(path, depth: depth + 1)
      case .file: return isManifest(name) ? [path] : []
      }
    }
  }

  /// Whether a shell would look for what it matches.
  static func isPattern(_ path: String) -> Bool { path.contains { "*?[".contains($0) } }

  static func isManifest(_ name: String) -> Bool { extensions.contains { name.hasSuffix($0) } }
}

/// Prints diagnostics with the lines they are about.
struct DiagnosticPrinter {
  private let files: [String: ManifestFile]

  init(_ files: [ManifestFile]) {
    self.files = Dictionary(files.map { ($0.path, $0) }) { first, _ in first }
  }

  func print(_ diagnostics: Diagnostics) {
    for diagnostic in diagnostics.sorted {
      let line = diagnostic.location.flatMap { files[$0.file]?.line($0.line) }
      Console.say(diagnostic.render(sourceLine: line))
    }
    if diagnostics.isFull { Console.say("and more; the rest of the input was not read") }
  }

  /// Prints them, and ends the command when there are errors.
  /// - Parameter side: what was compared, where several inputs are.
  func check(_ diagnostics: Diagnostics, of side: String? = nil) throws {
    print(diagnostics)
    guard diagnostics.hasErrors else { return }
    let bad = Set(
      diagnostics.all.filter { $0.severity == .error }.compactMap { $0.location?.file })
    let good = files.count - bad.count
    let errors = diagnostics.errorCount == 1 ? "1 error" : "\(diagnostics.errorCount) errors"
    let fine = good == 1 ? "1 file had no problem" : "\(good) files had no problem"
    let end = side.map { " in \($0), nothing compared" } ?? ", nothing written"
    Console.say("\(good > 0 ? "\(fine), " : "")\(errors)\(end)")
    throw ExitCode.badInput
  }
}

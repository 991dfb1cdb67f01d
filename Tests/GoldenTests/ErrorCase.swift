import Compiler
import Diagnostics
import Manifests

/// A folder of `golden/errors/`: an input that something is wrong with, and what is said about it.
/// Its name is the diagnostic's code, which may be followed by `-` and more.
struct ErrorCase: Sendable, CustomStringConvertible {
  let name: String

  static let directory = "golden/errors"

  static let all: [ErrorCase] =
    (try? Repository.names(in: directory))?.map { ErrorCase(name: $0) } ?? []

  var description: String { name }
  var path: String { "\(ErrorCase.directory)/\(name)" }

  /// Cases that the input alone does not make.
  private static let scopes: [String: Scope] = [
    "no-pod-cidr": Scope(failsClosed: true),
    "no-pod-cidr-without-nodes": Scope(node: "worker-1", failsClosed: true),
    "unknown-node": Scope(node: "worker-l"),
  ]

  /// `input.yaml` or `input.json`.
  func input() throws -> ManifestFile {
    let names = try Repository.names(in: path).filter { $0.hasPrefix("input.") }
    let input = "\(path)/\(names.first ?? "input.yaml")"
    return ManifestFile(path: input, bytes: try Repository.read(input))
  }

  func diagnostics(_ input: ManifestFile) -> Diagnostics {
    var diagnostics = Diagnostics()
    _ = compile([input], for: ErrorCase.scopes[name] ?? Scope(), &diagnostics)
    return diagnostics
  }

  func isAbout(_ code: String) -> Bool { name == code || name.hasPrefix("\(code)-") }
}

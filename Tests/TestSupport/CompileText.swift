import Compiler
import Diagnostics
import Manifests
import NetSets
import PolicyModel

/// The graph of manifests given as text; a failure names every diagnostic.
package func compileText(
  _ yaml: String, for scope: Scope = Scope(), file: String = "test.yaml"
) throws -> Compilation {
  var diagnostics = Diagnostics()
  let files = [ManifestFile(path: file, bytes: Array(yaml.utf8))]
  let compilation = compile(files, for: scope, &diagnostics)
  guard let compilation else {
    throw CompilationFailure(diagnostics: diagnostics.sorted)
  }
  return compilation
}

/// What is said about manifests given as text: `file:line:column: error: …`, one a line.
package func diagnose(
  _ yaml: String, for scope: Scope = Scope(), file: String = "test.yaml"
) -> [String] {
  var diagnostics = Diagnostics()
  _ = compile([ManifestFile(path: file, bytes: Array(yaml.utf8))], for: scope, &diagnostics)
  return diagnostics.sorted.map(\.headline)
}

package struct CompilationFailure: Error, CustomStringConvertible {
  package let diagnostics: [Diagnostic]
  package var description: String { diagnostics.map(\.headline).joined(separator: "\n") }
}

extension PolicyGraph {
  /// The decision for a connection written as text; traps on text that is no address.
  package func decision(
    from source: String, to destination: String, _ transport: Transport, _ port: UInt16
  ) -> Decision {
    guard let source = IPAddress(source), let destination = IPAddress(destination) else {
      preconditionFailure("\(source) and \(destination) must be addresses")
    }
    return decision(
      on: Connection(from: source, to: destination, .transport(transport, port: port)))
  }
}

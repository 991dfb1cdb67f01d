import ArgumentParser
import Compiler
import Diagnostics
import Kubernetes
import Manifests
import Options

/// Which manifests, the same for every command that compiles them.
struct ManifestOptions: ParsableArguments {
  @Option(
    name: [.short, .customLong("filename")], parsing: .singleValue,
    help: ArgumentHelp(
      "A file, a directory with all below it, a pattern, or - for standard input; repeatable.",
      valueName: "path"), completion: .file())
  var files: [String]

  @OptionGroup var audit: AuditOptions

  func compiled(for scope: Scope) throws -> Compilation {
    try netpolc.compiled(try InputFiles.read(files), audit: audit.annotation, for: scope)
  }
}

/// Says everything about the input, and ends the command when there are errors in it.
func compiled(
  _ files: [ManifestFile], audit: AuditAnnotation = .standard, for scope: Scope
) throws -> Compilation {
  var diagnostics = Diagnostics()
  let compilation = Progress.during("compiling") {
    compile(files, audit: audit, for: scope, &diagnostics)
  }
  try DiagnosticPrinter(files).check(diagnostics)
  guard let compilation else { throw ExitCode.badInput }
  return compilation
}

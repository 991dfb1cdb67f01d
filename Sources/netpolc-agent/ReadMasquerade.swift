import Diagnostics
import Host
import Manifests
import Masquerade
import Options

extension MasqueradeOptions {
  /// What an agent is asked to do about how connections leave; nil for nothing.
  func request() throws -> MasqueradeRequest? {
    makesRules ? try request(reading: read) : nil
  }

  private func read(_ paths: [String]) throws -> MasqueradeConfiguration {
    var diagnostics = Diagnostics()
    let files = try paths.map { ManifestFile(path: $0, bytes: try readFile($0)) }
    let read = readMasqueradeConfiguration(files, &diagnostics)
    guard let read else {
      let reasons = diagnostics.sorted.map { $0.render(sourceLine: nil) }
      throw OptionRefusal("--masq-config: \(reasons.joined(separator: "; "))")
    }
    return read
  }
}

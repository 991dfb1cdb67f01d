import Manifests
import TestSupport

@testable import netpolc

/// The example of `review --demo`, both versions, as files.
enum DemoFiles {
  static let base = files(Demo.before, in: "base")
  static let head = files(Demo.after, in: "head")

  static func files(_ manifests: [ManifestFile], in directory: String) -> [String: String] {
    let named = manifests.map { file in
      ("\(directory)/\(file.path)", String(decoding: file.bytes, as: UTF8.self))
    }
    return Dictionary(uniqueKeysWithValues: named)
  }
}

extension Scratch {
  /// In directories `before` and `after`.
  convenience init(demo versions: String...) throws {
    let files = versions.map { version in
      DemoFiles.files(version == "after" ? Demo.after : Demo.before, in: version)
    }
    try self.init(files.reduce(into: [:]) { all, more in all.merge(more) { $1 } })
  }
}

import Manifests
import TestSupport

@testable import netpolc

/// The example of `netpolc review --demo`, before and after its change.
enum DemoFiles {
  static let base = files("base", Demo.before)
  static let head = files("head", Demo.after)

  private static func files(_ directory: String, _ manifests: [ManifestFile]) -> [String: String] {
    let named = manifests.map { file in
      ("\(directory)/\(file.path)", String(decoding: file.bytes, as: UTF8.self))
    }
    return Dictionary(uniqueKeysWithValues: named)
  }
}

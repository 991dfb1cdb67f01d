import Manifests
import TestSupport

@testable import netpolc

extension Scratch {
  /// The example of `review --demo`, both versions, as files.
  convenience init(demo versions: String...) throws {
    var files: [String: String] = [:]
    for version in versions {
      let manifests = version == "after" ? Demo.after : Demo.before
      for file in manifests {
        files["\(version)/\(file.path)"] = String(decoding: file.bytes, as: UTF8.self)
      }
    }
    try self.init(files)
  }
}

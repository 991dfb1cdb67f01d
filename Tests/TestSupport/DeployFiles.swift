import Diagnostics
import Host
import Manifests

/// The files by which netpolc is deployed, below `deploy/`.
package enum DeployFiles {
  /// The repository's.
  package static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(3).joined(separator: "/")

  /// All of them, by their paths below `deploy/`.
  package static func paths(below directory: String = "") throws -> [String] {
    try names(in: "\(root)/deploy/\(directory)").flatMap { name -> [String] in
      let path = directory.isEmpty ? name : "\(directory)/\(name)"
      let isDirectory = try kind(of: "\(root)/deploy/\(path)") == .directory
      return isDirectory ? try paths(below: path) : [path]
    }
  }

  package static func text(_ path: String) throws -> String {
    String(decoding: try readFile("\(root)/deploy/\(path)"), as: UTF8.self)
  }

  /// The documents of a file of YAML or JSON.
  package static func documents(_ path: String) throws -> [ManifestValue] {
    var diagnostics = Diagnostics()
    let bytes = try readFile("\(root)/deploy/\(path)")
    let documents = parseManifest(ManifestFile(path: path, bytes: bytes), &diagnostics)
    if let problem = diagnostics.all.first { throw Unreadable(description: problem.headline) }
    return documents
  }

  /// The only object of a kind in a file.
  package static func object(_ kind: String, in path: String) throws -> ManifestValue {
    let objects = try documents(path).filter { $0["kind"]?.text == kind }
    guard objects.count == 1 else {
      throw Unreadable(description: "\(path) has \(objects.count) objects of kind \(kind)")
    }
    return objects[0]
  }

  package struct Unreadable: Error, CustomStringConvertible {
    package let description: String
  }
}

extension ManifestValue {
  /// The member of mappings within mappings.
  package func at(_ keys: String...) -> ManifestValue? {
    keys.reduce(self as ManifestValue?) { value, key in
      value?.members.first { $0.key == key }?.value
    }
  }

  /// The items' texts.
  package var texts: [String] { items.map(\.text) }

  /// The pod of a workload.
  package var podSpec: ManifestValue? { at("spec", "template", "spec") }

  /// The containers of a workload's pod that run netpolc.
  package var ownContainers: [ManifestValue] {
    [podSpec?.at("initContainers"), podSpec?.at("containers")].compactMap(\.self)
      .flatMap(\.items).filter { $0["image"]?.text.split(separator: ":").first == "netpolc" }
  }

  /// Every value that is no collection, as a line with its path.
  package var leaves: Set<String> {
    switch kind {
    case .mapping:
      Set(
        members.flatMap { member in
          member.value.leaves.map { "\(member.key)/\($0)" } + ["\(member.key)/"]
        })
    case .sequence:
      Set(items.enumerated().flatMap { number, item in item.leaves.map { "\(number)/\($0)" } })
    case .null, .boolean, .integer, .number, .string: [text]
    }
  }
}

import Diagnostics

/// The tag `!`: of the kind that the syntax shows, which is a string for every scalar.
private let unspecific = "!"

/// What scalars and tags mean.
extension YAMLReader {
  /// - Parameter isPlain: without quotes, and with no tag.
  func shape(
    of text: UnsafeBufferPointer<UInt8>, isPlain: Bool, tag: UnsafePointer<UInt8>?, at place: Place
  ) throws(ManifestError) -> Node.Shape {
    guard let tag else { return isPlain ? PlainScalar.shape(text) : .string }
    let name = String(cString: tag)
    let shape = PlainScalar.shape(text)
    switch (name, shape) {
    case ("tag:yaml.org,2002:str", _), (unspecific, _):
      return .string
    case ("tag:yaml.org,2002:int", .integer), ("tag:yaml.org,2002:float", .number),
      ("tag:yaml.org,2002:bool", .boolean), ("tag:yaml.org,2002:null", .null):
      return shape
    case ("tag:yaml.org,2002:float", .integer):
      return .number
    case ("tag:yaml.org,2002:merge", _) where text.elementsEqual("<<".utf8):
      return .string
    case ("tag:yaml.org,2002:int", _), ("tag:yaml.org,2002:float", _),
      ("tag:yaml.org,2002:bool", _), ("tag:yaml.org,2002:null", _):
      throw ManifestError(
        code: .unsupportedTag,
        message: "found \(shown(text)) with the tag \(spelled(name)), which it does not fit",
        place: place)
    default:
      throw unsupported(name, at: place)
    }
  }

  func isMergeKey(
    _ text: UnsafeBufferPointer<UInt8>, isPlain: Bool, tag: UnsafePointer<UInt8>?
  ) -> Bool {
    guard text.count == 2, text[0] == UInt8(ascii: "<"), text[1] == UInt8(ascii: "<") else {
      return false
    }
    return isPlain || tag.map { String(cString: $0) == "tag:yaml.org,2002:merge" } ?? false
  }

  func checkTag(
    _ tag: UnsafePointer<UInt8>?, of shape: Node.Shape, at place: Place
  ) throws(ManifestError) {
    guard let tag else { return }
    let name = String(cString: tag)
    let expected = shape == .mapping ? "tag:yaml.org,2002:map" : "tag:yaml.org,2002:seq"
    if name != expected, name != unspecific { throw unsupported(name, at: place) }
  }

  private func unsupported(_ name: String, at place: Place) -> ManifestError {
    ManifestError(
      code: .unsupportedTag,
      message: "found the tag \(spelled(name)), expected plain values", place: place,
      hint: "text that starts with `!` is written in quotes")
  }

  /// A tag as it is usually written.
  private func spelled(_ name: String) -> String {
    let prefix = "tag:yaml.org,2002:"
    return shown(name.hasPrefix(prefix) ? "!!\(name.dropFirst(prefix.count))" : name)
  }
}

import CYaml
import Diagnostics

/// Builds a tree from libyaml's events. The file must have passed `EncodingCheck`.
struct YAMLReader {
  /// A collection that has not ended.
  struct Frame {
    let node: UInt32
    let isMapping: Bool
    var count: UInt32 = 0
    /// A mapping's next node is a key.
    var awaitsKey = true
    var lastKey: UInt32 = 0
    var mergeKey: UInt32?
    /// Values in it, itself included, with aliases written out.
    var expanded = 1
    /// Levels of collections, itself included.
    var height = 1
  }

  /// What an anchor names.
  struct Anchored {
    var isOpen: Bool
    var expanded = 1
    var height = 0
  }

  let text: UnsafeBufferPointer<UInt8>
  var builder: TreeBuilder
  var frames: [Frame] = []
  /// The document's anchors, and what is known of the nodes that have or had one.
  var anchors: [String: UInt32] = [:]
  var anchored: [UInt32: Anchored] = [:]
  var mergedMembers = 0
  private var lines: YAMLLines?
  /// The end of the file.
  private var ending = Place(line: 1, column: 1)
  private var documentStart: UInt32 = 0

  init(_ text: UnsafeBufferPointer<UInt8>, _ limits: ManifestLimits) {
    self.text = text
    builder = TreeBuilder(source: text, limits: limits)
    builder.decoded.reserveCapacity(text.count / 2)
  }

  /// - Parameter encoding: of this text.
  mutating func read(_ encoding: EncodingCheck) throws(ManifestError) {
    lines = encoding.hasOddLineBreaks ? YAMLLines(text) : nil
    ending = encoding.ending
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    let event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
    defer {
      event.deallocate()
      parser.deallocate()
    }
    guard yaml_parser_initialize(parser) == 1 else { throw outOfMemory(Place(line: 1, column: 1)) }
    defer { yaml_parser_delete(parser) }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    let content = UnsafeBufferPointer(rebasing: text.dropFirst(byteOrderMarkLength(text)))
    guard let bytes = content.baseAddress else { return }
    yaml_parser_set_input_string(parser, bytes, content.count)
    var isAtEnd = false
    while !isAtEnd {
      guard yaml_parser_parse(parser, event) == 1 else { throw problem(of: parser.pointee) }
      defer { yaml_event_delete(event) }
      isAtEnd = event.pointee.type == YAML_STREAM_END_EVENT
      try handle(event)
    }
  }

  func place(_ mark: yaml_mark_t) -> Place {
    if let lines { return lines.place(mark) ?? ending }
    // libyaml adds a line feed at the end if there is none.
    if mark.line >= ending.line { return ending }
    return Place(
      line: UInt32(truncatingIfNeeded: mark.line + 1),
      column: UInt32(truncatingIfNeeded: mark.column + 1))
  }

  private mutating func handle(
    _ event: UnsafeMutablePointer<yaml_event_t>
  ) throws(ManifestError) {
    let place = place(event.pointee.start_mark)
    switch event.pointee.type {
    case YAML_SCALAR_EVENT:
      let scalar = event.pointee.data.scalar
      let index = try append(scalar, at: place)
      note(anchor: scalar.anchor, of: index, isOpen: false)
      try finish(index)
    case YAML_ALIAS_EVENT:
      try finish(alias: event.pointee.data.alias.anchor, at: place)
    case YAML_MAPPING_START_EVENT:
      let mapping = event.pointee.data.mapping_start
      try open(.mapping, anchor: mapping.anchor, tag: mapping.tag, at: place)
    case YAML_SEQUENCE_START_EVENT:
      let sequence = event.pointee.data.sequence_start
      try open(.sequence, anchor: sequence.anchor, tag: sequence.tag, at: place)
    case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT:
      try close()
    case YAML_DOCUMENT_START_EVENT:
      documentStart = builder.nextIndex
      anchors.removeAll()
      anchored.removeAll()
    case YAML_DOCUMENT_END_EVENT:
      try finishDocument()
    default:
      break
    }
  }

  private mutating func append(
    _ scalar: yaml_event_s.__Unnamed_union_data.__Unnamed_struct_scalar, at place: Place
  ) throws(ManifestError) -> UInt32 {
    let text = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
    let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.plain_implicit != 0
    let shape = try shape(of: text, isPlain: isPlain, tag: scalar.tag, at: place)
    let start = builder.decoded.count
    builder.decoded.append(contentsOf: text)
    let index = builder.append(shape, .decoded, start: start, length: text.count, at: place)
    guard let frame = frames.last, frame.isMapping, frame.awaitsKey else { return index }
    if shape == .null { throw unusableKey("null", at: place) }
    if isMergeKey(text, isPlain: isPlain, tag: scalar.tag) {
      if let mergeKey = frame.mergeKey {
        builder.noteDuplicate(of: mergeKey, index)
      } else {
        frames[frames.count - 1].mergeKey = index
      }
      builder.nodes[Int(index)].flags.insert(.hidden)
    }
    return index
  }

  private mutating func open(
    _ shape: Node.Shape, anchor: UnsafePointer<UInt8>?, tag: UnsafePointer<UInt8>?, at place: Place
  ) throws(ManifestError) {
    try checkTag(tag, of: shape, at: place)
    if let frame = frames.last, frame.isMapping, frame.awaitsKey {
      throw unusableKey(shape == .mapping ? "a mapping" : "a list", at: place)
    }
    guard frames.count < builder.limits.depth else { throw tooDeep(at: place) }
    let index = builder.append(shape, at: place)
    note(anchor: anchor, of: index, isOpen: true)
    frames.append(Frame(node: index, isMapping: shape == .mapping))
  }

  private mutating func close() throws(ManifestError) {
    guard let frame = frames.popLast() else { return }
    if !frame.isMapping {
      builder.closeSequence(frame.node, count: frame.count)
    } else if frame.mergeKey == nil {
      builder.closeMapping(frame.node, count: frame.count)
    } else {
      try closeMerging(frame)
    }
    if anchored[frame.node] != nil {
      anchored[frame.node] = Anchored(
        isOpen: false, expanded: frame.expanded, height: frame.height)
    }
    try finish(frame.node, expanded: frame.expanded, height: frame.height)
  }

  /// Counts a node that is complete in the collection it is in.
  mutating func finish(
    _ index: UInt32, expanded: Int = 1, height: Int = 0
  ) throws(ManifestError) {
    let last = frames.count - 1
    guard last >= 0 else { return }
    frames[last].expanded = saturatingSum(frames[last].expanded, expanded)
    frames[last].height = max(frames[last].height, height + 1)
    if !frames[last].isMapping {
      frames[last].count += 1
    } else if frames[last].awaitsKey {
      frames[last].awaitsKey = false
      frames[last].lastKey = index
    } else {
      frames[last].awaitsKey = true
      let isMember = !builder.nodes[Int(frames[last].lastKey)].flags.contains(.hidden)
      if isMember { frames[last].count += 1 }
    }
  }

  private mutating func finishDocument() throws(ManifestError) {
    guard documentStart < builder.nextIndex else { return }
    try checkExpansion(from: documentStart)
    // A document of nothing, or of only a comment, is no object; nor is `null`.
    if builder.nodes[Int(documentStart)].shape != .null { builder.roots.append(documentStart) }
  }

  func tooDeep(at place: Place) -> ManifestError {
    ManifestError(
      code: .tooDeep, message: "found more than \(builder.limits.depth) levels of nesting",
      place: place)
  }

  func unusableKey(_ found: String, at place: Place) -> ManifestError {
    ManifestError(
      code: .yamlSyntax, message: "found \(found) as a key, expected a string", place: place,
      hint: found == "null" ? "quote the key, or write it before the `:`" : nil)
  }
}

import Diagnostics

/// Anchors, aliases and merge keys: nothing is copied but a merge's pairs of key and value, and
/// those as aliases.
extension YAMLReader {
  mutating func note(anchor: UnsafePointer<UInt8>?, of index: UInt32, isOpen: Bool) {
    guard let anchor else { return }
    // A name may be used again; it then means the later node.
    anchors[String(cString: anchor)] = index
    anchored[index] = Anchored(isOpen: isOpen)
  }

  /// Adds an alias, and counts it.
  mutating func finish(
    alias anchor: UnsafePointer<UInt8>?, at place: Place
  ) throws(ManifestError) {
    let name = anchor.map { String(cString: $0) } ?? ""
    guard let target = anchors[name], let info = anchored[target] else {
      throw ManifestError(
        code: .yamlSyntax, message: "found an alias of \(shown(name)), which is no anchor above",
        place: place, hint: "text that starts with `*` is written in quotes")
    }
    if info.isOpen {
      throw ManifestError(
        code: .aliasExpansion, message: "found an alias of \(shown(name)) inside of its own value",
        place: place)
    }
    if frames.count + info.height > builder.limits.depth { throw tooDeep(at: place) }
    if let frame = frames.last, frame.isMapping, frame.awaitsKey {
      switch builder.nodes[Int(target)].shape {
      case .null: throw unusableKey("null", at: place)
      case .mapping: throw unusableKey("a mapping", at: place)
      case .sequence: throw unusableKey("a list", at: place)
      default: break
      }
    }
    let index = builder.append(.alias, start: Int(target), at: place)
    try finish(index, expanded: info.expanded, height: info.height)
  }

  /// Refuses a document whose aliases, written out, would be out of proportion to it. Nobody writes
  /// them out here, but whoever walks the values goes through them all.
  func checkExpansion(from start: UInt32) throws(ManifestError) {
    // Without aliases there is nothing to count.
    if anchored.isEmpty { return }
    let source = builder.nodes[Int(start)...].count { !$0.flags.contains(.merged) }
    let limits = builder.limits
    let limit = max(limits.expandedValues, limits.expansionFactor * source)
    var expanded = 0
    for node in builder.nodes[Int(start)...] where !node.flags.contains(.merged) {
      let size = node.shape == .alias ? anchored[node.start]?.expanded ?? 1 : 1
      expanded = saturatingSum(expanded, size)
      if expanded > limit {
        throw ManifestError(
          code: .aliasExpansion, message: "aliases expand to more than \(limit) values",
          place: node.place)
      }
    }
  }

  /// Ends a mapping that has a merge key: gives it the members of the mappings there, except for
  /// keys that it has.
  mutating func closeMerging(_ frame: Frame) throws(ManifestError) {
    guard let mergeKey = frame.mergeKey else { return }
    let sources = try mergedMappings(builder.target(mergeKey + 1))
    let limit = max(builder.limits.mergedMembers, text.count / 4)
    var visited = mergedMembers
    var total = 0
    for source in sources {
      total += Int(builder.nodes[Int(source)].length)
      visited += Int(builder.nodes[Int(source)].length)
      if visited > limit {
        throw ManifestError(
          code: .aliasExpansion, message: "merge keys (`<<`) copy more than \(limit) members",
          place: builder.nodes[Int(mergeKey)].place)
      }
    }
    mergedMembers = visited
    var count = frame.count
    builder.withTexts { builder, texts in
      builder.beginKeys(count: total + Int(count))
      var key = frame.node + 1
      let end = builder.nextIndex
      while key < end {
        if !builder.isHidden(key), let first = builder.insertKey(key, texts) {
          builder.noteDuplicate(of: first, key)
        }
        key = builder.next(after: key + 1)
      }
      let place = builder.nodes[Int(mergeKey)].place
      for source in sources {
        var key = source + 1
        let end = builder.nodes[Int(source)].start
        while key < end {
          if !builder.isHidden(key), builder.insertKey(key, texts) == nil {
            for node in [key, key + 1] {
              _ = builder.append(.alias, .merged, start: Int(builder.target(node)), at: place)
            }
            count += 1
          }
          key = builder.next(after: key + 1)
        }
      }
    }
    builder.closeSequence(frame.node, count: count)
  }

  /// The mappings that are the value of a merge key: itself, or the items of a list.
  private func mergedMappings(_ value: UInt32) throws(ManifestError) -> [UInt32] {
    var candidates = [value]
    if builder.nodes[Int(value)].shape == .sequence {
      candidates = []
      var item = value + 1
      while item < builder.nodes[Int(value)].start {
        candidates.append(builder.target(item))
        item = builder.next(after: item)
      }
    }
    for candidate in candidates where builder.nodes[Int(candidate)].shape != .mapping {
      throw ManifestError(
        code: .yamlSyntax, message: "found no mapping after `<<`, expected one or a list of them",
        place: builder.nodes[Int(candidate)].place)
    }
    return candidates
  }
}

extension TreeBuilder {
  fileprivate func isHidden(_ key: UInt32) -> Bool { nodes[Int(key)].flags.contains(.hidden) }
}

/// Far above any limit, and far from overflowing.
func saturatingSum(_ left: Int, _ right: Int) -> Int { min(left + right, 1 << 60) }

/// As the other `shown`.
func shown(_ text: String) -> String {
  var text = text
  return text.withUTF8 { shown($0) }
}

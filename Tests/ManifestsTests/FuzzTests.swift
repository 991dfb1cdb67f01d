import Diagnostics
import Manifests
import Testing

/// Damaged manifests: whatever they are, they are read or refused, and places are in the file.
@Suite struct FuzzTests {
  static let parts = 16
  static let inputsPerPart = 13_000

  @Test(arguments: 0..<parts)
  func `any input is read or refused`(_ part: Int) {
    let seed = UInt64(part) &* 0x1234_5678_9ABC_DEF1 &+ 2024
    var random = Random(seed)
    for number in 0..<Self.inputsPerPart {
      let (path, bytes) = mutant(&random)
      if let complaint = complaint(about: ManifestFile(path: path, bytes: bytes)) {
        let text = String(decoding: bytes, as: UTF8.self)
        Issue.record(
          "seed \(seed), input \(number), \(path): \(complaint)\n\(text.debugDescription)")
        return
      }
    }
  }

  @Test(arguments: fuzzSeeds)
  func `the undamaged manifests are read`(_ path: String, _ text: String) {
    let file = ManifestFile(path: path, bytes: Array(text.utf8))
    #expect(complaint(about: file) == nil)
    #expect(headlines(text, path) == ["and documents"])
  }

  /// What is wrong with what is made of a file; nil if nothing is.
  private func complaint(about file: ManifestFile) -> String? {
    var diagnostics = Diagnostics()
    let documents = parseManifest(file, &diagnostics)
    var lines: [Int] = []
    while let line = file.line(lines.count + 1) { lines.append(line.unicodeScalars.count) }
    func isInside(_ location: InputLocation) -> Bool {
      // A carriage return that ends a line is not in its text; a place may be after it.
      location.file == file.path && 1...lines.count ~= location.line
        && 1...lines[location.line - 1] + 2 ~= location.column
    }
    for diagnostic in diagnostics.all {
      guard let location = diagnostic.location, isInside(location) else {
        return "place is not in the file: \(diagnostic.headline)"
      }
    }
    if diagnostics.errorCount != diagnostics.all.count { return "there are warnings" }
    if diagnostics.hasErrors { return documents.isEmpty ? nil : "errors and documents" }
    var values = 0
    func walk(_ value: ManifestValue, depth: Int) -> String? {
      values += 1
      let location = value.location
      if depth > 100 { return "too deep" }
      if values > 200_000 { return "too many values" }
      if !isInside(location) { return "place is not in the file: \(location)" }
      if value.integer != nil, value.kind != .integer || value.text.isEmpty { return "integer" }
      if (value.boolean != nil) != (value.kind == .boolean) { return "boolean" }
      var count = 0
      for item in value.items {
        count += 1
        if let complaint = walk(item, depth: depth + 1) { return complaint }
      }
      for member in value.members {
        count += 1
        if !isInside(member.keyLocation) { return "place is not in the file: \(member.key)" }
        if let complaint = walk(member.value, depth: depth + 1) { return complaint }
      }
      return count == value.count ? nil : "count is \(value.count), not \(count)"
    }
    for document in documents {
      if let complaint = walk(document, depth: 0) { return complaint }
    }
    return nil
  }

  private func mutant(_ random: inout Random) -> (path: String, bytes: [UInt8]) {
    let (path, text) = fuzzSeeds[random.below(fuzzSeeds.count)]
    var bytes = Array(text.utf8)
    for _ in 0...random.below(3) { mutate(&bytes, &random) }
    return (random.below(10) == 0 ? "-" : path, bytes)
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout Random) {
    func range(_ limit: Int) -> Range<Int> {
      let start = random.below(bytes.count + 1)
      return start..<min(bytes.count, start + random.below(limit))
    }
    switch random.below(7) {
    case 0:
      if !bytes.isEmpty { bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8)) }
    case 1:
      if !bytes.isEmpty { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
    case 2:
      bytes.removeSubrange(range(30))
    case 3:
      let copy = Array(bytes[range(60)])
      bytes.insert(contentsOf: copy, at: random.below(bytes.count + 1))
    case 4:
      let other = Array(fuzzSeeds[random.below(fuzzSeeds.count)].text.utf8)
      let start = random.below(other.count)
      let piece = other[start..<min(other.count, start + random.below(50))]
      bytes.replaceSubrange(range(20), with: piece)
    case 5:
      if random.below(4) == 0 { bytes.removeLast(random.below(bytes.count + 1)) }
    default:
      let token = fuzzTokens[random.below(fuzzTokens.count)]
      let copies = random.below(20) == 0 ? 120 : 1 + random.below(2)
      let piece = Array(repeating: token, count: copies).flatMap(\.utf8)
      bytes.insert(contentsOf: piece, at: random.below(bytes.count + 1))
    }
  }
}

/// SplitMix64: the same numbers everywhere.
private struct Random {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  /// A number in `0..<limit`.
  mutating func below(_ limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ mixed >> 31) % UInt64(limit))
  }
}

import TestSupport
import Testing

@testable import KubernetesAPI

@Suite struct SplitterTests {
  private func split(_ text: String, at cuts: [Int], limit: Int = 1000) throws -> (
    items: [String], envelope: String
  ) {
    var splitter = ListSplitter(limit: limit)
    var items: [String] = []
    for part in parts(text, at: cuts) {
      try part.withUnsafeBytes { bytes in
        try splitter.feed(bytes) { items.append(String(decoding: $0, as: UTF8.self)) }
      }
    }
    return (items, String(decoding: splitter.envelope, as: UTF8.self))
  }

  private func parts(_ text: String, at cuts: [Int]) -> [[UInt8]] {
    let bytes = Array(text.utf8)
    let edges = [0] + cuts + [bytes.count]
    return zip(edges, edges.dropFirst()).map { Array(bytes[$0..<$1]) }
  }

  @Test func `items are cut out wherever the bytes are cut`() throws {
    let items = [
      #"{"a":"}]\"\\"}"#, "{}", #"{ "b" : [ { "items" : [ {} ] } , "\u005d" ] }"#, #"{"é":"✓"}"#,
    ]
    let text =
      #"{"kind":"List","x\"items":[{}],"a":{"items":[{}]},"items" : ["#
      + items.joined(separator: " ,\n") + #"],"metadata":{"items":[{"k":1}]}}"#
    let envelope =
      #"{"kind":"List","x\"items":[{}],"a":{"items":[{}]},"items" : [0 ,"# + "\n0 ,\n0 ,\n0"
      + #"],"metadata":{"items":[{"k":1}]}}"#
    for first in 0...text.utf8.count {
      for second in stride(from: first, through: text.utf8.count, by: 7) {
        let result = try split(text, at: [first, second])
        #expect(result.items == items)
        #expect(result.envelope == envelope)
      }
    }
  }

  @Test func `what is no object stays in the envelope`() throws {
    let result = try split(#"{"items":[1,"{}",null,[{}],{}]}"#, at: [])
    #expect(result.items == ["{}"])
    #expect(result.envelope == #"{"items":[1,"{}",null,[{}],0]}"#)
  }

  @Test func `a missing comma is seen in the envelope`() throws {
    #expect(try split(#"{"items":[{}{}]}"#, at: []).envelope == #"{"items":[00]}"#)
  }

  @Test func `neither an item nor an envelope may be too long`() throws {
    let long = String(repeating: "x", count: 100)
    #expect(throws: APIFailure.self) { try split("{\"items\":[{\"\(long)", at: [30], limit: 50) }
    #expect(throws: APIFailure.self) { try split("{\"kind\":\"\(long)", at: [30], limit: 50) }
    #expect(throws: Never.self) {
      try split("{\"items\":[{\"\(long)\":1},{\"\(long)\":2}]}", at: [], limit: 110)
    }
  }

  @Test func `any bytes are survived`() throws {
    var random = SplitMix64(seed: 6)
    let alphabet = Array(#"{}[]",:\items0 "#.utf8)
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        alphabet.randomElement(using: &random) ?? 0
      }
      let text = String(decoding: Array(#"{"items":["#.utf8) + bytes, as: UTF8.self)
      let whole = try split(text, at: [])
      let cut = try split(text, at: [Int.random(in: 0...text.utf8.count, using: &random)])
      #expect(whole == cut)
    }
  }

  @Test func `lines are cut wherever the bytes are cut`() throws {
    let text = "one\n\ntwo\nthree"
    for cut in 0...text.utf8.count {
      var splitter = LineSplitter(limit: 5)
      var lines: [String] = []
      for part in parts(text, at: [cut]) {
        try part.withUnsafeBytes { bytes in
          lines += try splitter.feed(bytes).map { String(decoding: $0, as: UTF8.self) }
        }
      }
      #expect(lines == ["one", "two"])
      #expect(splitter.isInLine)
    }
  }
}

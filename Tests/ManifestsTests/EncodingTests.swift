import Diagnostics
import Manifests
import Testing

@Suite struct EncodingTests {
  @Test(
    arguments: [
      ([0x61, 0xFF], "1:2", "0xFF"), ([0x61, 0x0A, 0x62, 0x80], "2:2", "0x80"),
      ([0xC3, 0xA9, 0xC0, 0xAF], "1:2", "0xC0"), ([0xE0, 0x9F, 0xBF], "1:1", "0xE0"),
      ([0xED, 0xA0, 0x80], "1:1", "0xED"), ([0xF0, 0x8F, 0xBF, 0xBF], "1:1", "0xF0"),
      ([0xF4, 0x90, 0x80, 0x80], "1:1", "0xF4"), ([0xF5, 0x80, 0x80, 0x80], "1:1", "0xF5"),
      ([0x61, 0xE2, 0x82], "1:2", "0xE2"), ([0xC3, 0x28], "1:1", "0xC3"), ([0xC3], "1:1", "0xC3"),
      ([0xE2, 0x82, 0x41], "1:1", "0xE2"),
      (Array(repeating: 0x61, count: 15) + [0xA9], "1:16", "0xA9"),
    ] as [([UInt8], String, String)])
  func `bytes that are not UTF-8 are refused in both formats`(
    _ bytes: [UInt8], _ place: String, _ byte: String
  ) {
    for path in ["a.yaml", "a.json"] {
      #expect(
        headlines(bytes, path)
          == ["\(path):\(place): error: found the byte \(byte), expected UTF-8 text [invalid-utf8]"]
      )
    }
  }

  @Test(arguments: [[0xFF, 0xFE, 0x61, 0x00], [0xFE, 0xFF, 0x00, 0x61]] as [[UInt8]])
  func `UTF-16 is refused with a way to convert it`(_ bytes: [UInt8]) {
    for path in ["a.yaml", "a.json", "-"] {
      #expect(
        headlines(bytes, path)
          == ["\(path):1:1: error: found UTF-16 text, expected UTF-8 [invalid-utf8]"])
    }
  }
}

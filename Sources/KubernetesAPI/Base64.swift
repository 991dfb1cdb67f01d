/// Base64 as of RFC 4648 §4, as Go's decoder takes it: padded, and line breaks do not count.
func decodedBase64(_ text: String) -> [UInt8]? {
  var bytes: [UInt8] = []
  var bits: UInt32 = 0
  var count = 0
  var padding = 0
  for character in text.utf8 {
    if character == UInt8(ascii: "\n") || character == UInt8(ascii: "\r") { continue }
    if character == UInt8(ascii: "=") {
      padding += 1
      continue
    }
    guard padding == 0, let value = base64Value(character) else { return nil }
    bits = bits << 6 | value
    count += 1
    if count % 4 == 0 {
      bytes += [16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> $0) }
      bits = 0
    }
  }
  switch (count % 4, padding) {
  case (0, 0): return bytes
  case (2, 2): return bytes + [UInt8(truncatingIfNeeded: bits >> 4)]
  case (3, 1): return bytes + [10, 2].map { UInt8(truncatingIfNeeded: bits >> $0) }
  default: return nil
  }
}

private func base64Value(_ character: UInt8) -> UInt32? {
  switch character {
  case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
  case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
  case UInt8(ascii: "+"): 62
  case UInt8(ascii: "/"): 63
  default: nil
  }
}

import Diagnostics

/// A path of a report, as programs that know the repository by its root want it.
struct ReportPath {
  /// Without `.` in it: `a/b.yaml` of `./a/b.yaml`.
  let text: String

  init(_ path: String) {
    let parts = path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    text = path.hasPrefix("/") ? "/\(parts)" : parts.isEmpty ? "." : parts
  }

  /// nil when the place is no file, as that of standard input, `<stdin>`.
  init?(_ location: SourceLocation?) {
    guard let location, !location.file.hasPrefix("<") else { return nil }
    self.init(location.file)
  }

  var isAbsolute: Bool { text.hasPrefix("/") }

  /// RFC 3986: all but unreserved characters (§2.3) is percent-encoded, also a colon, which in the
  /// first segment would end a scheme (§4.2). An absolute path is a `file` URI (RFC 8089).
  var uri: String {
    var uri = isAbsolute ? "file://" : ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
        uri.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        uri += byte < 16 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return uri
  }
}

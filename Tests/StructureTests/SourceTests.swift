import Testing

@Suite struct SourceTests {
  @Test func `imports are found in every form`() {
    let text = """
      import Host
      @testable import Nftables
      internal import CNetfilter
      import struct Glibc.stat
      // import Nothing
        import Text
      let important = "import"
      """
    #expect(Sources.imports(in: text) == ["Host", "Nftables", "CNetfilter", "Glibc"])
  }

  @Test func `no source file has more than 400 lines`() throws {
    let files = try Sources.swiftFiles()
    #expect(files.count > 50)
    for path in files {
      let lines = try Sources.text(path).utf8.count { $0 == UInt8(ascii: "\n") }
      #expect(lines <= 400, "\(path) has \(lines) lines")
    }
  }
}

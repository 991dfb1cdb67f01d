import Diagnostics
import Manifests
import Testing

@Suite struct ErrorTests {
  /// Codes without a case, each with its reason.
  private static let exempt = [
    "ipset-limit": "its input would be larger than the repository: see InexpressibleTests",
    "too-large": "its input would be larger than the repository",
    "unknown-configuration": "it is about a translator's file: see MasqueradeTests",
    "conflicting-configuration": "it is about a translator's files: see MasqueradeTests",
    "cluster-access": "it is about reaching a cluster: see KubernetesAPITests",
    "unknown-end": "it is about tests of users, not about manifests: see AssertionsTests",
  ]

  @Test(arguments: ErrorCase.all)
  func `a wrong input is told what is kept of it`(_ errorCase: ErrorCase) throws {
    let input = try errorCase.input()
    let diagnostics = errorCase.diagnostics(input)
    try Golden.expect(rendered(diagnostics, [input]), at: "\(errorCase.path)/diagnostics.txt")
    #expect(
      diagnostics.all.contains { errorCase.isAbout($0.code.name) },
      "\(errorCase.path) must be about the code that it is named after")
  }

  @Test func `every code has a case`() throws {
    let codes = try declaredCodes()
    #expect(codes.count > 20)
    for code in codes where Self.exempt[code] == nil {
      #expect(ErrorCase.all.contains { $0.isAbout(code) }, "\(code) has no case in golden/errors")
    }
    for code in Self.exempt.keys { #expect(codes.contains(code), "\(code) is no code") }
  }

  @Test func `no code is declared twice`() throws {
    let codes = try declaredCodes()
    #expect(Set(codes).count == codes.count, "\(codes)")
  }

  /// What stands between the quotes of `DiagnosticCode("…")`, anywhere in the sources.
  private func declaredCodes() throws -> [String] {
    try Repository.files(below: "Sources").filter { $0.hasSuffix(".swift") }.flatMap { path in
      try Repository.text(path).split(separator: "\n").compactMap { line -> String? in
        guard let start = line.firstRange(of: "DiagnosticCode(\"")?.upperBound else { return nil }
        return String(line[start...].prefix { $0 != "\"" })
      }
    }
  }
}

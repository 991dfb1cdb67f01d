import Dialects
import Testing

@Suite struct RegistryTests {
  @Test func `no two dialects read one kind of object`() {
    let kinds = dialects.map { "\($0.apiVersion) \($0.kind)" }
    #expect(!kinds.isEmpty)
    #expect(Set(kinds).count == kinds.count, "\(kinds)")
  }

  @Test func `dialects read policies, of versions that say their group`() {
    for dialect in dialects {
      // Warnings about policies that are not read go by the kind's name.
      #expect(dialect.kind.contains("NetworkPolicy"), "\(dialect.kind)")
      #expect(dialect.apiVersion.contains("/"), "\(dialect.apiVersion)")
    }
  }
}

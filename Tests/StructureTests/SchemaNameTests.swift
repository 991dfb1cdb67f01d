import Schemas
import Testing

@Suite struct SchemaNameTests {
  @Test func `every output that says a schema has one`() throws {
    let name = /"(netpolc\.[a-z-]+\/v[0-9]+)"/
    var said: Set<String> = []
    for path in try Sources.swiftFiles() where Sources.target(of: path) != "Schemas" {
      said.formUnion(try Sources.text(path).matches(of: name).map { String($0.output.1) })
    }
    #expect(said.count >= 5)
    #expect(said.subtracting(outputSchemas.map(\.name)).sorted() == [])
  }

  @Test func `no two schemas have a name`() {
    let names = outputSchemas.flatMap { [$0.name, $0.shortName] }
    #expect(Set(names).count == names.count)
  }
}

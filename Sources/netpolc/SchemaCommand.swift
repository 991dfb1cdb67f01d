import ArgumentParser
import Diagnostics
import Schemas

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of an output.",
    discussion: """
      Without a name, lists what there is. The name is what the output says in its schema member, \
      or the word in its middle.

      EXAMPLES
        netpolc schema
        netpolc schema netpolc.diff/v1 > diff.schema.json
        netpolc schema graph
      """)

  @Argument(
    help: "Which output.", completion: .list(outputSchemas.flatMap { [$0.name, $0.shortName] }))
  var name: String?

  func run() throws {
    guard let name else {
      let width = outputSchemas.map(\.name.count).max() ?? 0
      let lines = outputSchemas.map { schema in
        let gap = String(repeating: " ", count: width - schema.name.count + 3)
        return "\(schema.name)\(gap)\(schema.summary)\n"
      }
      try Console.result(lines.joined())
      return
    }
    guard let schema = outputSchemas.first(where: { [$0.name, $0.shortName].contains(name) })
    else {
      let near = NearMiss.of(name, in: outputSchemas.flatMap { [$0.name, $0.shortName] })
      let hint = near.map { "did you mean \($0)?" } ?? "netpolc schema lists them"
      throw Console.fail("no schema \(name); \(hint)", .badInput)
    }
    try Console.result(schema.document.text)
  }
}

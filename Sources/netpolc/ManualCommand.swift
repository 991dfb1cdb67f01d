import ArgumentParser
import Diagnostics
import Host
import Manifests

/// For `make install`: pages are made from what `--help` says, so that they cannot say anything
/// else.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual",
    abstract: "Write the manual pages into a directory.",
    discussion: """
      EXAMPLES
        netpolc manual /usr/local/share/man/man1
      """,
    shouldDisplay: false)

  @Argument(help: "Where to; made if it is not there.", completion: .directory)
  var directory: String

  func run() throws {
    // ArgumentParser's own description of the commands, which is JSON.
    var diagnostics = Diagnostics()
    let description = ManifestFile(path: "help.json", bytes: Array(Netpolc._dumpHelp().utf8))
    guard let root = parseManifest(description, &diagnostics).first?["command"] else {
      throw Console.fail("cannot read the description of the commands", .environment)
    }
    let commands = (root["subcommands"]?.items).map { Array($0) } ?? []
    let shown = commands.filter {
      $0["shouldDisplay"]?.boolean == true && $0["commandName"]?.textEquals("help") == false
    }
    let pages = [ManualPage(root)] + shown.map { ManualPage($0) }
    do {
      try makeDirectories(directory)
      for page in pages {
        try writeFile(
          "\(directory)/\(page.name).1",
          page.text(version: Netpolc.configuration.version, among: pages))
      }
    } catch {
      throw Console.fail(error.description, .environment)
    }
  }
}

import Analysis
import ArgumentParser
import Diagnostics
import Manifests
import Reports

/// Changes that somebody accepted on purpose: a file that is kept beside the policies. An entry is
/// for one connection: its id is short, so that what it stands for has to be the same too.
///
/// ```yaml
/// schema: netpolc.allow/v1
/// accepted:
/// - id: 0b5e6f1c
///   change: gained
///   connection: monitoring/grafana -> shop/db TCP 5432
///   reason: dashboards read the replica
/// ```
struct AcceptedChanges {
  private var entries: [Key: Entry] = [:]

  private struct Key: Hashable {
    let change: String
    let id: String
  }

  private struct Entry {
    let location: SourceLocation
    let connection: String
    let reason: String
  }

  init() {}

  init(reading path: String) throws {
    let file = ManifestFile(path: path, bytes: try InputFiles.bytes(path))
    var diagnostics = Diagnostics()
    let documents = parseManifest(file, &diagnostics)
    try DiagnosticPrinter([file]).check(diagnostics)
    for document in documents {
      guard document["schema"]?.text == "netpolc.allow/v1" else {
        throw Console.fail(
          "\(document.location): expected schema: netpolc.allow/v1, as --write-allow writes it",
          .badInput)
      }
      guard let list = document["accepted"], list.kind == .sequence else {
        throw Console.fail("\(document.location): expected a list accepted", .badInput)
      }
      for item in list.items { try add(item) }
    }
  }

  private mutating func add(_ item: ManifestValue) throws {
    guard let id = item["id"]?.text, let change = item["change"]?.text,
      ConnectionChange.Kind(rawValue: change) != nil
    else {
      throw Console.fail(
        "\(item.location): an accepted change needs id and change: gained or lost", .badInput)
    }
    guard let connection = item["connection"]?.text else {
      throw Console.fail(
        "\(item.location): an accepted change needs the connection, as --write-allow writes it",
        .badInput)
    }
    guard let reason = item["reason"]?.text, !reason.isEmpty else {
      throw Console.fail("\(item.location): an accepted change needs a reason", .badInput)
    }
    entries[Key(change: change, id: id)] = Entry(
      location: item.location, connection: connection, reason: reason)
  }

  /// nil when it was not accepted.
  func reason(of row: ReviewReport.Row) -> String? {
    guard let entry = entries[Key(change: row.change.kind.rawValue, id: row.id)],
      entry.connection == row.sentence
    else { return nil }
    return entry.reason
  }

  /// Those that none of the changes is, in words.
  func unused(by rows: [ReviewReport.Row]) -> [String] {
    let used = Set(
      rows.filter { reason(of: $0) != nil }
        .map { Key(change: $0.change.kind.rawValue, id: $0.id) })
    return entries.filter { !used.contains($0.key) }
      .sorted { $0.value.location < $1.value.location }
      .map { key, entry in
        "\(entry.location.fileAndLine): not among the changes: \(key.change) \(key.id), "
          + "\(entry.connection); remove it once its change is merged"
      }
  }

  /// A file that accepts all of these.
  static func text(_ rows: [ReviewReport.Row]) -> String {
    let accepted = rows.map { row -> JSON in
      [
        "id": .string(row.id), "change": .string(row.change.kind.rawValue),
        "connection": .string(row.sentence),
        "reason": .string(row.accepted ?? "not said yet: write why"),
      ]
    }
    return JSON.object([("schema", "netpolc.allow/v1"), ("accepted", .array(accepted))]).yaml
  }
}

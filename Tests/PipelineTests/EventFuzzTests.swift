import Agent
import Backends
import Compiler
import Diagnostics
import Incremental
import Kubernetes
import Manifests
import Nftables
import PolicyModel
import TestSupport
import Testing

/// Damaged objects, told to an agent one after another.
@Suite struct EventFuzzTests {
  static let parts = 8

  private static let seeds: [JSON] = fuzzSeeds.flatMap { text in
    var diagnostics = Diagnostics()
    let file = ManifestFile(path: "seed.yaml", bytes: Array(text.utf8))
    return parseManifest(file, &diagnostics).map { JSON($0) }
  }

  @Test(arguments: 0..<parts)
  func `whatever objects say, rules are those of a compile, and no policy is lost`(_ part: Int) {
    var mutator = Mutator(seed: UInt64(part) &* 0x9E37_79B9 &+ 11, seeds: Self.seeds)
    var intake = Intake()
    var compiler = NodeCompiler(
      node: "n1", scope: Scope(failsClosed: part % 2 == 0),
      options: NftablesOptions(denyLog: DenyLogging()))
    var policies: Set<ObjectReference> = []
    var (read, quarantined) = (0, 0)
    for turn in 0..<120 {
      var changes: [ClusterChange] = []
      for reading in (0..<20).flatMap({ _ in readings(&mutator) }) {
        changes += intake.put(reading)
        if isNamed(reading.reference) { policies.insert(reading.reference) }
        read += 1
      }
      quarantined = max(quarantined, intake.quarantined.count)
      #expect(intake.policyCount == policies.count)
      if mutator.below(3) == 0, let gone = policies.sorted().randomElement(using: &mutator) {
        changes += intake.remove(gone)
        policies.remove(gone)
      }
      _ = compiler.apply(changes)
      let ruleset = compiler.ruleset
      #expect(ruleset == compiler.compiledAfresh(), "part \(part), turn \(turn)")
      #expect(ruleset.problems.isEmpty, "part \(part), turn \(turn)")
    }
    // What is always or never noticed would test little.
    #expect(read > 1000 && quarantined > 3, "\(read) read, \(quarantined) quarantined")
  }

  /// Whether it is a policy that a server would know by that name.
  private func isNamed(_ reference: ObjectReference) -> Bool {
    reference.kind == "NetworkPolicy" && isDNSSubdomain(reference.name)
      && reference.namespace.map(isDNSLabel) ?? false
  }

  /// As a server would send them, each to whom it belongs.
  private func readings(_ mutator: inout Mutator) -> [ObjectReading] {
    mutator.documents().compactMap { document in
      var diagnostics = Diagnostics()
      let file = ManifestFile(path: "event.json", bytes: Array(document.text.utf8))
      guard let value = parseManifest(file, &diagnostics).first,
        let kind = value["kind"]?.text, let apiVersion = value["apiVersion"]?.text,
        let name = value["metadata"]?["name"]?.text,
        ClusterObject.includes(kind, apiVersion, named: name)
      else { return nil }
      return ObjectReading(value, kind: kind, apiVersion: apiVersion)
    }
  }
}

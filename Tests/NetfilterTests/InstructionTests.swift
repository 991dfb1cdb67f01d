import NetSets
import Nftables
import TestSupport
import Testing

@testable import Netfilter

/// What needs no kernel.
@Suite struct InstructionTests {
  @Test func `every rule of 200 random rulesets is read back from its instructions`() {
    var met: Set<Kind> = []
    for seed: UInt64 in 0..<200 {
      for table in TableMaker.ruleset(seed: seed).tables {
        met.formUnion(Kind.all(in: table))
        for rule in table.chains.flatMap(\.rules) {
          let code = rule.instructions(table.family)
          let read = RuleReader.rule(code, comment: rule.comment, family: table.family)
          #expect(read == rule, "seed \(seed)")
        }
      }
    }
    #expect(met == Set(Kind.allCases))
  }

  @Test func `instructions that are cut short or mixed up are read as another rule or none`() {
    var random = SplitMix64(seed: 1)
    for seed: UInt64 in 0..<30 {
      for table in TableMaker.ruleset(seed: seed).tables {
        for rule in table.chains.flatMap(\.rules) {
          var code = rule.instructions(table.family)
          guard code.count > 1 else { continue }
          if Bool.random(using: &random) { code.shuffle(using: &random) }
          code.removeLast(Int.random(in: 0..<code.count, using: &random))
          guard let read = RuleReader.rule(code, comment: nil, family: table.family) else {
            continue
          }
          // What is understood means what is there: at most a repeated test of TCP is left out.
          let again = RuleReader.rule(
            read.instructions(table.family), comment: nil, family: table.family)
          #expect(again == read, "seed \(seed)")
        }
      }
    }
  }

  @Test func `the same transaction is the same bytes, with nothing in the gaps`() {
    let empty = Installed(generation: 0, ruleset: Ruleset(tables: []), handles: [:])
    for seed: UInt64 in 0..<5 {
      let table = "t-\(seed)"
      let plan = Transaction(from: empty, to: TableMaker.ruleset(seed: seed), table: table)
      func bytes() -> [UInt8] {
        var batch = Batch(generation: 7)
        for (index, step) in plan.steps.enumerated() {
          batch.add(step.operation, step.family, table: table, step: index)
        }
        batch.finish(isDryRun: false)
        return Array(batch.bytes)
      }
      let first = bytes()
      #expect(first == bytes())
      first.span.bytes.withUnsafeBytes { buffer in
        for message in MessageSequence(buffer[...]) {
          for attribute in message.attributes { expectZeroPadding(attribute, in: buffer) }
        }
      }
    }
  }

  private func expectZeroPadding(_ attribute: Attribute, in buffer: UnsafeRawBufferPointer) {
    let end = attribute.value.endIndex
    for index in end..<(end + (-attribute.value.count & 3)) where index < buffer.count {
      #expect(buffer[index] == 0)
    }
  }

  @Test func `elements fit their messages`() {
    let name = String(repeating: "x", count: 255)
    let verdicts = (0..<1000).map { number in
      VerdictElement(
        address: IPAddress(family: .ipv6, bits: UInt128(number)),
        comment: String(repeating: "c", count: 128), verdict: .goto(name))
    }
    var batch = Batch(generation: 1)
    batch.add(.addVerdicts(map: name, verdicts), .ipv6, table: name, step: 0)
    batch.finish(isDryRun: true)
    // Each with the header of every attribute: the element, key, value, data, verdict, code, chain
    // and comment.
    let size = 4 + (4 + 4 + 16) + (4 + 4 + 8 + 4 + 256) + (4 + 132)
    let perMessage = Batch.mostElementBytes / size
    do {
      let buffer = batch.bytes
      var sizes = 0
      var count = 0
      for message in MessageSequence(buffer[...]).dropFirst() {
        // NFTA_SET_ELEM_LIST_ELEMENTS
        let bytes = message.attribute(3)?.value.count ?? 0
        #expect(bytes <= Batch.mostElementBytes)
        sizes += bytes
        count += 1
      }
      #expect(sizes == size * 1000)
      #expect(count == (1000 + perMessage - 1) / perMessage)
    }
  }
}

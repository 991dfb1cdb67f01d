import Glibc
import NetSets
import Netfilter
import Nftables
import TestSupport
import Testing

extension RealKernel {
  /// What the kernel does not take, and what is not ours.
  @Suite struct RefusalTests {
    private let fixture: KernelFixture

    init() throws { fixture = try KernelFixture() }

    private func steps(_ operations: [Operation]) -> Transaction {
      Transaction(table: KernelFixture.table, steps: operations.map { .init(.ipv4, $0) })
    }

    /// Commits, for real and to try, and gives the step and the code that both name.
    private func refusal(_ operations: [Operation]) throws -> (step: Int, code: Int32)? {
      var found: [(step: Int, code: Int32)] = []
      let before = try fixture.listing()
      for isDryRun in [true, false] {
        let generation = try fixture.read().generation
        do throws(KernelFailure) {
          try fixture.kernel.commit(
            steps(operations), onGeneration: generation, isDryRun: isDryRun)
        } catch {
          guard case .refused(let step, let code, let reason) = error else {
            Issue.record("\(error)")
            return nil
          }
          #expect(!reason.isEmpty)
          found.append((step, code))
        }
        #expect(try fixture.listing() == before, "a batch with one bad step changes nothing")
      }
      #expect(found.count == 2 && found.first?.step == found.last?.step)
      return found.first
    }

    private let table = Operation.addTable(comment: nil)
    private func chain(_ name: String) -> Operation {
      .addChain(Chain(name: name, comment: nil))
    }
    private func jump(_ chain: String, to target: String) -> Operation {
      .addRule(chain: chain, Rule([], [], .jump(target)), before: nil)
    }
    private let address = IPAddress(family: .ipv4, bits: 0x0a00_0001)
    private var set: Operation {
      .addSet(NamedSet(name: "a-1", comment: nil, content: .hosts([])))
    }
    private var map: Operation {
      .addMap(VerdictMap(name: "m-1", comment: nil, elements: []))
    }
    private func verdict(_ verdict: Verdict) -> Operation {
      .addVerdicts(
        map: "m-1", [VerdictElement(address: address, comment: nil, verdict: verdict)])
    }

    @Test func `the refused step is named`() throws {
      let protocols = Rule([.layer4In([.tcp, .udp])], [], .accept)
      let before = Operation.addRule(chain: "c-1", protocols, before: nil)
      let none = Operation.addElements(set: "a", [])
      let element = SetElement.address(address)
      let cases: [(operations: [Operation], step: Int, code: Int32)] = [
        ([chain("c-1")], 0, ENOENT),
        ([table, chain("c-1"), jump("c-1", to: "c-2"), chain("c-2")], 2, ENOENT),
        // Steps of several messages and of none come before.
        ([table, chain("c-1"), before, before, none, chain("c-1")], 5, EEXIST),
        ([table, set, .addElements(set: "a-1", [element, element])], 2, EEXIST),
        ([table, map, verdict(.accept), verdict(.drop)], 3, EEXIST),
        ([table, map, verdict(.goto("c-1"))], 2, ENOENT),
        ([table, .deleteRule(chain: "c-1", 7)], 1, ENOENT),
        ([table, chain("c-1"), .deleteRule(chain: "c-1", 7)], 2, ENOENT),
        (
          [table, chain("c-1"), chain("c-2"), jump("c-1", to: "c-2"), .deleteChain("c-2")], 4,
          EBUSY
        ),
        ([.deleteTable], 0, ENOENT),
        ([table, .deleteSet("a-1")], 1, ENOENT),
        (
          [
            table, set, .addElements(set: "a-1", [element]),
            .deleteElements(set: "a-1", [element]), .deleteElements(set: "a-1", [element]),
          ], 4, ENOENT
        ),
      ]
      for (index, (operations, step, code)) in cases.enumerated() {
        let refusal = try refusal(operations)
        #expect(refusal?.step == step, "case \(index)")
        #expect(refusal?.code == code, "case \(index)")
      }
    }

    /// Only for real: Linux 6.18 does not follow jumps to try, for `nft -c` neither.
    @Test(arguments: [(16, false), (2, true)])
    func `the jump that is too deep or leads back is refused`(
      _ depth: Int, _ isLoop: Bool
    ) throws {
      var operations = [table]
      operations += (0...depth).map { index in
        .addChain(
          Chain(
            name: "c-\(index)", comment: nil,
            base: index == 0 ? BaseChain(hook: .forward, priority: 0) : nil))
      }
      operations += (0..<depth).map { jump("c-\($0)", to: "c-\($0 + 1)") }
      if isLoop { operations.append(jump("c-2", to: "c-1")) }
      let generation = try fixture.read().generation
      let error = try #require(throws: KernelFailure.self) {
        try fixture.kernel.commit(
          steps(operations), onGeneration: generation, isDryRun: false)
      }
      guard case .refused(let step, let code, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect((step, code) == (operations.count - 1, EMLINK))
      #expect(try fixture.listing().isEmpty)
    }

    @Test func `a socket that was refused once goes on`() throws {
      _ = try refusal([chain("c-1")])
      let wanted = Ruleset(
        Table(family: .ipv6, name: KernelFixture.table, comment: "after all"))
      try fixture.apply(wanted)
      #expect(try fixture.read().ruleset == wanted)
    }

    @Test func `an empty transaction is nothing to the kernel`() throws {
      let generation = try fixture.read().generation
      try fixture.kernel.commit(steps([]), onGeneration: generation &+ 5, isDryRun: false)
      #expect(try fixture.read().generation == generation)
    }

    @Test func `many refusals at once are all heard`() throws {
      let operations = [table] + (0..<20_000).map { .deleteChain("c-\($0)") }
      let refusal = try refusal(operations)
      #expect(refusal?.step == 1)
    }

    @Test func `a kernel failure says what is missing`() {
      guard case .unable(let code, let reason) = KernelFailure(code: EPERM, reason: "no") else {
        Issue.record("a lack of rights is no step's fault")
        return
      }
      #expect(code == EPERM)
      #expect(reason.contains("CAP_NET_ADMIN"))
    }
  }
}

import Host
import NetSets

/// Many attempts, in as many rounds as it takes to be sure.
///
/// A round sends everything that has not got through yet, at once. Its end is when the network has
/// fallen silent. A packet that a ruleset drops and one that a busy machine lost look the same, so
/// a second round asks again from fresh ports, and further ones follow as long as that helped.
struct LabRun {
  let attempts: [LabAttempt]
  let members: [String: LabMember]
  let owners: [IPAddress: LabMember]
  let descriptorLimit: Int

  private static let mostRounds = 5
  private static let mostAtOnce = 2000

  private var delivered: [Bool]
  private var indices: [UInt32: Int] = [:]
  private var nextToken = UInt32.random(in: 1...UInt32.max)

  init(
    attempts: [LabAttempt], members: [String: LabMember], owners: [IPAddress: LabMember],
    descriptorLimit: Int
  ) {
    self.attempts = attempts
    self.members = members
    self.owners = owners
    self.descriptorLimit = descriptorLimit
    delivered = attempts.map { _ in false }
  }

  mutating func finish() throws -> [Bool] {
    // An attempt opens one socket to send, and perhaps others to receive; leave room for the rest.
    let size = max(1, min(LabRun.mostAtOnce, (descriptorLimit - 200) / 3))
    for start in stride(from: 0, to: attempts.count, by: size) {
      var pending = Array(start..<min(start + size, attempts.count))
      for number in 1...LabRun.mostRounds where !pending.isEmpty {
        let before = pending.count
        try round(pending)
        pending.removeAll { delivered[$0] }
        if number > 1, pending.count == before { break }
      }
    }
    return delivered
  }

  private mutating func round(_ pending: [Int]) throws {
    let round = LabRound()
    let receivers = Set(
      pending.flatMap { index -> [LabRound.Receiver] in
        guard case .transport(let transport, _) = attempts[index].probe else { return [] }
        return attempts[index].receivers.map { LabRound.Receiver(transport: transport, at: $0) }
      })
    for (address, receivers) in Dictionary(grouping: receivers, by: \.at.address) {
      guard let owner = owners[address] else { continue }
      try owner.namespace.enter {
        for receiver in receivers { try round.open(receiver) }
      }
    }
    for (name, indices) in Dictionary(grouping: pending, by: { attempts[$0].from }) {
      guard let member = members[name] else {
        throw LaboratoryFailure("no host is named \(name)")
      }
      try member.namespace.enter {
        for index in indices {
          let attempt = attempts[index]
          try round.start(
            attempt, from: try source(of: attempt, on: member), of: member, token: token(for: index)
          )
        }
      }
    }
    for index in try round.finish(accepting: accept) { delivered[index] = true }
  }

  private func source(of attempt: LabAttempt, on member: LabMember) throws -> IPAddress {
    let family = attempt.to.family
    let source = attempt.fromAddress ?? member.addresses.first { $0.family == family }
    guard let source, source.family == family, member.addresses.contains(source) else {
      throw LaboratoryFailure("\(member.name) has no such address to send from: \(attempt)")
    }
    return source
  }

  private mutating func token(for index: Int) -> UInt32 {
    nextToken = nextToken == .max ? 1 : nextToken + 1
    indices[nextToken] = index
    return nextToken
  }

  /// The attempt a token belongs to, if the token arrived where it may. Late packets of an earlier
  /// round count; those of an earlier run have tokens that are not known here.
  private func accept(_ token: UInt32, _ transport: Transport?, _ receiver: LabReceiver?) -> Int? {
    guard let index = indices[token] else { return nil }
    switch attempts[index].probe {
    case .echo: return transport == nil ? index : nil
    case .transport(let expected, _):
      guard transport == expected else { return nil }
      // A connection has its answer at the sender; a packet counts where it is received.
      guard let receiver else { return expected == .tcp ? index : nil }
      return attempts[index].receivers.contains(receiver) ? index : nil
    }
  }
}

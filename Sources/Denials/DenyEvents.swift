import Diagnostics
import Host
import NetSets
import Netfilter
import PolicyModel

/// Decides which Events are to be written of denied packets, and when: few, for each is a write that
/// the whole cluster's API server has to make.
///
/// A connection that is tried again and again is one Event, whose count is raised less and less
/// often.
package struct DenyEvents: Sendable {
  package struct Counts: Hashable, Sendable {
    package var created = 0
    package var updated = 0
    /// Writes that the server did not take.
    package var failed = 0
    /// Packets that no Event tells of.
    package var suppressed = 0

    package init() {}
  }

  /// What is to be sent.
  package struct Write: Sendable {
    package enum Request: Sendable {
      case create(DenyEvent)
      case update(DenyEvent, DenyEvent.Occurrences)
    }

    package let request: Request
    fileprivate let key: Key
    fileprivate let count: Int
  }

  package enum Step: Sendable {
    case write(Write)
    /// Nothing for so long.
    case wait(Duration)
  }

  /// What became of a write.
  package enum Outcome: Sendable {
    case taken
    /// The Event that was to be updated is no longer there: they are kept for an hour or so.
    case isGone
    /// It is to be sent again later.
    case failed
    /// It will never be taken.
    case rejected
  }

  /// The same packet, as far as users are concerned.
  fileprivate struct Key: Hashable {
    let uid: String
    let direction: Direction
    let peer: Peer
    let number: UInt8
    let port: UInt16?

    enum Peer: Hashable {
      case pod(ObjectReference)
      case address(IPAddress)
    }
  }

  private struct Story {
    let pod: DenyEvent.Pod
    let direction: Direction
    let peer: ObjectReference?
    var isAudited: Bool
    var note: String
    var occurrences: DenyEvent.Occurrences
    /// As the server has it; nil before it has any.
    var event: DenyEvent?
    /// How many occurrences the server knows of.
    var told = 0
    /// Before that, nothing is written of it.
    var due: Int
    var interval: Int

    var isTold: Bool { told == occurrences.count }

    /// From now on it is about another Event.
    mutating func begin(_ note: String, isAudited: Bool, _ time: Timestamp) {
      self.note = note
      self.isAudited = isAudited
      occurrences = DenyEvent.Occurrences(count: 1, first: time, last: time)
      event = nil
      told = 0
    }
  }

  private static let room = 512
  /// A node's share of what the API server writes.
  private static let writes = TokenBucket.Rate(tokens: 1, milliseconds: 1000, capacity: 25)
  /// New Events of one pod, as client-go limits those of one object: who scans it should not fill
  /// its list.
  private static let newEvents = TokenBucket.Rate(tokens: 1, milliseconds: 300_000, capacity: 25)

  package private(set) var counts = Counts()
  private let begin: ContinuousClock.Instant
  /// Milliseconds between two writes of one story: each time twice as many.
  private let shortest: Int
  private let longest = 300_000
  private var stories: [Key: Story] = [:]
  private var writes: TokenBucket
  private var pods: [String: TokenBucket] = [:]
  private var lastNumber = 0

  /// - Parameter shortest: between the first two writes of what repeats.
  package init(at begin: ContinuousClock.Instant = .now, shortest: Duration = .seconds(10)) {
    self.begin = begin
    self.shortest = Int(shortest / .milliseconds(1))
    writes = TokenBucket(Self.writes, at: 0)
  }

  /// Takes a packet that `pod`'s policies denied, or would if they were enforced.
  package mutating func add(
    _ record: DenyRecord, of pod: DenyEvent.Pod, at now: ContinuousClock.Instant = .now
  ) {
    guard let direction = record.direction, let peer = record.ends?.peer else {
      return suppress()
    }
    let key = Key(
      uid: pod.uid, direction: direction, peer: peer.pod.map { .pod($0) } ?? .address(peer.address),
      number: record.header.layer4.number, port: record.destination.port)
    let note = DenyEvent.note(of: record)
    let time = milliseconds(now)
    if var story = stories[key] {
      if story.isTold, time - story.due > longest { story.interval = shortest }
      if story.note == note {
        story.occurrences.count += 1
        story.occurrences.last = record.time
      } else {
        // Its policies are others now, which is another Event.
        story.begin(note, isAudited: record.isAudited, record.time)
      }
      stories[key] = story
    } else {
      guard makeRoom(), mayBegin(pod.uid, time) else { return suppress() }
      let once = DenyEvent.Occurrences(count: 1, first: record.time, last: record.time)
      stories[key] = Story(
        pod: pod, direction: direction, peer: peer.pod, isAudited: record.isAudited, note: note,
        occurrences: once, due: time, interval: shortest)
    }
  }

  /// Counts a packet of which nothing is told.
  package mutating func suppress() { counts.suppressed += 1 }

  /// What is to be done now; nil if nothing is until more packets are denied. A write must be followed
  /// by `finish`.
  package mutating func next(at now: ContinuousClock.Instant = .now) -> Step? {
    let time = milliseconds(now)
    let open = stories.lazy.filter { !$0.value.isTold }
    guard let (key, story) = open.min(by: { $0.value.due < $1.value.due }) else { return nil }
    let wait = max(story.due - time, writes.wait(at: time))
    guard wait <= 0, writes.take(at: time) else { return .wait(.milliseconds(max(1, wait))) }
    let count = story.occurrences.count
    if let event = story.event {
      return .write(Write(request: .update(event, story.occurrences), key: key, count: count))
    }
    let event = DenyEvent(
      pod: story.pod, name: DenyEvent.name(of: story.pod.reference, number: newNumber()),
      direction: story.direction, isAudited: story.isAudited, peer: story.peer, note: story.note,
      occurrences: story.occurrences)
    return .write(Write(request: .create(event), key: key, count: count))
  }

  package mutating func finish(
    _ write: Write, _ outcome: Outcome, at now: ContinuousClock.Instant = .now
  ) {
    switch (outcome, write.request) {
    case (.taken, .create): counts.created += 1
    case (.taken, .update): counts.updated += 1
    case (.isGone, _): break
    case (.failed, _), (.rejected, _): counts.failed += 1
    }
    guard var story = stories[write.key] else { return }
    defer { stories[write.key] = story }
    guard outcome != .isGone else {
      // Its time is now, as it was.
      story.event = nil
      return
    }
    story.due = milliseconds(now) + story.interval
    guard outcome != .failed else { return }
    story.interval = min(story.interval * 2, longest)
    switch write.request {
    case .create(let event):
      // While it was sent, it may have become another.
      guard event.note == story.note else { return }
      story.told = write.count
      if outcome == .taken { story.event = event }
    case .update(let event, _):
      guard event.name == story.event?.name else { return }
      story.told = write.count
    }
  }

  private func milliseconds(_ now: ContinuousClock.Instant) -> Int {
    Int((now - begin) / .milliseconds(1))
  }

  /// Names differ also when the clock is set back.
  private mutating func newNumber() -> Int {
    lastNumber = max(lastNumber + 1, Timestamp.now().milliseconds)
    return lastNumber
  }

  /// Forgets the story that was told longest ago, if there is no room.
  private mutating func makeRoom() -> Bool {
    if stories.count < Self.room { return true }
    let told = stories.lazy.filter(\.value.isTold)
    guard let oldest = told.min(by: { $0.value.due < $1.value.due }) else { return false }
    stories[oldest.key] = nil
    return true
  }

  private mutating func mayBegin(_ uid: String, _ time: Int) -> Bool {
    if pods[uid] == nil { pods = pods.filter { !$0.value.isFull(at: time) } }
    return pods[uid, default: TokenBucket(Self.newEvents, at: time)].take(at: time)
  }
}

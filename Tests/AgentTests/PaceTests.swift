import Agent
import Testing

/// When changes are acted on.
@Suite struct PaceTests {
  private let start = ContinuousClock.now

  @Test func `after quiet a change is acted on at once`() {
    var pace = Pace(longest: .milliseconds(100))
    #expect(pace.due == nil)
    pace.changed(at: start)
    #expect(pace.due == start)
    pace.acted(from: start, to: start + .milliseconds(2))
    #expect(pace.due == nil)
    pace.changed(at: start + .seconds(1))
    #expect(pace.due == start + .seconds(1))
  }

  @Test func `right after work a change waits for others, the longer the more work it was`() {
    var pace = Pace(longest: .milliseconds(100))
    pace.changed(at: start)
    pace.acted(from: start, to: start + .milliseconds(5))
    pace.changed(at: start + .milliseconds(6))
    #expect(pace.due == start + .milliseconds(25))
    pace.changed(at: start + .milliseconds(20))
    #expect(pace.due == start + .milliseconds(25), "the first change is the one that waits")
  }

  @Test func `work that may take a smaller share of the time waits longer`() {
    var pace = Pace(longest: .seconds(1), share: 16)
    pace.changed(at: start)
    pace.acted(from: start, to: start + .milliseconds(5))
    pace.changed(at: start + .milliseconds(6))
    #expect(pace.due == start + .milliseconds(85))
  }

  @Test func `after work that is dear, changes wait as long as they may`() {
    var pace = Pace(longest: .milliseconds(100))
    pace.changed(at: start)
    pace.acted(from: start, to: start + .milliseconds(5), isDear: true)
    pace.changed(at: start + .milliseconds(50))
    #expect(pace.due == start + .milliseconds(105))
  }

  @Test func `no change waits longer than it may`() {
    var pace = Pace(longest: .milliseconds(100))
    pace.changed(at: start)
    pace.acted(from: start, to: start + .seconds(2))
    pace.changed(at: start + .seconds(2))
    #expect(pace.due == start + .milliseconds(2100))
  }

  @Test func `what fails is tried less and less often, and from the start when it went well`() {
    var backoff = Backoff(from: .milliseconds(200), to: .seconds(1))
    let waits = (0..<5).map { _ in backoff.wait() }
    #expect(
      waits == [
        .milliseconds(200), .milliseconds(400), .milliseconds(800), .seconds(1), .seconds(1),
      ])
    backoff.reset()
    #expect(backoff.wait() == .milliseconds(200))
  }
}

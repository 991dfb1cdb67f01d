import Diagnostics
import Host
import Synchronization

/// What other threads ask a loop, which answers between its turns.
package final class Questions: Sendable {
  enum Question: Sendable {
    case counts(Answer<NodeCounts>)
    case policy(ObjectReference, Answer<PolicyStatus>)
  }

  private let waiting = Mutex<[Question]>([])
  private let waker: Waker
  /// How long to wait for a loop that has more urgent things to do.
  private static let patience = Duration.seconds(3)

  package init() throws { waker = try Waker() }

  var descriptor: Int32 { waker.descriptor }

  /// For the loop: all that was asked meanwhile.
  func take() -> [Question] {
    waker.clear()
    return waiting.withLock { questions in
      defer { questions = [] }
      return questions
    }
  }

  /// nil when the loop does not answer in time, or has nothing to say.
  package func counts() async -> NodeCounts? { await ask { .counts($0) } }

  /// nil when the loop does not answer in time, or has nothing to say.
  package func policy(_ reference: ObjectReference) async -> PolicyStatus? {
    await ask { .policy(reference, $0) }
  }

  private func ask<Value: Sendable>(_ question: (Answer<Value>) -> Question) async -> Value? {
    let answer = Answer<Value>()
    let new = question(answer)
    waiting.withLock { $0.append(new) }
    waker.wake()
    let timer = Task {
      try await Task.sleep(for: Self.patience)
      answer.give(nil)
    }
    defer { timer.cancel() }
    return await answer.value
  }
}

/// One value from one thread to a task that waits for it.
final class Answer<Value: Sendable>: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Value?, Never>)
    case given(Value?)
  }

  private let state = Mutex(State.open)

  /// The first counts; nil stands for none.
  func give(_ value: Value?) {
    let waiting = state.withLock { state -> CheckedContinuation<Value?, Never>? in
      switch state {
      case .open: state = .given(value)
      case .awaited(let continuation):
        state = .given(value)
        return continuation
      case .given: break
      }
      return nil
    }
    waiting?.resume(returning: value)
  }

  var value: Value? {
    get async {
      await withCheckedContinuation { continuation in
        let known = state.withLock { state -> Value?? in
          switch state {
          case .given(let value): return .some(value)
          case .open, .awaited:
            state = .awaited(continuation)
            return nil
          }
        }
        if let known { continuation.resume(returning: known) }
      }
    }
  }
}

/// A fact about a node, or why it could not be found out. What is not known is never taken for
/// fine.
package enum Known<Value: Sendable>: Sendable {
  case known(Value)
  /// Why not, as the end of a sentence.
  case unknown(String)

  /// nil when it is not known.
  package var value: Value? {
    switch self {
    case .known(let value): value
    case .unknown: nil
    }
  }

  /// Why it is not known; nil when it is.
  package var reason: String? {
    switch self {
    case .known: nil
    case .unknown(let why): why
    }
  }
}

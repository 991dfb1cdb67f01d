import Diagnostics

/// Objects on their way to a complete list. Pages that were made anew, and changes before the end of
/// a streamed list, bring an object again: the last counts.
struct Gathering<Object> {
  private var objects: [ObjectReference: Object] = [:]

  mutating func put(_ object: Object, _ reference: ObjectReference) { objects[reference] = object }

  mutating func remove(_ reference: ObjectReference) { objects[reference] = nil }

  /// By namespace and name.
  var sorted: [Object] { objects.sorted { $0.key < $1.key }.map(\.value) }
}

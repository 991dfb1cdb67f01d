import Synchronization

/// What the server holds, and what became of it: objects, and changes that watches may ask for.
package final class Store: Sendable {
  struct Change: Sendable {
    let version: Int
    let before: StoredObject?
    let after: StoredObject?
  }

  private struct State {
    var version: Int
    var objects: [StoredObject.Key: StoredObject] = [:]
    /// What lists were made of last, by resource.
    var sorted: [String: [StoredObject]] = [:]
    var changes: [Change] = []
    /// Changes up to it are no longer kept.
    var compacted = 0
    /// The rest of lists that are read in pages, by `continue`.
    var pages: [String: (version: Int, rest: ArraySlice<StoredObject>)] = [:]
    var tokens = 0
  }

  private let state: Mutex<State>

  init(version: Int) { state = Mutex(State(version: version)) }

  package var version: Int { state.withLock { $0.version } }

  /// All objects of a resource, in order.
  package func objects(_ plural: String) -> [StoredObject] {
    state.withLock { state in
      if let known = state.sorted[plural] { return known }
      let made = state.objects.values.filter { $0.key.plural == plural }
        .sorted { $0.key < $1.key }
      state.sorted[plural] = made
      return made
    }
  }

  func put(_ object: StoredObject) {
    state.withLock { state in
      state.version += 1
      var object = object
      object.version = state.version
      let before = state.objects.updateValue(object, forKey: object.key)
      state.sorted[object.key.plural] = nil
      state.changes.append(Change(version: state.version, before: before, after: object))
    }
  }

  func remove(_ key: StoredObject.Key) {
    state.withLock { state in
      guard let before = state.objects.removeValue(forKey: key) else { return }
      state.version += 1
      state.sorted[key.plural] = nil
      state.changes.append(Change(version: state.version, before: before, after: nil))
    }
  }

  /// Time passes in which this resource does not change.
  func skipVersions(_ count: Int) { state.withLock { $0.version += count } }

  /// Forgets changes up to now, and lists that are being read.
  func compact() {
    state.withLock { state in
      state.changes = []
      state.compacted = state.version
      state.pages = [:]
    }
  }

  func expirePages() { state.withLock { $0.pages = [:] } }

  /// Another history, as from a backup: the same objects or others, at other versions.
  func restore(version: Int, objects: [StoredObject]) {
    state.withLock { state in
      state = State(version: version)
      for var object in objects {
        object.version = version
        state.objects[object.key] = object
      }
    }
  }

  struct Changes {
    let all: ArraySlice<Change>
    /// Up to it, nothing is missing.
    let version: Int
  }

  /// nil if changes since then are not kept.
  func changes(after version: Int) -> Changes? {
    state.withLock { state in
      guard version >= state.compacted else { return nil }
      // The newest are at the end.
      let known = state.changes.lastIndex { $0.version <= version }
      return Changes(
        all: state.changes[(known.map { $0 + 1 } ?? 0)...], version: state.version)
    }
  }

  struct Page {
    let version: Int
    let objects: ArraySlice<StoredObject>
    let next: String?
  }

  func firstPage(_ plural: String, _ selector: String?, limit: Int?) -> Page {
    let objects = objects(plural).filter { $0.matches(selector) }
    return state.withLock { cut(objects[...], version: $0.version, limit, &$0) }
  }

  /// nil if the list has expired.
  func page(after token: String, limit: Int?) -> Page? {
    state.withLock { state in
      guard let page = state.pages[token] else { return nil }
      return cut(page.rest, version: page.version, limit, &state)
    }
  }

  private func cut(
    _ objects: ArraySlice<StoredObject>, version: Int, _ limit: Int?, _ state: inout State
  ) -> Page {
    guard let limit, limit > 0, objects.count > limit else {
      return Page(version: version, objects: objects, next: nil)
    }
    state.tokens += 1
    // With characters that must be encoded.
    let token = "token+/\(state.tokens)=="
    state.pages[token] = (version, objects.dropFirst(limit))
    return Page(version: version, objects: objects.prefix(limit), next: token)
  }
}

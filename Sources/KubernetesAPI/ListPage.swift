import Manifests

/// What a page of a list says beside its items.
struct ListPage {
  /// Of the whole list.
  let resourceVersion: String
  /// How to ask for the next page; nil for the last.
  let next: String?

  /// - Parameter envelope: as `ListSplitter` leaves it.
  init(envelope: [UInt8], of resource: APIResource) throws(APIFailure) {
    let root = try parsed(envelope, "list of \(resource.name)")
    guard root["kind"]?.text == resource.kind + "List" else {
      let kind = quoted(root["kind"]?.text ?? "")
      throw .malformed("\(kind) where \(resource.kind)List was asked for")
    }
    // Where an item was, there is a number now. No items at all are written as null by some.
    let items = root["items"]
    guard let items, items.kind == .sequence || items.kind == .null,
      items.items.allSatisfy({ $0.kind == .integer && $0.text == "0" })
    else { throw .malformed("a list of \(resource.name) without a list of objects") }
    let metadata = root["metadata"]
    guard let version = metadata?["resourceVersion"]?.text, !version.isEmpty else {
      throw .malformed("a list of \(resource.name) without a resourceVersion")
    }
    resourceVersion = version
    next = metadata?["continue"].flatMap { $0.text.isEmpty ? nil : $0.text }
  }
}

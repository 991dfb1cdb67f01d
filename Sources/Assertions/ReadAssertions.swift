import Diagnostics
import Kubernetes
import Manifests

/// A file of tests to assertions, in their order. Everything about it is said at its place: a test
/// that is misread would hold for the wrong reason.
package func readAssertions(
  _ file: ManifestFile, _ diagnostics: inout Diagnostics
) -> [Assertion] {
  var assertions: [Assertion] = []
  for document in parseManifest(file, &diagnostics) {
    let root = Field(document, path: .root)
    guard root.isObject(fields: ["schema", "tests"], &diagnostics) else { continue }
    guard let schema = root["schema"], schema.value.text == assertionsSchema else {
      (root["schema"] ?? root).error(
        .invalidValue, "a file of tests starts with schema: \(assertionsSchema)", &diagnostics)
      continue
    }
    guard let items = root["tests"]?.items(&diagnostics), !items.isEmpty else {
      root.error(.missingField, "no tests: there is nothing that could fail", &diagnostics)
      continue
    }
    for item in items {
      if let assertion = assertion(item, &diagnostics) { assertions.append(assertion) }
    }
  }
  return assertions
}

package let assertionsSchema = "netpolc.test/v1"

/// The forms of a test, by the member that only it has.
private enum Form: String, CaseIterable {
  case allow
  case deny
  case allowFrom
  case allowTo

  /// What may stand beside it.
  var fields: [String] {
    switch self {
    case .allow, .deny: ["name", rawValue]
    case .allowFrom: ["name", "to", "port", "ports", rawValue]
    case .allowTo: ["name", "from", "port", "ports", rawValue]
    }
  }
}

private func assertion(_ item: Field, _ diagnostics: inout Diagnostics) -> Assertion? {
  guard item.value.kind == .mapping else {
    item.wrongType("a test", &diagnostics)
    return nil
  }
  let keys = item.value.members.map(\.key)
  let forms = Form.allCases.filter { keys.contains($0.rawValue) }
  guard forms.count == 1, let form = forms.first else {
    let known = ["name", "from", "to", "port", "ports"] + Form.allCases.map(\.rawValue)
    guard item.isObject(fields: known, &diagnostics) else { return nil }
    item.error(
      forms.isEmpty ? .missingField : .invalidValue,
      "a test is one of allow, deny, to with allowFrom, and from with allowTo", &diagnostics)
    return nil
  }
  guard item.isObject(fields: form.fields, &diagnostics) else { return nil }
  let name = item["name"]?.string(&diagnostics)
  if item["name"] != nil, name == nil { return nil }
  switch form {
  case .allow, .deny: return pairwise(item, form, name, &diagnostics)
  case .allowFrom, .allowTo: return exact(item, form, name, &diagnostics)
  }
}

private func pairwise(
  _ item: Field, _ form: Form, _ name: String?, _ diagnostics: inout Diagnostics
) -> Assertion? {
  guard let body = form == .allow ? item["allow"] : item["deny"] else {
    item.error(.missingField, "\(form.rawValue) needs from and to", &diagnostics)
    return nil
  }
  guard body.isObject(fields: ["from", "to", "port", "ports"], &diagnostics),
    let from = ends(body, "from", mayBeNone: false, &diagnostics),
    let to = ends(body, "to", mayBeNone: false, &diagnostics),
    let ports = ports(body, &diagnostics)
  else { return nil }
  guard from.allSatisfy(\.isWorkloads) || to.allSatisfy(\.isWorkloads) else {
    body.error(
      .invalidValue, "addresses at both ends, and policies decide nothing between addresses",
      hint: "write pods and workloads by their names", &diagnostics)
    return nil
  }
  let sentence = "\(words(from)) -> \(words(to))\(ports.words)"
  switch form {
  case .deny:
    return Assertion(
      name: name ?? "deny \(sentence)", location: item.location,
      claim: .deny(from: from, to: to), traffic: ports.asked)
  case .allow, .allowFrom, .allowTo:
    guard !ports.words.isEmpty else {
      body.error(
        .missingField, "allow needs port or ports",
        hint: "port: any is every port of every protocol", &diagnostics)
      return nil
    }
    return Assertion(
      name: name ?? "allow \(sentence)", location: item.location,
      claim: .allow(from: from, to: to), traffic: .exactly(ports.asked.forbidden))
  }
}

private func exact(
  _ item: Field, _ form: Form, _ name: String?, _ diagnostics: inout Diagnostics
) -> Assertion? {
  let isIngress = form == .allowFrom
  guard let subject = ends(item, isIngress ? "to" : "from", mayBeNone: false, &diagnostics),
    let peers = ends(item, isIngress ? "allowFrom" : "allowTo", mayBeNone: true, &diagnostics),
    let ports = ports(item, &diagnostics)
  else { return nil }
  if let address = subject.first(where: { !$0.isWorkloads }) {
    diagnostics.error(
      .invalidValue, "\(address.text) is no workload, and only of those everyone else is known",
      at: address.location, path: item.path)
    return nil
  }
  let only = peers.isEmpty ? "nothing" : "only \(words(peers))"
  return Assertion(
    name: name
      ?? (isIngress
        ? "\(only) -> \(words(subject))\(ports.words)"
        : "\(words(subject)) -> \(only)\(ports.words)"),
    location: item.location,
    claim: isIngress ? .onlyFrom(peers, to: subject) : .onlyTo(peers, from: subject),
    traffic: ports.asked)
}

private func words(_ ends: [WrittenEnd]) -> String { ends.map(\.text).joined(separator: ", ") }

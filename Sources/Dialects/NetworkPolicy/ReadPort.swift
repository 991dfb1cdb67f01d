import Diagnostics
import Kubernetes
import Manifests
import NetSets
import PolicyModel

/// Reads a `NetworkPolicyPort` as `ValidateNetworkPolicyPort` allows it.
func readPort(
  _ field: Field, _ diagnostics: inout Diagnostics
) -> (Transport, RulePort.Match)? {
  guard field.value.kind != .null else {
    field.error(
      .nullRule, "an empty item, which Kubernetes takes for every TCP port",
      hint: "write {} if that is meant, or remove the dash", &diagnostics)
    return nil
  }
  guard field.isObject(fields: ["port", "endPort", "protocol"], &diagnostics) else { return nil }
  // Both are read before either ends the reading, so that every problem is said.
  let transport = readTransport(field["protocol"], &diagnostics)
  let match = readMatch(field, &diagnostics)
  guard let transport, let match else { return nil }
  return (transport, match)
}

/// `port` and `endPort`.
private func readMatch(_ field: Field, _ diagnostics: inout Diagnostics) -> RulePort.Match? {
  guard let port = field["port"] else {
    guard let end = field["endPort"] else { return .any }
    end.error(.endPort, "needs port, the range's start", &diagnostics)
    return nil
  }
  if port.value.kind == .string {
    guard let name = readPortName(port, &diagnostics) else { return nil }
    guard let end = field["endPort"] else { return .named(name) }
    end.error(.endPort, "needs a number in port, found the name \(quoted(name))", &diagnostics)
    return nil
  }
  let first = readPortNumber(port, &diagnostics)
  guard let end = field["endPort"] else { return first.map { .numbers($0...$0) } }
  guard let last = readPortNumber(end, &diagnostics), let first else { return nil }
  guard last >= first else {
    end.error(.endPort, "\(last) is below port \(first)", &diagnostics)
    return nil
  }
  return .numbers(first...last)
}

private func readTransport(_ field: Field?, _ diagnostics: inout Diagnostics) -> Transport? {
  guard let field else { return .tcp }
  let names = Transport.allCases.map(\.kubernetesName)
  if field.value.kind == .string, let transport = Transport(kubernetesName: field.value.text) {
    return transport
  }
  let near = NearMiss.of(field.value.text, in: names)
  field.error(
    .invalidValue, "found \(field.found), expected \(alternatives(names))",
    hint: near.map { "did you mean \($0)?" }, &diagnostics)
  return nil
}

private func readPortNumber(_ field: Field, _ diagnostics: inout Diagnostics) -> UInt16? {
  guard field.value.kind == .integer else {
    field.wrongType("a port number", &diagnostics)
    return nil
  }
  guard let number = field.value.integer, let port = UInt16(exactly: number), port > 0 else {
    field.error(.invalidValue, "found \(field.value.text), expected 1 to 65535", &diagnostics)
    return nil
  }
  return port
}

/// An IANA service name, as `validation.IsValidPortName` checks it.
private func readPortName(_ field: Field, _ diagnostics: inout Diagnostics) -> String? {
  let name = field.value.text
  let bytes = Array(name.utf8)
  let isDigits = !bytes.isEmpty && bytes.allSatisfy { $0 >= 48 && $0 <= 57 }
  let isWellFormed =
    (1...15).contains(bytes.count)
    && bytes.allSatisfy { ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 45 }
    && bytes.contains { $0 >= 97 && $0 <= 122 } && bytes.first != 45 && bytes.last != 45
    && !zip(bytes, bytes.dropFirst()).contains { $0 == 45 && $1 == 45 }
  if isWellFormed { return name }
  field.error(
    .invalidValue,
    isDigits
      ? "\(quoted(name)) is a name here, for it is in quotes, and no valid one"
      : "\(quoted(name)) is no port name: at most 15 lower case letters, digits and -, with a letter",
    hint: isDigits ? "write \(name) without quotes, or the name of a container's port" : nil,
    &diagnostics)
  return nil
}

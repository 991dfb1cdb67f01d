import Diagnostics
import Manifests

extension LabelSelector {
  /// Reads a `metav1.LabelSelector`; nil when it is not valid, which has been said then.
  package init?(_ field: Field, _ diagnostics: inout Diagnostics) {
    var isGood = field.isObject(fields: ["matchLabels", "matchExpressions"], &diagnostics)
    var requirements: [Requirement] = []
    if let labels = field["matchLabels"] {
      isGood = readLabels(labels, &diagnostics) != nil && isGood
      for member in labels.value.members {
        let value = Field(member.value, path: labels.path.key(shown(member.key)))
        let text = member.value.text
        isGood =
          checkLabelKey(member.key, at: member.keyLocation, labels.path, &diagnostics) && isGood
        isGood = checkLabelValue(text, at: value, &diagnostics) && isGood
        requirements.append(.in(key: member.key, values: [text]))
      }
    }
    for item in field["matchExpressions"]?.items(&diagnostics) ?? [] {
      if let requirement = Requirement(item, &diagnostics) {
        requirements.append(requirement)
      } else {
        isGood = false
      }
    }
    if let expressions = field["matchExpressions"], expressions.value.kind != .sequence {
      isGood = false
    }
    guard isGood else { return nil }
    self.init(requirements)
  }
}

extension LabelSelector.Requirement {
  private static let operators = ["In", "NotIn", "Exists", "DoesNotExist"]

  /// Reads one item of `matchExpressions`.
  fileprivate init?(_ field: Field, _ diagnostics: inout Diagnostics) {
    guard field.isObject(fields: ["key", "operator", "values"], &diagnostics) else { return nil }
    guard let keyField = field["key"], let operatorField = field["operator"] else {
      let missing = field["key"] == nil ? "key" : "operator"
      field.error(.missingField, "a requirement needs \(missing)", &diagnostics)
      return nil
    }
    guard let key = keyField.string(&diagnostics), let name = operatorField.string(&diagnostics)
    else { return nil }
    var isGood = checkLabelKey(key, at: keyField.location, keyField.path, &diagnostics)
    var values: [String] = []
    for item in field["values"]?.items(&diagnostics) ?? [] {
      guard let value = item.string(&diagnostics) else { return nil }
      isGood = checkLabelValue(value, at: item, &diagnostics) && isGood
      values.append(value)
    }
    guard isGood else { return nil }
    let sorted = Array(Set(values)).sorted()
    switch name {
    case "In", "NotIn":
      guard !sorted.isEmpty else {
        field.error(.invalidSelector, "\(name) needs at least one value", &diagnostics)
        return nil
      }
      self = name == "In" ? .in(key: key, values: sorted) : .notIn(key: key, values: sorted)
    case "Exists", "DoesNotExist":
      guard sorted.isEmpty else {
        field.error(.invalidSelector, "\(name) takes no values", &diagnostics)
        return nil
      }
      self = name == "Exists" ? .exists(key: key) : .doesNotExist(key: key)
    default:
      let near = NearMiss.of(name, in: Self.operators)
      operatorField.error(
        .invalidSelector, "found \(quoted(name)), expected \(alternatives(Self.operators))",
        hint: near.map { "did you mean \($0)?" }, &diagnostics)
      return nil
    }
  }
}

private func checkLabelKey(
  _ key: String, at location: SourceLocation, _ path: FieldPath, _ diagnostics: inout Diagnostics
) -> Bool {
  if isQualifiedName(key) { return true }
  diagnostics.error(
    .invalidSelector,
    "\(quoted(key)) is no label key: an optional DNS prefix and /, then at most 63 letters, digits, -, _ and .",
    at: location, path: path)
  return false
}

/// The key of a label or an annotation, as `validation.IsQualifiedName`.
func isQualifiedName(_ key: String) -> Bool {
  let parts = key.utf8.split(separator: 47, omittingEmptySubsequences: false)
  let isPrefixed = parts.count == 2
  guard (1...2).contains(parts.count), let name = parts.last, !name.isEmpty else { return false }
  return isLabelText(Array(name))
    && (!isPrefixed || isDNSSubdomain(String(key.prefix { $0 != "/" })))
}

/// Checks a label's value as `validation.IsValidLabelValue` does.
private func checkLabelValue(
  _ value: String, at field: Field, _ diagnostics: inout Diagnostics
) -> Bool {
  if isLabelText(Array(value.utf8)) { return true }
  field.error(
    .invalidSelector,
    "\(quoted(value)) is no label value: at most 63 letters, digits, -, _ and ., starting and ending with a letter or digit",
    &diagnostics)
  return false
}

private func isLabelText(_ text: [UInt8]) -> Bool {
  func isAlphanumeric(_ byte: UInt8) -> Bool {
    (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57)
  }
  guard text.count <= 63 else { return false }
  guard let first = text.first, let last = text.last else { return true }
  return isAlphanumeric(first) && isAlphanumeric(last)
    && text.allSatisfy { isAlphanumeric($0) || $0 == 45 || $0 == 95 || $0 == 46 }
}

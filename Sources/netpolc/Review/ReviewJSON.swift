import Analysis
import Diagnostics
import NetSets
import PolicyModel

extension ReviewReport {
  /// Schema `netpolc.review/v1`.
  var json: JSON {
    [
      "schema": "netpolc.review/v1",
      "base": .string(base),
      "head": .string(head),
      "gained": .integer(count(.gained)),
      "lost": .integer(count(.lost)),
      "unchanged": .integer(review.unchanged),
      "critical": .integer(open.count(where: \.isCritical)),
      "policiesDiffer": .bool(review.policiesDiffer),
      "gate": .string(gate.rawValue),
      "failed": .bool(isFailed),
      "changes": .array(rows.map(\.json)),
    ]
  }
}

extension ReviewReport.Row {
  fileprivate var json: JSON {
    var members: [(String, JSON)] = [
      ("id", .string(id)), ("change", .string(change.kind.rawValue)),
      ("from", .string(change.from.name)), ("to", .string(change.to.name)),
      ("traffic", change.traffic.json),
    ]
    if let family = change.onlyIn { members.append(("onlyIn", .string(family.displayName))) }
    members.append(("critical", .bool(isCritical)))
    if let alarm = change.alarm { members.append(("alarm", .string(alarm.rawValue))) }
    if let accepted { members.append(("accepted", .string(accepted))) }
    members.append(("causes", .array(change.causes.map(\.json))))
    return .object(members)
  }
}

extension ChangeCause {
  fileprivate var json: JSON {
    var members: [(String, JSON)] = [("text", .string(text))]
    if let policy { members.append(("policy", .string(policy.qualifiedName))) }
    if let location {
      members.append(("version", .string(isInBase ? "base" : "head")))
      members.append(("source", location.json))
    }
    return .object(members)
  }
}

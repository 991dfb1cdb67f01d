import Diagnostics
import NetSets
import PolicyModel
import Reports

extension LintRule {
  static let redundantPart = LintRule(
    "NPC008", "redundant-part", .note, needs: .text,
    summary:
      "A peer, port or rule lies wholly inside another one of its policy, or allows what an except takes out.",
    help: """
      Rules only add up: whatever lies inside something else that is allowed changes nothing, and a
      reader who sees the narrow one believes that access is narrow. Remove it, or remove the wide
      one if the narrow one is meant.

      An `except` counts for its own item only. What it takes out and another item of the same list
      allows **is allowed**, which is a warning:

      ```yaml
      to:
      - ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}
      - ipBlock: {cidr: 169.254.0.0/16}    # allows 169.254.169.254 again
      ```
      """
  ) { context in
    context.policies.flatMap { policy in
      Direction.allCases.flatMap { direction -> [Issue] in
        let rules = policy.rules(direction) ?? []
        return redundantRules(rules)
          + rules.flatMap { redundantPeers($0) + redundantPorts($0) + voidedExcepts($0) }
      }
    }
  }
}

/// Of parts that lie inside another, with that one. Of equal ones the first stays.
private func inside<Part>(
  _ parts: [Part], _ isInside: (Part, Part) -> Bool
) -> [(part: Part, whole: Part)] {
  parts.indices.compactMap { index in
    let whole = parts.indices.first { other in
      other != index && isInside(parts[index], parts[other])
        && (other < index || !isInside(parts[other], parts[index]))
    }
    return whole.map { (parts[index], parts[$0]) }
  }
}

private func redundantRules(_ rules: [PolicyRule]) -> [Issue] {
  inside(rules) { isInside($0, $1) }.map { part, whole in
    Issue(
      part.provenance,
      "everything that this rule allows is allowed by \(whole.provenance.path) too",
      hint: "remove it: \(whole.provenance.location.fileAndLine) is enough")
  }
}

private func redundantPeers(_ rule: PolicyRule) -> [Issue] {
  inside(rule.peers ?? []) { isInside($0.match, $1.match) }.map { part, whole in
    Issue(
      part.provenance, "\(part.words) is part of \(whole.words), \(whole.provenance.path)",
      hint: "remove it, or the wider one")
  }
}

private func redundantPorts(_ rule: PolicyRule) -> [Issue] {
  inside(rule.ports ?? []) { isInside($0, $1) }.map { part, whole in
    Issue(
      part.provenance, "\(part) is part of \(whole), \(whole.provenance.path)",
      hint: "remove it, or the wider one")
  }
}

/// Parts that one item's `except` takes out and another item of the rule puts back.
private func voidedExcepts(_ rule: PolicyRule) -> [Issue] {
  let blocks = (rule.peers ?? []).compactMap { peer -> (peer: RulePeer, block: IPBlock)? in
    if case .block(let block) = peer.match { (peer, block) } else { nil }
  }
  return blocks.flatMap { peer, block in
    block.except.compactMap { hole -> Issue? in
      let other = blocks.first { candidate in
        // Inside the item whose except it is, the wider one is the redundant one's business.
        candidate.peer.provenance != peer.provenance
          && AddressSet(hole).subtracting(candidate.block.addresses).isEmpty
      }
      guard let other else { return nil }
      return Issue(
        peer.provenance, detail: "except \(hole)",
        "except \(hole) takes nothing out: \(other.peer.words), \(other.peer.provenance.path), allows it",
        hint: "add the except there too, if these addresses are to stay out", level: .warning)
    }
  }
}

extension RulePeer {
  fileprivate var words: String {
    switch match {
    case .pods(let selector): selector.description
    case .block(let block): block.description
    }
  }
}

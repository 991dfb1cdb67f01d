import Diagnostics
import Kubernetes
import PolicyModel
import Reports

extension LintRule {
  static let hostNetworkSelected = LintRule(
    "NPC018", "host-network-pod-selected", .warning, needs: .objects,
    summary: "A policy selects a pod on the host's network, which no policy isolates.",
    help: """
      A pod with `hostNetwork: true` has its node's addresses, and its connections are the node's.
      NetworkPolicy does not reach it, in netpolc as in all common implementations: the pod stays
      open. Where the policy selects other pods too, or the whole namespace, it is a note.

      Take the pod off the host's network, or protect its ports with the node's own firewall.
      """
  ) { context in
    context.policies.compactMap { policy in
      let members = context.hostMembers(policy.subject)
      if members.isEmpty { return nil }
      let isAlone =
        context.endpoints(policy.subject).isEmpty && !policy.subject.pods.requirements.isEmpty
      let names = list(members.map(\.reference.displayName).sorted())
      let verb = members.count == 1 ? "is" : "are"
      return Issue(
        policy.reference,
        "selects \(names), which \(verb) on the host's network: the policy is not enforced for "
          + (members.count == 1 ? "it" : "them"),
        at: policy.location, level: isAlone ? nil : .note)
    }
  }
}

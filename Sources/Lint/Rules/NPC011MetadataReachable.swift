import Diagnostics
import NetSets
import PolicyModel
import Reports

extension LintRule {
  static let metadataReachable = LintRule(
    "NPC011", "metadata-reachable", .warning, needs: .pods,
    summary: "An egress rule's ipBlock lets a pod reach the cloud's metadata address.",
    help: """
      On most clouds `169.254.169.254` (on AWS also `fd00:ec2::254`) answers every pod of a node with
      the node's credentials. Whoever can make a pod fetch an address of his choice then has them.

      ```yaml
      to:
      - ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}
      ```

      The rule looks at ipBlocks that allow TCP 80, where the metadata is served.
      """
  ) { context in
    let addresses = ["169.254.169.254", "fd00:ec2::254"].compactMap { IPAddress($0) }
    return context.policies.flatMap { policy -> [Issue] in
      let pods = context.endpoints(policy.subject)
      if pods.isEmpty { return [] }
      return (policy.egress ?? []).filter { rule in
        context.graph.ports(rule.ports, allow: .transport(.tcp, port: 80), at: nil)
      }.flatMap { rule in
        (rule.peers ?? []).compactMap { peer in
          guard case .block(let block) = peer.match,
            let address = addresses.first(where: { block.contains($0) })
          else { return nil }
          let length = address.family.width
          return Issue(
            peer.provenance,
            "\(context.names(pods)) may reach the cloud metadata address \(address): \(block) has it",
            hint: "add except: [\(address)/\(length)]")
        }
      }
    }
  }
}

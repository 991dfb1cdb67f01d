import CNI
import Diagnostics
import Doctor

/// What was found, for programs: schema `netpolc.doctor/v1`.
struct DoctorJSON {
  private let examination: Examination

  init(_ examination: Examination) { self.examination = examination }

  var json: JSON {
    [
      "schema": "netpolc.doctor/v1",
      "verdict": .string(examination.verdict.rawValue),
      "cni": examination.node.profile.map(network) ?? .null,
      "podSubnets": .array(examination.node.podSubnets.map { .string("\($0)") }),
      "clusterNetworks": .array(examination.node.clusterPodNetworks.map { .string("\($0)") }),
      "checks": .array(examination.results.map(check)),
    ]
  }

  private func network(_ profile: CNIProfile) -> JSON {
    let traits = profile.traits
    let evidence =
      examination.node.forcedProfile == nil ? examination.node.network.detection?.evidence : nil
    return [
      "profile": .string(profile.rawValue), "evidence": evidence.map { .string($0) } ?? .null,
      "podTraffic": .string(traits.podTraffic.rawValue),
      "podInterfaces": .array(traits.podInterfaces.map { .string("\($0)*") }),
      "tunnel": examination.tunnelInUse.map { tunnel in
        [
          "device": .string(tunnel.device),
          "addresses": .array(tunnel.addresses.map { .string("\($0)") }),
        ]
      } ?? .null,
      "antiSpoofing": .string(traits.antiSpoofing.rawValue),
      "translation": .string(traits.translation.rawValue),
      "masquerades": examination.node.network.masquerades(profile).map { .bool($0) } ?? .null,
      "refusal": traits.refusal.map { .string($0) } ?? .null,
    ]
  }

  private func check(_ result: Examination.Result) -> JSON {
    let status: String
    var detail: String?
    switch result.outcome {
    case .fine(let text): (status, detail) = ("fine", text)
    case .notAsked(let why): (status, detail) = ("not-asked", why)
    case .found: status = "found"
    case .partly: status = "found"
    case .unknown: status = "unknown"
    }
    return [
      "name": .string(result.check.name), "group": .string(result.check.group.rawValue),
      "status": .string(status), "detail": detail.map { .string($0) } ?? .null,
      "unknown": result.unknown.map { .string($0) } ?? .null,
      "findings": .array(result.findings.map(finding)),
    ]
  }

  private func finding(_ finding: NodeFinding) -> JSON {
    [
      "level": .string(finding.level.rawValue), "code": .string(finding.code),
      "what": .string(finding.what), "why": .string(finding.why),
      "fix": [
        "words": .string(finding.fix.words),
        "commands": .array(finding.fix.commands.map { .string($0.text) }),
      ],
    ]
  }
}

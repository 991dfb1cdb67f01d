import NetSets
import TestSupport
import Testing

extension MasqueradeLab {
  /// The client's source before anything translates it. By the reference plugins the node calls its
  /// pods from the gateway that it is to them.
  private func own(_ flow: MasqueradeFlow, _ family: IPFamily) -> IPAddress? {
    if flow == .nodeToPod, attachment != .routed {
      return IPAddress(family == .ipv4 ? "10.244.1.1" : "fd00:244:1::1")
    }
    return flow.source(family) ?? nodes.address(flow.client, family)
  }

  /// Compares every flow with what is expected of it; one that is not named keeps its source.
  func check(
    _ expected: [MasqueradeFlow: MasqueradeExpectation],
    _ families: IPFamily..., explainedBy arguments: [String]? = nil
  ) throws {
    for family in families.isEmpty ? IPFamily.allCases : families {
      for flow in MasqueradeFlow.allCases {
        let seen = try seen(flow, family)
        let wanted: IPAddress? =
          switch expected[flow] ?? .own {
          case .own: own(flow, family)
          case .node: nodes.address(.node1, family)
          case .address(let text): IPAddress(text)
          }
        #expect(seen == wanted, "\(flow) \(family)")
        guard let arguments, flow.client != .internet || flow.server == .podA else { continue }
        let answer = try explained(flow, family, arguments)
        let own = own(flow, family)
        switch answer.nat("action") {
        case "keep", "none": #expect(seen == own, "\(flow) \(family): explained as kept")
        case "masquerade":
          #expect(seen != own && seen != nil, "\(flow) \(family): explained as masqueraded")
        case "snat":
          #expect(seen?.description == answer.nat("address"), "\(flow) \(family)")
        case let other: Issue.record("\(flow) \(family): explained as \(other ?? "nothing")")
        }
      }
    }
  }
}

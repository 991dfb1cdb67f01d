import Diagnostics
import Kubernetes
import NetSets
import PolicyModel
import Reports

extension LintRule {
  static let openPortWithoutService = LintRule(
    "NPC012", "open-port-without-service", .warning, needs: .pods,
    summary: "Anyone may connect to a port that no Service of the input leads to.",
    help: """
      A rule without `from`, or with `0.0.0.0/0` or `::/0`, opens a port to everyone who can route to
      the pod: every pod of the cluster and, where pod addresses are routed, more. Ports that are
      meant for everyone have a Service. Others, such as metrics or debugging ports, are opened so by
      accident.

      Name who connects in `from`, or the port that the Service leads to in `ports`. When the input
      has no Services, the ports that containers declare count instead. A rule of neither `from` nor
      `ports` is a note: it says that it opens everything.
      """
  ) { context in
    context.policies.flatMap { policy -> [Issue] in
      let pods = context.endpoints(policy.subject)
      if pods.isEmpty { return [] }
      let open = (policy.ingress ?? []).filter { $0.admitsAnyone }
      if open.isEmpty { return [] }
      guard let meant = MeantPorts(context, pods) else { return [] }
      return open.flatMap { rule -> [Issue] in
        guard let ports = rule.ports else {
          return [
            Issue(
              rule.provenance,
              "anyone may connect to every port of \(context.names(pods)); \(meant.words)",
              hint: "name the ports, or who connects", level: rule.peers == nil ? .note : nil)
          ]
        }
        return ports.filter { port in !meant.meets(port) }.map { port in
          Issue(
            port.provenance,
            "anyone may connect to \(port) of \(context.names(pods)); \(meant.words)",
            hint: "name who connects, or the port that is meant for everyone")
        }
      }
    }
  }
}

extension PolicyRule {
  /// Whether every address of a family is let in.
  fileprivate var admitsAnyone: Bool {
    peers?.contains { peer in
      switch peer.match {
      case .pods: false
      case .block(let block): block.cidr.length == 0
      }
    } ?? true
  }
}

/// The ports of some pods that others are meant to connect to.
private struct MeantPorts {
  private let numbers: Set<ContainerNumber>
  private let names: Set<NamedPort>
  private let source: String

  private struct ContainerNumber: Hashable, Comparable {
    let transport: Transport
    let number: UInt16

    static func < (left: Self, right: Self) -> Bool {
      (left.transport, left.number) < (right.transport, right.number)
    }
  }

  /// nil when nothing is known of them.
  init?(_ context: LintContext, _ pods: [Int]) {
    let declared = pods.flatMap {
      context.containerPorts[context.graph.endpoints[$0].reference] ?? []
    }
    var numbers: Set<ContainerNumber> = []
    if context.services.isEmpty {
      if declared.isEmpty { return nil }
      for port in declared {
        numbers.insert(ContainerNumber(transport: port.transport, number: port.number))
      }
      source = "their containers declare"
    } else {
      for pod in pods { numbers.formUnion(MeantPorts.targets(context, pod)) }
      for port in declared where port.hasHostPort {
        numbers.insert(ContainerNumber(transport: port.transport, number: port.number))
      }
      source = "Services lead to"
    }
    self.numbers = numbers
    names = Set(pods.flatMap { context.graph.endpoints[$0].ports })
  }

  private static func targets(_ context: LintContext, _ pod: Int) -> [ContainerNumber] {
    let endpoint = context.graph.endpoints[pod]
    return context.services.filter {
      $0.reference.namespace == endpoint.reference.namespace && $0.selects(context.labels[pod])
    }.flatMap(\.ports).flatMap { port -> [ContainerNumber] in
      switch port.target {
      case .number(let number):
        [ContainerNumber(transport: port.transport, number: number)]
      case .named(let name):
        endpoint.ports.filter { $0.name == name && $0.transport == port.transport }
          .map { ContainerNumber(transport: $0.transport, number: $0.number) }
      }
    }
  }

  func meets(_ port: RulePort) -> Bool {
    switch port.match {
    case .any: false
    case .numbers(let range):
      numbers.contains { $0.transport == port.transport && range.contains($0.number) }
    case .named(let name):
      // A name that nobody has opens nothing, and is another rule's business.
      !names.contains { $0.name == name && $0.transport == port.transport }
        || names.contains { named in
          named.name == name && named.transport == port.transport
            && numbers.contains(
              ContainerNumber(transport: named.transport, number: named.number))
        }
    }
  }

  /// `Services lead to TCP 8080 and TCP 8443`.
  var words: String {
    let ports = numbers.sorted().map { "\($0.transport.kubernetesName) \($0.number)" }
    return ports.isEmpty
      ? "no Service of the input leads to them" : "\(source) \(list(ports, shown: 4))"
  }
}

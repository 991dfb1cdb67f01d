import Analysis
import Diagnostics
import NetSets
import Picture
import PolicyModel

/// A connection that is to be an arrow.
struct DrawnConnection {
  let from: DrawnEnd
  let to: DrawnEnd
  let traffic: TrafficSet
  let onlyIn: IPFamily?
  let mark: Picture.Mark
  /// Which lines let it through, or changed it.
  let reasons: [String]

  /// Whether an end is what a picture is about.
  func isAbout(_ test: (Unit) -> Bool) -> Bool {
    mark == .unchanged || from.isAbout(test) || to.isAbout(test)
  }

  /// What is on the arrow: ports of TCP without saying so, as most are.
  var label: String {
    let family = onlyIn.map { " \($0.displayName)" } ?? ""
    let isOnlyTCP = traffic.udp.isEmpty && traffic.sctp.isEmpty && !traffic.others
    let text = isOnlyTCP && traffic.tcp != .all ? traffic.tcp.description : traffic.description
    return text + family
  }

  /// Whether it is nothing but DNS (RFC 1035 §4.2: port 53 of UDP and TCP).
  var isDNS: Bool {
    let domain = PortSet(CollectionOfOne(53...53))
    let rest = traffic.subtracting(
      TrafficSet(tcp: domain, udp: domain, sctp: .empty, others: false))
    return !traffic.isEmpty && rest.isEmpty
  }
}

/// One end of it, before it is known what is drawn together.
enum DrawnEnd: Hashable {
  case workload(Unit, isIsolated: Bool)
  case many(String)
  case addresses(String, warning: String?)
  case route(ObjectReference)

  var isIsolated: Bool {
    switch self {
    case .workload(_, let isIsolated): isIsolated
    // Summed up are workloads that others name; that they may be isolated is not known.
    case .many: true
    case .addresses, .route: false
    }
  }

  /// Of what is summed up that cannot be told, and of addresses it is for the other end to say.
  func isAbout(_ test: (Unit) -> Bool) -> Bool {
    switch self {
    case .workload(let unit, _): test(unit)
    case .many: true
    case .addresses, .route: false
    }
  }

  func node(_ collapse: Collapse) -> Picture.Node {
    switch self {
    case .workload(let unit, let isIsolated): unit.node(collapse, isIsolated: isIsolated)
    case .many(let name): Picture.Node(id: "~\(name)", label: name, role: .summary)
    case .addresses(let name, let warning): addressNode(name, warning)
    case .route(let route):
      Picture.Node(
        id: "route \(route)", label: route.name, detail: route.kind, role: .ingress)
    }
  }
}

/// A block on two lines, for its exceptions are often long.
private func addressNode(_ name: String, _ warning: String?) -> Picture.Node {
  let split = name.firstRange(of: " except ")
  let label = split.map { String(name[..<$0.lowerBound]) } ?? name
  let exceptions = split.map { "except \(name[$0.upperBound...].replacing(",", with: ", "))" }
  return Picture.Node(
    id: "addresses \(name)", label: label, detail: exceptions,
    role: name == "internet" ? .internet : .addresses, warning: warning)
}

/// What is drawn as one box.
enum Collapse: String, CaseIterable {
  case workload
  case namespace
  /// Workloads of a namespace that the same policies select and that rules name alike.
  case policy
}

extension Unit {
  fileprivate func node(_ collapse: Collapse, isIsolated: Bool) -> Picture.Node {
    let openness = isIsolated ? "" : ", not isolated"
    switch collapse {
    case .workload:
      return Picture.Node(
        id: name, label: reference.name, detail: reference.kind + openness, group: namespace)
    case .namespace:
      return Picture.Node(id: namespace, label: namespace, detail: "namespace", role: .summary)
    case .policy:
      return Picture.Node(
        id: "\(namespace) \(classID)", label: reference.name,
        detail: isIsolated ? reference.kind : "not isolated", group: namespace)
    }
  }
}

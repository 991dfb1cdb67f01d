import Kubernetes
import NetSets

/// Pods by the labels of their namespace and their own.
package struct PodSelector: Hashable, Sendable {
  package let namespaces: NamespaceMatch
  package let pods: LabelSelector

  package enum NamespaceMatch: Hashable, Sendable {
    /// The policy's own namespace.
    case named(String)
    case labelled(LabelSelector)
  }

  package init(namespaces: NamespaceMatch, pods: LabelSelector) {
    self.namespaces = namespaces
    self.pods = pods
  }

  /// Every pod of every namespace.
  package static let everyPod = PodSelector(namespaces: .labelled(.everything), pods: .everything)
}

extension PodSelector: CustomStringConvertible {
  /// `ns=shop pod{app=web}`, `ns{team=observability} pod{}`: canonical, so that equal selectors
  /// have equal text.
  package var description: String {
    switch namespaces {
    case .named(let name): "ns=\(name) pod{\(pods)}"
    case .labelled(let selector): "ns{\(selector)} pod{\(pods)}"
    }
  }
}

/// `cidr` without what `except` names.
package struct IPBlock: Hashable, Sendable {
  package let cidr: IPPrefix
  /// Each inside `cidr`; sorted, none inside another.
  package let except: [IPPrefix]

  package init(cidr: IPPrefix, except: [IPPrefix]) {
    self.cidr = cidr
    var kept: [IPPrefix] = []
    // Sorted by base, then shorter prefixes first: whoever lies inside another comes after it.
    for prefix in except.sorted() where !(kept.last?.range.contains(prefix.base) ?? false) {
      kept.append(prefix)
    }
    self.except = kept
  }

  package var family: IPFamily { cidr.family }

  package func contains(_ address: IPAddress) -> Bool {
    cidr.contains(address) && !except.contains { $0.contains(address) }
  }

  package var addresses: AddressSet {
    AddressSet(cidr).subtracting(AddressSet(except.lazy.map(\.range)))
  }
}

extension IPBlock: CustomStringConvertible {
  /// `10.0.0.0/8 except 10.66.0.0/16,10.77.7.0/24`
  package var description: String {
    except.isEmpty
      ? cidr.description
      : "\(cidr) except \(except.map(\.description).joined(separator: ","))"
  }
}

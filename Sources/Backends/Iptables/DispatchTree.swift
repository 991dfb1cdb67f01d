import Iptables
import NetSets

/// From a pod's address to what decides about it. Rules are asked one after the other, so that
/// many pods are first told apart by prefixes, each with a chain of its own.
struct DispatchTree {
  /// Above so many pods a chain is split.
  private static let longest = 64
  /// Each level tells apart that many more bits, at most sixteen chains.
  private static let step = 4
  /// A chain so deep stays whole: the kernel refuses a 16th jump (`NFT_JUMP_STACK_SIZE`), gotos
  /// included, and whoever chooses addresses must not get there.
  private static let deepest = 4

  let field: AddressField
  /// What comes before the pods, and what decides about addresses that no pod has.
  let beginning: [Rule]
  let closed: [Rule]
  var names: Names

  struct Pod {
    let address: IPAddress
    let target: Target
    let comment: String
  }

  /// The chain of that name, and those it leads to.
  mutating func chains(_ name: String, _ pods: [Pod]) -> [Chain] {
    let sorted = pods.sorted { $0.address < $1.address }
    return chains(name, sorted[...], root: name, depth: 0)
  }

  private mutating func chains(
    _ name: String, _ pods: ArraySlice<Pod>, root: String, depth: Int
  ) -> [Chain] {
    let start = depth == 0 ? beginning : []
    guard pods.count > Self.longest, depth < Self.deepest, let first = pods.first,
      let last = pods.last
    else {
      let rules = pods.map { pod in
        Rule([.address(field, host(pod.address))], pod.target, comment: pod.comment)
      }
      return [Chain(name: name, rules: start + rules + closed)]
    }
    let width = first.address.family.width
    let differing = first.address.bits ^ last.address.bits
    let common = width - (128 - differing.leadingZeroBitCount)
    let length = min(common + Self.step, width)
    var rules = start
    var below: [Chain] = []
    var rest = pods
    while let pod = rest.first {
      let prefix = IPPrefix(pod.address, length: length)
      let inside = rest.prefix { prefix.contains($0.address) }
      rest = rest.dropFirst(inside.count)
      if inside.count == 1 {
        rules.append(
          Rule([.address(field, host(pod.address))], pod.target, comment: pod.comment))
        continue
      }
      let child = names.hashed("\(root)-", "\(root) \(prefix)")
      rules.append(Rule([.address(field, prefix)], .goto(child)))
      below += chains(child, inside, root: root, depth: depth + 1)
    }
    return [Chain(name: name, rules: rules + closed)] + below
  }

  private func host(_ address: IPAddress) -> IPPrefix {
    IPPrefix(address, length: address.family.width)
  }
}

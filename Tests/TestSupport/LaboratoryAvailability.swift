import Glibc
import Host

/// Where the laboratory can run. Where it cannot, tests skip with the reason.
extension Laboratory {
  /// Nil where the laboratory can run; else the reason, in one sentence.
  package static let unavailable: String? = reason {
    guard geteuid() == 0 else { return "The laboratory needs root for network namespaces." }
    for program in ["ip", "nft"] where findExecutable(program) == nil {
      return "The laboratory needs \(program), which is not installed."
    }
    let member = try probe()
    try member.configure([
      "link add name probe0 type veth peer name probe1", "link set dev lo up",
    ])
    let listing = try member.run(["nft", "list", "ruleset"], input: "")
    guard listing.succeeded else { return "nft does not work here: \(listing.errors.trimmed)." }
    return nil
  }

  /// Nil where hosts can be bridged; else the reason, in one sentence.
  package static let bridgingUnavailable: String? = reason {
    if let unavailable { return unavailable }
    let member = try probe()
    try member.configure(["link add name probe0 type bridge"])
    try member.set(bridgeSettings)
    return nil
  }

  private static func probe() throws -> LabMember {
    LabMember(name: "a namespace to try", addresses: [], namespace: try NetworkNamespace())
  }

  private static func reason(_ find: () throws -> String?) -> String? {
    do { return try find() } catch { return "The laboratory cannot run: \(error)." }
  }
}

import Apply
import Host
import Iptables
import NetSets
import TestSupport
import Testing

extension LiveNode {
  @discardableResult
  func applyFilter(
    _ policies: [String], _ variant: IptablesVariant = .nft, _ more: String...,
    expecting status: Int32? = 0
  ) throws -> ProcessResult {
    let command = try applying(policies)
    return try runFilter(command, variant, more, expecting: status)
  }

  @discardableResult
  func runFilter(
    _ command: [String], _ variant: IptablesVariant, _ more: [String] = [],
    path: String? = nil, expecting status: Int32? = 0
  ) throws -> ProcessResult {
    let environment = path.map { ["env", "PATH=\($0):/usr/sbin:/usr/bin:/sbin:/bin"] } ?? []
    let backend = ["--backend", "iptables", "--iptables-variant", variant.rawValue]
    let result = try laboratory.runInNode(environment + command + backend + more)
    if let status { #expect(result.status == status, "\(result.errors)\(result.output)") }
    return result
  }

  /// What is ours in a variant; and the sets, which both share.
  func installedFilter(_ variant: IptablesVariant = .nft) throws -> InstalledFilter {
    try IptablesTools(variant, in: laboratory.nodeNamespace).list().installed()
  }

  /// From where attempts at a pod arrive.
  func reaching(_ pod: String) throws -> [String] {
    let target = try parse(["beta": "10.244.1.2", "gamma": "10.244.1.3"][pod] ?? "")
    let sources = ["alpha", "beta", "gamma", "outside"].filter { $0 != pod }
    let attempts = sources.map { LabAttempt(.tcp, from: $0, to: target, port: 80) }
    return zip(sources, try laboratory.run(attempts)).filter(\.1).map(\.0)
  }

  /// A directory for PATH in which a tool does something else than it should.
  func fake(_ tool: String, _ body: String) throws -> String {
    let scratch = try #require(scratch)
    let real = try #require(findExecutable(tool))
    let script = """
      #!/bin/sh
      case "$*" in *--version*|save) exec \(real) "$@" ;; esac
      \(body.replacing("REAL", with: real))
      """
    try scratch.write("fakes/\(tool)", script)
    try scratch.run(["chmod", "755", "fakes/\(tool)"])
    return "\(scratch.path)/fakes"
  }
}

extension Policies {
  /// What is not about beta any more, with pods that the laboratory lacks.
  static let ofOthers = [
    ingress("gamma", from: [pod("beta")] + outside),
    egress("alpha", to: [pod("gamma")], name: "beta-ingress"), stranger(1), stranger(2),
  ]
}

import Host
import Iptables
import NetSets

/// One variant of iptables together with ipset, as programs that work in a network namespace.
package struct IptablesTools: Sendable {
  package let variant: IptablesVariant
  /// `v1.8.9 (nf_tables)`
  package let version: String
  private let namespace: NetworkNamespace
  /// `iptables` or `iptables-legacy`.
  private let names: [IPFamily: String]

  /// How many seconds iptables waits for others that use it.
  private static let patience = "10"

  /// The families that the kernel has.
  package var families: [IPFamily] { Array(names.keys).sorted { $0.rawValue < $1.rawValue } }

  /// - Parameter variant: nil for that of `iptables-restore` on PATH.
  /// - Throws: `IptablesFailure` when it is not installed.
  package init(_ variant: IptablesVariant?, in namespace: NetworkNamespace) throws {
    let plain = try IptablesTools.version(of: "iptables-restore")
    if let plain, variant == nil || variant == IptablesVariant(version: plain) {
      self.init(plain, prefix: "", namespace)
      return
    }
    let wanted = variant.map { "iptables-\($0.rawValue)-restore" } ?? "iptables-restore"
    guard let version = try IptablesTools.version(of: wanted) else {
      throw IptablesFailure(step: wanted, reason: "it is not installed")
    }
    self.init(version, prefix: variant.map { "-\($0.rawValue)" } ?? "", namespace)
  }

  private init(_ version: String, prefix: String, _ namespace: NetworkNamespace) {
    self.variant = IptablesVariant(version: version)
    self.version = version
    self.namespace = namespace
    // Without IPv6 the kernel has no packets of it either.
    let families = IPFamily.allCases.filter { $0 == .ipv4 || exists("/proc/sys/net/ipv6") }
    names = Dictionary(uniqueKeysWithValues: families.map { ($0, $0.command + prefix) })
  }

  /// The variants that are installed.
  package static func installed(in namespace: NetworkNamespace) throws -> [IptablesTools] {
    try IptablesVariant.allCases.compactMap { variant in
      do { return try IptablesTools(variant, in: namespace) } catch is IptablesFailure {
        return nil
      }
    }
  }

  /// nil for a program that is not installed.
  private static func version(of program: String) throws -> String? {
    guard findExecutable(program) != nil else { return nil }
    let output = try runProcess([program, "--version"]).output
    let line = output.prefix { $0 != "\n" }
    return String(line.drop { $0 != " " }.dropFirst())
  }

  /// What the node holds.
  package func list() throws -> FilterListing {
    var rules: [IPFamily: [TableName: String]] = [:]
    for (family, name) in names {
      for table in TableName.allCases where try hasTable(table, family) {
        let text = try run(["\(name)-save", "-t", table.rawValue])
        if text.contains("Table `\(table.rawValue)' is incompatible") {
          throw IptablesFailure(
            step: "\(name)-save",
            reason: "others put something into table \(table.rawValue) that iptables cannot list; "
              + "see nft list table \(family == .ipv4 ? "ip" : "ip6") \(table.rawValue)")
        }
        rules[family, default: [:]][table] = text
      }
    }
    let listing = try FilterListing(rules: rules, sets: "")
    // Where our rules are, their sets must be, and without it nothing can be said of them.
    if !listing.hasRules, findExecutable("ipset") == nil { return listing }
    do {
      return try FilterListing(rules: rules, sets: run(["ipset", "save"]))
    } catch let failure as IptablesFailure
      where !listing.hasRules && failure.reason.contains("Cannot open session to kernel")
    {
      // The kernel has no ipset.
      return listing
    }
  }

  /// Whether the kernel has made the table. Asking iptables-legacy for it would make it, and have
  /// every packet pass it.
  private func hasTable(_ table: TableName, _ family: IPFamily) throws -> Bool {
    guard variant == .legacy else { return true }
    let path = "/proc/thread-self/net/\(family == .ipv4 ? "ip" : "ip6")_tables_names"
    return try namespace.enter {
      guard exists(path) else { return false }
      let names = String(decoding: try readFile(path), as: UTF8.self)
      return names.split(separator: "\n").contains(Substring(table.rawValue))
    }
  }

  /// Makes and fills sets.
  func sendSets(_ text: String) throws {
    if !text.isEmpty { try run(["ipset", "-exist", "restore"], text) }
  }

  /// Replaces rules, each table of a family in one transaction.
  func sendRules(_ change: FilterChange) throws {
    for family in families {
      guard let text = change.rules[family], let name = names[family] else { continue }
      try run(["\(name)-restore", "-w", IptablesTools.patience, "--noflush"], text)
    }
  }

  /// Destroys sets that nothing of ours names any more.
  func destroySets(_ names: [String]) throws {
    try sendSets(names.map { "destroy \($0)\n" }.joined())
  }

  @discardableResult
  private func run(_ command: [String], _ input: String = "") throws -> String {
    let program = command[0]
    guard findExecutable(program) != nil else {
      throw IptablesFailure(step: program, reason: "it is not installed")
    }
    let result = try namespace.enter { try runProcess(command, input: input) }
    guard result.succeeded else {
      // Each of them ends with a hint at its own options.
      let said = result.errors.split(separator: "\n").filter { !$0.hasPrefix("Try `") }
        .joined(separator: "; ")
      let reason = said.isEmpty ? "it failed with status \(result.status)" : said
      throw IptablesFailure(step: program, reason: reason, line: refusedLine(said, input))
    }
    return result.output
  }

  /// The line that `iptables-restore: line 12 failed` or `Error in line 12` is about.
  private func refusedLine(_ message: String, _ input: String) -> String? {
    guard let number = message.firstMatch(of: /line:? ([0-9]+)/).flatMap({ Int($0.output.1) })
    else {
      return nil
    }
    let lines = input.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.indices.contains(number - 1) else { return nil }
    let line = lines[number - 1]
    // What is only found in the end is about no line.
    return line.isEmpty || line == "COMMIT" ? nil : String(line)
  }
}

/// What a tool said when it refused.
package struct IptablesFailure: Error, CustomStringConvertible {
  /// The tool: `ip6tables-restore`.
  package let step: String
  package let reason: String
  /// The line of its input that it refused, where it says so.
  package let line: String?
  /// What became of the rules.
  package var consequence: String?

  init(step: String, reason: String, line: String? = nil) {
    self.step = step
    self.reason = reason
    self.line = line
  }

  package var description: String {
    let place = line.map { " («\($0)»)" } ?? ""
    let said = reason.hasPrefix(step) ? reason : "\(step): \(reason)"
    return said + place + (consequence.map { "; \($0)" } ?? "")
  }
}

import CNI
import Host
import NetSets
import Netfilter
import Nftables

/// Everybody's rules in the calling thread's network namespace: names by netlink, what is in tables
/// by the programs that made them, whose own words they are.
struct GatheredFirewall {
  let firewall: Known<Firewall>
  let ownTables: Known<[String]>
  /// Without families.
  let names: Known<[String]>

  init() {
    do {
      let kernel = try NetlinkKernel()
      let all = try kernel.tableNames()
      let chains = try kernel.baseChainNames()
      ownTables = .known(all.filter(\.isOurs).map(\.title))
      names = .known(all.map(\.name))
      firewall = Self.firewall(all.filter { !$0.isOurs }, chains)
    } catch {
      let why = Self.reason(error)
      firewall = .unknown(why)
      ownTables = .unknown(why)
      names = .unknown(why)
    }
  }

  private static func reason(_ error: any Error) -> String {
    guard case KernelFailure.unable(_, let reason)? = error as? KernelFailure else {
      return "\(error)"
    }
    return reason
  }

  private static func firewall(
    _ names: [TableName], _ chains: [BaseChainName]
  ) -> Known<Firewall> {
    var firewall = Firewall(tableNames: names.map(\.title))
    let wanted = names.filter { name in
      chains.contains { $0.table == name && ForeignChain.Hook($0.hook) != .other }
    }
    do {
      firewall.tables = try IPFamily.allCases.flatMap { family in
        try saved(.iptablesLegacy, family, names) + saved(.iptablesNft, family, names)
      }
    } catch {
      return .unknown("\(error)")
    }
    let readByIptables = Set(
      firewall.tables.filter { $0.owner == .iptablesNft }.map { table in
        "\(table.families.first?.nftName ?? "") \(table.name)"
      })
    for name in wanted where !readByIptables.contains(name.title) {
      switch listed(name) {
      case .known(let tables): firewall.tables += tables
      case .unknown(let why):
        let hooks = Set(
          chains.filter { $0.table == name }.map { ForeignChain.Hook($0.hook) })
        for hook in hooks.sorted(by: { $0.rawValue < $1.rawValue }) where hook != .other {
          firewall.unreadable.append(
            Firewall.Unreadable(table: name.title, hook: hook, why: why))
        }
      }
    }
    return .known(firewall)
  }

  /// What `iptables-save` says; no tables where there can be none.
  private static func saved(
    _ owner: ForeignTable.Owner, _ family: IPFamily, _ names: [TableName]
  ) throws -> [ForeignTable] {
    let tool = family == .ipv4 ? "iptables" : "ip6tables"
    let files = RootedFiles(root: nil)
    let program: String
    switch owner {
    case .iptablesLegacy:
      // The kernel's list of tables that were ever used.
      let list = "/proc/thread-self/net/\(family == .ipv4 ? "ip" : "ip6")_tables_names"
      guard files.line(list)?.isEmpty == false else { return [] }
      program = "\(tool)-legacy-save"
    case .iptablesNft:
      let builtIn: Set = ["filter", "nat", "mangle", "raw", "security"]
      guard names.contains(where: { $0.family == family.nftName && builtIn.contains($0.name) })
      else { return [] }
      program = "\(tool)-nft-save"
    case .nftables: return []
    }
    guard findExecutable(program) != nil else {
      // nft lists the tables of iptables-nft too, only not all that is in them.
      if owner == .iptablesNft { return [] }
      throw MissingProgram(description: "there are rules of \(tool)-legacy, and no \(program)")
    }
    let result = try runProcess([program])
    guard result.succeeded else {
      if owner == .iptablesNft { return [] }
      throw MissingProgram(description: "\(program) failed: \(result.errors.prefix(200))")
    }
    let tables = IptablesSaveReader(family: family, owner: owner).tables(result.output)
    // Rules of nftables' own in a table of that name are not shown.
    return tables.filter { !result.errors.contains("`\($0.name)' is incompatible") }
  }

  /// What `nft` says of one table.
  private static func listed(_ name: TableName) -> Known<[ForeignTable]> {
    guard findExecutable("nft") != nil else { return .unknown("nft is not installed") }
    do {
      let result = try runProcess(["nft", "-j", "list", "table", name.family, name.name])
      guard result.succeeded, let tables = NftJSONReader.tables(result.outputBytes) else {
        return .unknown("nft -j does not list it: \(result.errors.prefix(200))")
      }
      return .known(tables)
    } catch {
      return .unknown("\(error)")
    }
  }
}

private struct MissingProgram: Error, CustomStringConvertible {
  let description: String
}

extension TableName {
  fileprivate var title: String { "\(family) \(name)" }
  /// Those that `apply` writes.
  fileprivate var isOurs: Bool { name == "netpolc" && ["ip", "ip6"].contains(family) }
}

extension ForeignChain.Hook {
  fileprivate init(_ name: String?) {
    self = name.flatMap { ForeignChain.Hook(rawValue: $0) } ?? .other
  }
}

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
      let hooked = try kernel.hookedTables()
      ownTables = .known(all.filter(\.isOurs).map(\.title))
      names = .known(all.map(\.name))
      var found = Self.firewall(all.filter { !$0.isOurs }, hooked)
      Self.addOwn(to: &found, kernel, hooked)
      firewall = .known(found)
    } catch {
      let why = Self.reason(error)
      firewall = .unknown(why)
      ownTables = .unknown(why)
      names = .unknown(why)
    }
  }

  static func reason(_ error: any Error) -> String {
    guard case KernelFailure.unable(let code, let reason)? = error as? KernelFailure else {
      return "\(error)"
    }
    return code == SystemFailure.notPermitted ? "it needs CAP_NET_ADMIN" : reason
  }

  private static func firewall(
    _ names: [TableName], _ hooked: Set<HookedTable>
  ) -> Firewall {
    var firewall = Firewall(tableNames: names.map(\.title))
    let atHooks = Dictionary(
      grouping: hooked.filter { ForeignChain.Hook($0.hook) != .other }, by: \.table)
    for family in IPFamily.allCases {
      do {
        firewall.tables += try saved(.iptablesLegacy, family)
      } catch {
        let table = "\(family == .ipv4 ? "iptables" : "ip6tables")-legacy"
        firewall.unreadable += [ForeignChain.Hook.forward, .postrouting].map {
          Firewall.Unreadable(table: table, hook: $0, why: "\(error)")
        }
      }
      let isUsed = names.contains { name in
        name.family == family.nftName && builtInTables.contains(name.name)
      }
      // Where it fails, nft shows what it can of these tables.
      if isUsed, let tables = try? saved(.iptablesNft, family) { firewall.tables += tables }
    }
    let readByIptables = Set(
      firewall.tables.filter { $0.owner == .iptablesNft }.map { table in
        "\(table.families.first?.nftName ?? "") \(table.name)"
      })
    for name in names where !readByIptables.contains(name.title) {
      guard let places = atHooks[name] else { continue }
      switch listed(name) {
      case .known(let tables): firewall.tables += tables
      case .unknown(let why):
        firewall.unreadable += places.map(\.hook).sorted().map {
          Firewall.Unreadable(table: name.title, hook: ForeignChain.Hook($0), why: why)
        }
      }
    }
    return firewall
  }

  /// Our own translate addresses too, or keep them from being translated.
  private static func addOwn(
    to firewall: inout Firewall, _ kernel: NetlinkKernel, _ hooked: Set<HookedTable>
  ) {
    let translating = hooked.filter { $0.table.isOurs && $0.hook == "postrouting" }
    guard let name = translating.first?.table.name else { return }
    do {
      firewall.tables += try kernel.read(table: name).ruleset.tables.map { ForeignTable(own: $0) }
    } catch {
      firewall.unreadable += translating.map { place in
        Firewall.Unreadable(
          table: place.table.title, hook: .postrouting, why: "it is not as netpolc writes it")
      }
    }
  }

  private static let builtInTables: Set = ["filter", "nat", "mangle", "raw", "security"]

  /// What `iptables-save` says of one variant.
  private static func saved(
    _ owner: ForeignTable.Owner, _ family: IPFamily
  ) throws -> [ForeignTable] {
    let tool = family == .ipv4 ? "iptables" : "ip6tables"
    if owner == .iptablesLegacy {
      // The kernel's list of tables that were ever used.
      let list = "/proc/thread-self/net/\(family == .ipv4 ? "ip" : "ip6")_tables_names"
      guard RootedFiles(root: nil).line(list)?.isEmpty == false else { return [] }
    }
    let program = "\(tool)-\(owner == .iptablesLegacy ? "legacy" : "nft")-save"
    guard findExecutable(program) != nil else {
      throw ProgramFailure(description: "there is no \(program)")
    }
    let result = try runProcess([program])
    guard result.succeeded else {
      throw ProgramFailure(description: "\(program): \(result.errors.prefix(200))")
    }
    // Rules of nftables' own in a table of that name are not shown.
    return IptablesSaveReader(
      family: family, owner: owner, sets: try sets(namedIn: result.output)
    ).tables(result.output).filter { !result.errors.contains("`\($0.name)' is incompatible") }
  }

  /// The sets of ipset, if any rule asks one.
  private static func sets(namedIn rules: String) throws -> [String: AddressSet] {
    guard rules.contains("--match-set"), findExecutable("ipset") != nil else { return [:] }
    let result = try runProcess(["ipset", "save"])
    return result.succeeded ? IpsetSaveReader.sets(result.output) : [:]
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

private struct ProgramFailure: Error, CustomStringConvertible {
  let description: String
}

extension TableName {
  fileprivate var title: String { "\(family) \(name)" }
  /// Those that `apply` writes.
  fileprivate var isOurs: Bool { name == "netpolc" && ["ip", "ip6", "bridge"].contains(family) }
}

extension ForeignChain.Hook {
  fileprivate init(_ name: String) { self = ForeignChain.Hook(rawValue: name) ?? .other }
}

import Apply
import ArgumentParser
import Glibc
import Host
import Iptables
import Netfilter
import Nftables

/// Which namespace's record, and where it is kept.
struct RecordOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Work in another network namespace, by its path or its name in ip netns.",
      valueName: "path|name"), completion: .file())
  var netns: String?

  @Option(
    help: ArgumentHelp("Where generations and the lock are kept.", valueName: "dir"),
    completion: .directory)
  var stateDir = "/var/lib/netpolc"

  /// The record of the namespace, without its lock.
  func generations() throws -> Generations {
    let namespace = try netns.map { try NetworkNamespace($0) } ?? NetworkNamespace.own()
    return try Generations(of: namespace, below: stateDir)
  }
}

/// Which kernel, and its record; the same for every command that touches one.
struct KernelOptions: ParsableArguments {
  @OptionGroup var record: RecordOptions

  @Option(
    help: ArgumentHelp(
      "How many seconds to wait for another netpolc that works in the namespace.",
      valueName: "seconds"))
  var lockTimeout = 10.0

  /// Runs `body` with the kernel's session.
  /// - Parameter alone: whether no other netpolc may work in the namespace meanwhile.
  func withSession<Result>(
    alone: Bool = true, _ body: (KernelSession) throws -> Result
  ) throws -> Result {
    do {
      return try KernelSession.reporting { try body(try KernelSession(self, alone: alone)) }
    } catch let held as FileLock.Held {
      let holder = held.process > 0 ? "process \(held.process)" : "another process"
      throw Console.fail(
        "\(holder) is working in this namespace; waited for it \(lockTimeout) s, see "
          + "--lock-timeout", .environment)
    }
  }
}

/// A kernel with its record, locked until this value goes.
struct KernelSession {
  let session: Session<NetlinkKernel>
  let kernel: NetlinkKernel
  let namespace: NetworkNamespace
  private let lock: FileLock?

  init(_ options: KernelOptions, alone: Bool) throws {
    namespace = try options.record.netns.map { try NetworkNamespace($0) } ?? NetworkNamespace.own()
    let generations = try options.record.generations()
    lock =
      alone
      ? try FileLock("\(generations.directory)/lock", waiting: options.lockTimeout) : nil
    kernel = try NetlinkKernel(in: namespace)
    session = Session(
      kernel, iptables: namespace, generations: generations, table: "netpolc")
  }

  /// Says what the system or the kernel refused, and what to do.
  static func reporting<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let failure as SystemFailure {
      throw Console.fail("\(failure)\(hint(failure))", .environment)
    } catch let failure as ApplyFailure {
      throw Console.fail("\(failure)", .environment)
    } catch let failure as KernelFailure {
      let failure = ApplyFailure(reason: failure, transaction: Transaction(table: "netpolc"))
      throw Console.fail("\(failure)", .environment)
    } catch let failure as IptablesFailure {
      throw Console.fail("\(failure)", .environment)
    } catch let failure as RulesRemain {
      throw Console.fail("\(failure)", .environment)
    } catch let failure as FilterListingError {
      throw Console.fail(
        "\(failure); netpolc uninstall --backend iptables removes it", .environment)
    } catch let failure as FilterSyntaxError {
      throw Console.fail("the record of a generation is damaged: \(failure)", .environment)
    } catch let failure as RulesetSyntaxError {
      throw Console.fail("the record of a generation is damaged: \(failure)", .environment)
    }
  }

  private static func hint(_ failure: SystemFailure) -> String {
    guard failure.code == EACCES || failure.code == EPERM else { return "" }
    return "; run as root, or give another --state-dir"
  }
}

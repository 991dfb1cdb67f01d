import NetSets
import Nftables

/// One instruction of the machine that runs rules (linux/netfilter/nf_tables.h,
/// `enum nft_registers` and the attributes of each expression), as far as our rules need them.
///
/// Where no register is named it is the first: a test reads it, and an instruction of a
/// concatenation uses as many after it as the key is long.
enum Instruction: Hashable, Sendable {
  case load(Source, register: UInt32)
  /// `bitwise`: the register and the mask.
  case mask([UInt8])
  case compare(Comparison, [UInt8])
  /// `range neq`.
  case outside(lower: [UInt8], upper: [UInt8])
  case lookup(SetReference, inverted: Bool)
  /// A lookup whose result is the verdict.
  case lookupVerdict(map: String)
  /// `dynset update`, with a counter in each element.
  case update(set: String)
  case counter
  case namedCounter(String)
  case limit(perSecond: UInt64, burst: UInt32)
  case log(prefix: String, group: UInt16)
  /// `immediate`, into the register of verdicts.
  case verdict(VerdictCode)
  case reject(type: UInt32, code: UInt8)
  /// `immediate`, a value into a register of data.
  case constant([UInt8], register: UInt32)
  /// `masq`: the registers hold the first and the last port.
  case masquerade(ports: PortRegisters?, flags: UInt32)
  /// `nat snat`: the first register holds the address.
  case translateSource(IPFamily, ports: PortRegisters?, flags: UInt32)

  /// `meta nftrace set`, to what the first register holds; no rule of ours that is kept has it.
  case trace

  struct PortRegisters: Hashable, Sendable {
    let lower: UInt32
    let upper: UInt32
  }

  /// What is loaded.
  enum Source: Hashable, Sendable {
    /// `ct state`, four bytes in the machine's order.
    case connectionState
    /// `meta l4proto`, one byte.
    case layer4
    /// `meta protocol`, two bytes: what is in the frame, below its tags.
    case etherType
    case link(offset: Int, length: Int)
    case network(offset: Int, length: Int)
    case transport(offset: Int, length: Int)
    /// `meta iifname` or `meta oifname`: 16 bytes, `IFNAMSIZ`.
    case interfaceName(InterfaceField)
    /// `fib`: the kind of an address, or whether there is a route.
    case route(RouteQuestion)
  }

  /// What `fib` is asked: linux/netfilter/nf_tables.h, `enum nft_fib_result` and `nft_fib_flags`.
  enum RouteQuestion: Hashable, Sendable, CaseIterable {
    /// `fib saddr type`, four bytes in the machine's order.
    case kindOfSource
    /// `fib daddr type`
    case kindOfDestination
    /// `fib saddr . oif type`
    case kindOfSourceOnOutInterface
    /// `fib saddr . iif oif present`, four bytes too (nft_fib.c, `nft_fib_store_result`).
    case isSourceBehindInInterface
  }

  enum Comparison: Hashable, Sendable {
    case equal
    case notEqual
    case atLeast
    case atMost
  }

  /// A set by name, or one of protocols that belongs to the rule.
  enum SetReference: Hashable, Sendable {
    case named(String)
    case protocols([UInt8])
  }
}

/// `enum nft_verdicts` and the kernel's `NF_ACCEPT` and `NF_DROP`.
enum VerdictCode: Hashable, Sendable {
  case accept
  case drop
  case `return`
  case jump(String)
  case goto(String)
}

/// Registers: four of 16 bytes, or sixteen of 4 bytes that lie over them, numbered from 8.
enum Register {
  static let first: UInt32 = 1

  /// The register that begins so many bytes after the first. The kernel names those of 16 bytes
  /// where it can (nf_tables_api.c, `nft_dump_register`), and nft's listing depends on nothing here.
  static func at(offset: Int) -> UInt32 {
    offset.isMultiple(of: 16) ? first + UInt32(offset / 16) : 8 + UInt32(offset / 4)
  }
}

import Apply
import ArgumentParser

/// Which iptables rules are put into, for commands that touch a kernel.
package struct VariantOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Which iptables: nft or legacy; that of iptables-restore on PATH, if not given.",
      valueName: "variant"))
  package var iptablesVariant: IptablesVariant?

  package init() {}

  /// - Parameter mayBe: whether rules may be put into iptables.
  package func check(isIptables mayBe: Bool) throws {
    if iptablesVariant != nil, !mayBe {
      throw ValidationError("--iptables-variant is about --backend iptables")
    }
  }
}

extension IptablesVariant: ExpressibleByArgument {}

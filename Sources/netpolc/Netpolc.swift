import ArgumentParser
import Glibc

@main
struct Netpolc: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "netpolc",
    abstract: "Compiles Kubernetes NetworkPolicy to nftables, and says which line decided what.",
    discussion: """
      EXAMPLES
        netpolc compile -f manifests/ --node worker-1 > worker-1.nft
        netpolc review main.. -f manifests/
        netpolc explain -f manifests/ shop/report kube-system/coredns 53/UDP
        netpolc apply -f manifests/ --node worker-1 --confirm-within 60s

      EXIT STATUS
        0   done, or no difference
        1   a finding: something differs, is denied, failed, or looks wrong
        2   bad input
        3   the environment refused, such as the kernel, nft or git
        4   applied, and rolled back
        64  wrong usage
      """,
    version: "0.1.0",
    subcommands: [
      CompileCommand.self,
      DiffCommand.self,
      ExplainCommand.self,
      ListCommand.self,
      ReviewCommand.self,
      GraphCommand.self,
      LintCommand.self,
      TestCommand.self,
      ApplyCommand.self,
      ConfirmCommand.self,
      RollbackCommand.self,
      StatusCommand.self,
      TraceCommand.self,
      WatchCommand.self,
      DoctorCommand.self,
      UninstallCommand.self,
      SnapshotCommand.self,
      MaxPodsCommand.self,
      WarmPoolCommand.self,
      SchemaCommand.self,
      CompletionCommand.self,
      ManualCommand.self,
    ])

  static func main() {
    // A reader that goes away is an error of write(2) for us to judge, not the end.
    signal(SIGPIPE, SIG_IGN)
    main(nil)
  }
}

import ArgumentParser

struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion",
    abstract: "Print the script that completes our commands in a shell.",
    discussion: """
      make install puts it where each shell looks; for one user's own shell:

      EXAMPLES
        netpolc completion bash > ~/.local/share/bash-completion/completions/netpolc
        netpolc completion zsh > ~/.zfunc/_netpolc
        netpolc completion fish > ~/.config/fish/completions/netpolc.fish
      """)

  @Argument(help: "The shell that reads it.")
  var shell: Shell

  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash
    case zsh
    case fish
  }

  func run() throws {
    let target: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    try Console.result(Netpolc.completionScript(for: target) + "\n")
  }
}

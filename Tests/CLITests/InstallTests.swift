import Host
import TestSupport
import Testing

/// What `make install` puts beside the program: manual pages, and completions.
@Suite struct InstallTests {
  private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(3).joined(separator: "/")

  /// Runs a script in a shell that has read our completions for it.
  private func completed(_ shell: String, _ script: String) throws -> ProcessResult {
    let scratch = try Scratch(["rules/a.nft": "", "manifests/a.yaml": ""])
    let printed = try scratch.netpolc("completion", shell)
    try #require(printed.status == 0)
    try scratch.write("completions", printed.output)
    return try scratch.run([shell, "-c", script])
  }

  @Test(
    .enabled(if: findExecutable("make") != nil, "make is not installed."))
  func `make install puts everything where it is looked for`() throws {
    let scratch = try Scratch()
    // The program under test stands in for the release, and counts as built.
    let result = try scratch.run([
      "make", "-s", "-C", Self.root, "-o", Program.path, "install", "BINARY=\(Program.path)",
      "DESTDIR=\(scratch.path)", "PREFIX=/usr",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try scratch.names(in: "usr/bin") == ["kubectl-netpolc", "netpolc"])
    let pages = try scratch.names(in: "usr/share/man/man1")
    #expect(pages.contains("netpolc.1") && pages.contains("netpolc-diff.1"))
    #expect(!pages.contains("netpolc-manual.1") && !pages.contains("netpolc-help.1"))
    for file in [
      "bash-completion/completions/netpolc", "zsh/site-functions/_netpolc",
      "fish/vendor_completions.d/netpolc.fish",
    ] {
      #expect(try scratch.text(of: "usr/share/\(file)").contains("explain"))
    }
  }

  @Test func `every command's page says what its help says`() throws {
    let scratch = try Scratch()
    #expect(try scratch.netpolc("manual", "man").status == 0)
    for page in try scratch.names(in: "man") {
      let text = try scratch.text(of: "man/\(page)")
      for section in ["NAME", "SYNOPSIS", "EXAMPLES", "OPTIONS", "SEE ALSO"] {
        #expect(text.contains("\n.SH \(section)\n"), "\(page)")
      }
      // A request that is none would be text that starts with a point.
      let requests = ["TH", "nh", "ad", "SH", "B", "TP", "nf", "fi"]
      let odd = text.split(separator: "\n").filter { line in
        line.hasPrefix(".") && !requests.contains(String(line.dropFirst().prefix { $0 != " " }))
      }
      #expect(odd == [], "\(page)")
    }
    let diff = try scratch.text(of: "man/netpolc-diff.1")
    #expect(diff.contains("\\fB\\-\\-from\\fR \\fIside\\fR"))
    #expect(diff.contains("One of text, json. The default is text."))
  }

  @Test(
    .enabled(
      if: findExecutable("man") != nil && findExecutable("groff") != nil, "man is not installed."))
  func `man has nothing to complain about`() throws {
    let scratch = try Scratch()
    #expect(try scratch.netpolc("manual", "man").status == 0)
    for page in try scratch.names(in: "man") {
      let shown = try scratch.run(["man", "--warnings", "-l", "man/\(page)"])
      #expect(shown.status == 0)
      #expect(shown.errors == "", "\(page)")
    }
  }

  @Test(.enabled(if: findExecutable("bash") != nil, "bash is not installed."))
  func `bash completes commands, options, values and files`() throws {
    func words(_ line: String) throws -> [Substring] {
      let result = try completed(
        "bash",
        """
        bash -n completions && source ./completions || exit 1
        COMP_LINE='\(line)'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=($COMP_LINE)
        [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_TYPE=9
        _netpolc netpolc "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" 2>/dev/null
        printf '%s\\n' "${COMPREPLY[@]}"
        """)
      #expect(result.status == 0, "\(result.errors)")
      return result.output.split(separator: "\n")
    }
    #expect(try words("netpolc ex") == ["explain"])
    #expect(try words("netpolc diff --fr") == ["--from"])
    #expect(try words("netpolc compile --deny ") == ["drop", "reject"])
    #expect(try words("netpolc schema netpolc.so") == ["netpolc.source-map/v1"])
    #expect(try words("netpolc compile -f man") == ["manifests"])
    #expect(try words("netpolc completion ") == ["bash", "zsh", "fish"])
  }

  @Test(.enabled(if: findExecutable("zsh") != nil, "zsh is not installed."))
  func `zsh loads the completions`() throws {
    let result = try completed(
      "zsh",
      "zsh -n completions && autoload -U compinit && compinit -u -d dump && "
        + "source ./completions 2>/dev/null; whence -w _netpolc")
    #expect(result.output == "_netpolc: function\n", "\(result.errors)")
  }

  @Test(.enabled(if: findExecutable("fish") != nil, "fish is not installed."))
  func `fish completes commands and values`() throws {
    let result = try completed(
      "fish", "source completions; complete -C 'netpolc ex'; complete -C 'netpolc diff -o '")
    let words = result.output.split(separator: "\n").map { $0.prefix { $0 != "\t" } }
    #expect(words.sorted() == ["explain", "json", "text"], "\(result.errors)")
  }
}

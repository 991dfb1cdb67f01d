import Glibc
import Reports

/// Where a code host shows the lines of both versions.
struct ReviewPages {
  let base: SourcePages
  let head: SourcePages

  /// nil outside of GitHub's workflows, which set these variables. Lines of the working tree are
  /// those of the commit that was checked out.
  static func onGitHub(_ range: RevisionRange) throws -> ReviewPages? {
    guard let server = variable("GITHUB_SERVER_URL"),
      let repository = variable("GITHUB_REPOSITORY"), let commit = variable("GITHUB_SHA")
    else { return nil }
    let directory = try GitFiles.currentDirectory
    func pages(_ side: InputReference?) throws -> SourcePages {
      var shown = commit
      if case .git(let revision, _) = side { shown = try GitFiles.commit(of: revision) }
      return SourcePages(at: "\(server)/\(repository)/blob/\(shown)/", of: directory)
    }
    let (base, head) = try range.sides(below: [])
    return ReviewPages(base: try pages(base.first), head: try pages(head.first))
  }

  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}

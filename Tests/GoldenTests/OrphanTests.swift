import Manifests
import Testing

@Suite struct OrphanTests {
  @Test func `every file in golden/ is some example's or some error case's`() throws {
    var claimed: Set<String> = []
    for example in Example.all {
      for (file, _) in try example.outputs() { claimed.insert("\(example.golden)/\(file)") }
    }
    for errorCase in ErrorCase.all {
      claimed.insert(try errorCase.input().path)
      claimed.insert("\(errorCase.path)/diagnostics.txt")
    }
    for example in LintExample.all { claimed.insert(example.golden) }
    for path in try Repository.files(below: "golden") {
      #expect(claimed.contains(path), "\(path) belongs to nothing: remove it")
    }
  }
}

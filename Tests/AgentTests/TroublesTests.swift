import Testing

@testable import Agent

/// What is said of troubles.
@Suite struct TroublesTests {
  @Test func `of several troubles with the source only the new one is said, and that all are over`()
  {
    var troubles = Troubles()
    func said(_ source: [String]) -> [[String]] {
      troubles.become(objects: [:], source: source).compactMap {
        if case .source(let problems) = $0 { problems } else { nil }
      }
    }
    #expect(said(["pods: away"]) == [["pods: away"]])
    #expect(said(["nodes: away", "pods: away"]) == [["nodes: away"]])
    #expect(said(["pods: away"]) == [])
    #expect(said([]) == [[]])
    #expect(said([]) == [])
  }
}

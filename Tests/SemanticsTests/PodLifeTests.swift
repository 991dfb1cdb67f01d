import Compiler
import Diagnostics
import NetSets
import Nftables
import PolicyModel
import Testing

/// Which of a pod's addresses count, and while it lives in which of its states.
struct PodLifeTests {
  private let allowWorker = policy(
    "podSelector: {}\ningress: [{from: [{podSelector: {matchLabels: {app: worker}}}]}]")

  private func worker(
    _ name: String, _ addresses: [String], status: String = "phase: Running"
  ) -> String {
    podYAML("x", name, labels: ["app": "worker"], addresses: addresses, status: status)
  }

  @Test(arguments: ["Succeeded", "Failed"])
  func `E46 a finished pod's address is no longer its own`(phase: String) throws {
    let finished = worker("job", ["10.0.2.1"], status: "phase: \(phase)")
    // y/a has the address by now.
    let graph = try graph(allowWorker, finished)
    #expect(try !graph.allows("10.0.2.1", "10.0.1.1"))
    #expect(said(about: "\(finished)\n---\n\(worker("new", ["10.0.2.1"]))") == [])
    #expect(graph.endpoints.allSatisfy { $0.reference.name != "job" })
  }

  @Test func `E47 a terminating pod stays isolated and stays a peer`() throws {
    let leaving = worker("old", ["10.0.1.100"]).replacing(
      "labels:", with: "deletionTimestamp: \"2026-01-01T00:00:00Z\", labels:")
    let graph = try graph(allowWorker, leaving)
    #expect(try graph.allows("10.0.1.100", "10.0.1.1"))
    #expect(try !graph.allows("y/a", "10.0.1.100"))
  }

  @Test func `E49 of two pods with one address the running one has it`() throws {
    let pending = worker("pending", ["10.0.1.100"], status: "phase: Pending")
    let running = podYAML("y", "running", addresses: ["10.0.1.100"])
    #expect(
      said(about: "\(pending)\n---\n\(running)") == [
        "1:1: warning: Pod x/pending and Pod y/running both report 10.0.1.100; it counts as the "
          + "latter's [address-conflict]"
      ])
    let graph = try graph(allowWorker, pending, running)
    #expect(try !graph.allows("10.0.1.100", "10.0.1.1"))
    #expect(try graph.allows("z/a", "10.0.1.100"))
  }

  @Test func `E49 of two running pods with one address the newest has it`() throws {
    let pods = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"].enumerated().map { index, time in
      worker("n\(index)", ["10.0.1.100"]).replacing(
        "labels:", with: "creationTimestamp: \"\(time)\", labels:")
    }
    let conflict = "Pod x/n0 and Pod x/n1 both report 10.0.1.100; it counts as the latter's"
    #expect(
      said(about: pods.joined(separator: "\n---\n")) == [
        "1:1: warning: \(conflict) [address-conflict]"
      ])
  }

  @Test func `E50 addresses of further networks are not policed`() throws {
    let status = """
      [{\\"name\\": \\"second\\", \\"ips\\": [\\"10.77.0.1\\"]}]
      """
    let pod = worker("multi", ["10.0.1.100"]).replacing(
      "labels:", with: "annotations: {k8s.v1.cni.cncf.io/network-status: \"\(status)\"}, labels:")
    let graph = try graph(policy("podSelector: {}"), pod)
    #expect(try graph.reason(.ingress, "y/a", "10.77.0.1") == "not policed")
    #expect(try !graph.allows("y/a", "10.0.1.100"))
  }

  @Test func `E51 a pod without an address is no peer, and is isolated when it has one`() throws {
    let empty = try graph(allowWorker, worker("new", [], status: "phase: Pending"))
    try expect(empty, .tcp, 80, .deny("*", to: "x/*"))
    #expect(try !empty.evaluation("8.8.8.8", "x/a").accepted)
    let blank = try graph(allowWorker, worker("new", [""], status: "phase: Pending"))
    try expect(blank, .tcp, 80, .deny("*", to: "x/*"))
    let ready = try graph(allowWorker, worker("new", ["10.0.1.100"]))
    #expect(try ready.allows("10.0.1.100", "10.0.1.1"))
    #expect(try !ready.allows("10.0.1.1", "10.0.1.100"))
  }
}

import APIServer
import Diagnostics
import KubernetesAPI

/// How long a list of many pods takes, from the question to the last object, over TLS on loopback;
/// the server's work of sending it is in the same process and counts too.
/// `swift run -c release api-bench [PODS]`.
@main
struct APIBench {
  static func main() async throws {
    let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 10_000
    let server = try APIServer()
    server.settings.streamingLists = .refused
    try await server.start()
    var bytes = 0
    var pages: [String] = []
    for start in stride(from: 0, to: count, by: 500) {
      let end = min(start + 500, count)
      let next = end < count ? "\"continue\":\"\(end)\"," : ""
      let items = (start..<end).map(pod).joined(separator: ",")
      let page =
        "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\(next)"
        + "\"resourceVersion\":\"1000\"},\"items\":[\(items)]}\n"
      bytes += page.utf8.count
      pages.append(page)
    }
    var diagnostics = Diagnostics()
    let certificates = try TestCertificates.shared.get()
    guard
      let access = ClusterAccess(
        kubeconfig: try certificates.kubeconfig(port: server.port), &diagnostics)
    else { fatalError("\(diagnostics.all.map(\.headline))") }
    for _ in 0..<5 {
      for page in pages { server.fail(.list, .page(200, page)) }
      let client = try APIClient(access, userAgent: "api-bench")
      let follower = ResourceFollower(.pods, of: client) { $0.reference }
      let began = ContinuousClock.now
      await withTaskGroup(of: Void.self) { group in
        let (listed, continuation) = AsyncStream.makeStream(of: Int.self)
        group.addTask {
          await follower.run { event in
            switch event {
            case .listed(let pods): continuation.yield(pods.count)
            case .trouble(let trouble): fatalError(trouble.description)
            default: break
            }
          }
        }
        for await pods in listed {
          let elapsed = ContinuousClock.now - began
          print("\(pods) pods, \(bytes / 1_000_000) MB: \(Int(elapsed / .milliseconds(1))) ms")
          break
        }
        group.cancelAll()
      }
      try await client.close()
    }
    try await server.stop()
  }

  /// About as long as those of a real cluster: two containers, probes, volumes, conditions, managed
  /// fields.
  private static func pod(_ index: Int) -> String {
    let container = """
      {"name":"app","image":"registry.example.org/shop/app:1.2.3","ports":[{"name":"http",\
      "containerPort":8080,"protocol":"TCP"}],"env":[{"name":"A","value":"x"},{"name":"POD_IP",\
      "valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"status.podIP"}}}],"resources":\
      {"limits":{"cpu":"500m","memory":"256Mi"},"requests":{"cpu":"100m","memory":"128Mi"}},\
      "volumeMounts":[{"name":"config","mountPath":"/etc/app"},{"name":"kube-api-access-abcde",\
      "readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],\
      "livenessProbe":{"httpGet":{"path":"/livez","port":"http","scheme":"HTTP"},\
      "timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},\
      "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File",\
      "imagePullPolicy":"IfNotPresent","securityContext":{"capabilities":{"drop":["ALL"]}}}
      """
    let fields = (0..<60).map { "\"f:field-\($0)\":{\"k:{\\\"type\\\":\\\"Ready\\\"}\":{}}" }
      .joined(separator: ",")
    let conditions = ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map {
      """
      {"type":"\($0)","status":"True","lastProbeTime":null,"lastTransitionTime":\
      "2026-01-01T00:00:00Z"}
      """
    }.joined(separator: ",")
    return """
      {"metadata":{"name":"app-\(index)","generateName":"app-","namespace":"ns-\(index % 200)",\
      "uid":"00000000-0000-0000-0000-0000000\(index + 10000)","resourceVersion":"\(index + 1)",\
      "creationTimestamp":"2026-01-01T00:00:00Z","labels":{"app":"app-\(index % 50)",\
      "pod-template-hash":"5d69f6d5bf","tier":"backend"},"ownerReferences":[{"apiVersion":\
      "apps/v1","kind":"ReplicaSet","name":"app-5d69f6d5bf","uid":"1","controller":true}],\
      "managedFields":[{"manager":"kubelet","operation":"Update","fieldsV1":{\(fields)}}]},\
      "spec":{"containers":[\(container),\(container)],"nodeName":"node-\(index % 100)"},"status":\
      {"phase":"Running","conditions":[\(conditions)],"hostIP":"192.168.0.\(index % 250)",\
      "podIP":"10.0.\(index / 250).\(index % 250)","podIPs":[{"ip":"10.0.\(index / 250).\
      \(index % 250)"}]}}
      """
  }
}

/// Pods that controllers made, as a cluster lists them, for tests to name by their workload.
enum Owned {
  static func pod(
    _ name: String, of owner: String, labels: String, address: String, node: String = "n1"
  ) -> String {
    let (kind, ownerName) = split(owner)
    let status = address.isEmpty ? "{phase: Pending}" : "{phase: Running, podIP: \(address)}"
    return """
      ---
      apiVersion: v1
      kind: Pod
      metadata:
        name: \(name)
        namespace: shop
        labels: {\(labels)}
        ownerReferences: [{apiVersion: v1, kind: \(kind), name: \(ownerName), controller: true}]
      spec:
        nodeName: \(node)
        containers: [{name: main, image: main, ports: [{name: http, containerPort: 8080}]}]
      status: \(status)

      """
  }

  private static func split(_ owner: String) -> (kind: Substring, name: Substring) {
    let parts = owner.split(separator: "/")
    return (parts[0], parts[1])
  }

  /// `web` is a Deployment without its ReplicaSet's object, on two nodes and with a pod that has yet
  /// to start; `db` a StatefulSet of which a policy selects one pod; `report` a CronJob with a Job.
  static let pods =
    """
    {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
    ---
    apiVersion: v1
    kind: Node
    metadata: {name: n1}
    spec: {podCIDRs: [10.244.1.0/24]}
    status: {addresses: [{type: InternalIP, address: 192.168.0.11}]}
    ---
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: report, namespace: shop}
    spec:
      schedule: "0 3 * * *"
      jobTemplate:
        spec:
          template:
            metadata: {labels: {app: report}}
            spec: {containers: [{name: report, image: report}]}

    """
    + pod(
      "web-6d4b-a", of: "ReplicaSet/web-6d4b", labels: "app: web, pod-template-hash: 6d4b",
      address: "10.244.1.10")
    + pod(
      "web-6d4b-b", of: "ReplicaSet/web-6d4b", labels: "app: web, pod-template-hash: 6d4b",
      address: "10.244.2.10", node: "n2")
    + pod(
      "web-6d4b-c", of: "ReplicaSet/web-6d4b", labels: "app: web, pod-template-hash: 6d4b",
      address: "", node: "n2")
    + pod("db-0", of: "StatefulSet/db", labels: "app: db, role: primary", address: "10.244.1.20")
    + pod("db-1", of: "StatefulSet/db", labels: "app: db", address: "10.244.1.21")
    + pod("db-2", of: "StatefulSet/db", labels: "app: db", address: "10.244.1.22")
    + pod("report-29-x", of: "Job/report-29", labels: "app: report", address: "10.244.1.30")

  static let policies = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: primary, namespace: shop}
    spec:
      podSelector: {matchLabels: {role: primary}}
      policyTypes: [Ingress, Egress]
      ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: web, namespace: shop}
    spec:
      podSelector: {matchLabels: {app: web}}
      policyTypes: [Ingress, Egress]
      egress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 5432}]}]
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: others, namespace: shop}
    spec:
      podSelector: {matchExpressions: [{key: app, operator: In, values: [db, report]}]}
      policyTypes: [Egress]

    """

  static let files = ["pods.yaml": pods, "policies.yaml": policies]
}

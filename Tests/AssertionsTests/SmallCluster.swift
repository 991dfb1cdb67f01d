/// A namespace of two pods and a workload, of which db is isolated for ingress and api for egress;
/// and a pod of another namespace.
enum SmallCluster {
  static let yaml = """
    apiVersion: v1
    kind: Pod
    metadata: {namespace: shop, name: web, labels: {app: web}}
    spec: {nodeName: n1}
    status: {phase: Running, podIP: 10.244.1.10, hostIP: 192.168.0.1}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {namespace: shop, name: db, labels: {app: db}}
    spec: {nodeName: n1}
    status: {phase: Running, podIP: 10.244.1.20, hostIP: 192.168.0.1}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {namespace: shop, name: api}
    spec:
      template: {metadata: {labels: {app: api}}, spec: {containers: []}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {namespace: other, name: six, labels: {app: six}}
    status: {phase: Running, podIP: "fd00::6"}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {namespace: shop, name: db}
    spec:
      podSelector: {matchLabels: {app: db}}
      ingress:
      - from: [{podSelector: {matchLabels: {app: web}}}, {ipBlock: {cidr: 192.0.2.0/24}}]
        ports: [{port: 5432}]
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {namespace: shop, name: api}
    spec:
      podSelector: {matchLabels: {app: api}}
      policyTypes: [Egress]
      egress:
      - to: [{podSelector: {matchLabels: {app: api}}}]

    """
}

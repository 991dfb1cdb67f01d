/// A small cluster: two nodes, three pods, three policies.
enum Shop {
  static let files = [
    "shop/cluster.yaml": cluster, "shop/policies/deny.yaml": deny, "shop/policies/web.yaml": web,
    "shop/policies/api.yaml": api,
  ]

  static let cluster = """
    {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
    ---
    apiVersion: v1
    kind: Node
    metadata: {name: n1}
    spec: {podCIDRs: [10.244.1.0/24]}
    status: {addresses: [{type: InternalIP, address: 192.168.0.11}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: web-0, namespace: shop, labels: {app: web}}
    spec: {nodeName: n1}
    status: {phase: Running, podIP: 10.244.1.10}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: api-0, namespace: shop, labels: {app: api}}
    spec: {nodeName: n1}
    status: {phase: Running, podIP: 10.244.1.20}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: db-0, namespace: shop, labels: {app: db}}
    spec: {nodeName: n2}
    status: {phase: Running, podIP: 10.244.2.30}

    """

  static let deny = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: deny, namespace: shop}
    spec: {podSelector: {}, policyTypes: [Ingress, Egress]}

    """

  static let web = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: web, namespace: shop}
    spec:
      podSelector: {matchLabels: {app: web}}
      policyTypes: [Ingress, Egress]
      ingress:
      - from:
        - ipBlock: {cidr: 10.0.0.0/8}
        ports:
        - port: 8080
        - port: 8443
      egress:
      - to:
        - podSelector: {matchLabels: {app: api}}
        ports:
        - port: 9000

    """

  static let api = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: api, namespace: shop}
    spec:
      podSelector: {matchLabels: {app: api}}
      ingress:
      - from:
        - podSelector: {matchLabels: {app: web}}
        ports:
        - port: 9000

    """

  /// With two mistakes, on lines 4 and 7.
  static let broken = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: broken, namespace: shop}
    spec: {podSelectors: {}, ingress: [
      {from: [{podSelector: {}}]},
      {ports: [{port: 80}]},
      {from: [{ipBlock: {cidr: 10.0.0.300/24}}]},
    ]}

    """
}

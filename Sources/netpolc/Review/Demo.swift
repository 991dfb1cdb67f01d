import Manifests

/// The example that comes with the program: a shop, and a change with three mistakes that are easily
/// made. An exception was dropped, two selectors became two items of a list, and a rule for
/// everybody came to leave one out.
enum Demo {
  static let before = files(["api": api, "db": db, "dns": dns])
  static let after = files(["api": apiAfter, "db": dbAfter, "dns": dnsAfter])

  private static func files(_ changed: [String: String]) -> [ManifestFile] {
    let all = changed.merging(unchanged) { first, _ in first }
    return all.sorted { $0.key < $1.key }.map { name, text in
      ManifestFile(path: "policies/\(name).yaml", bytes: Array(text.utf8))
    }
  }

  private static let unchanged = [
    "default-deny": defaultDeny, "report": report, "web": web, "workloads": workloads,
  ]

  private static let api = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: api
      namespace: shop
    spec:
      podSelector:
        matchLabels: { app: api }
      policyTypes: [Ingress, Egress]
      ingress:
      - from:
        - podSelector:
            matchLabels: { app: web }
        ports:
        - port: https
      - from:
        - namespaceSelector:
            matchLabels: { team: observability }
          podSelector:
            matchLabels: { app: prometheus }
        ports:
        - port: metrics
      egress:
      - to:
        - podSelector:
            matchLabels: { app: db }
        ports:
        - port: 5432
      - to:
        - ipBlock:
            cidr: 0.0.0.0/0
            except: [10.0.0.0/8, 169.254.169.254/32]
        ports:
        - port: 80
        - port: 443

    """

  private static let db = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: db
      namespace: shop
    spec:
      podSelector:
        matchLabels: { app: db }
      policyTypes: [Ingress]
      ingress:
      - from:
        - podSelector:
            matchExpressions:
            - { key: app, operator: In, values: [api, report] }
        ports:
        - port: 5432

    """

  private static let dns = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: allow-dns
      namespace: shop
    spec:
      podSelector: {}
      policyTypes: [Egress]
      egress:
      - to:
        - namespaceSelector:
            matchLabels: { kubernetes.io/metadata.name: kube-system }
          podSelector:
            matchLabels: { k8s-app: kube-dns }
        ports:
        - { protocol: UDP, port: 53 }
        - { protocol: TCP, port: 53 }

    """

  private static let apiAfter = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: api
      namespace: shop
    spec:
      podSelector:
        matchLabels: { app: api }
      policyTypes: [Ingress, Egress]
      ingress:
      - from:
        - podSelector:
            matchLabels: { app: web }
        ports:
        - port: https
      - from:
        - namespaceSelector:
            matchLabels: { team: observability }
          podSelector:
            matchLabels: { app: prometheus }
        ports:
        - port: metrics
      egress:
      - to:
        - podSelector:
            matchLabels: { app: db }
        ports:
        - port: 5432
      - to:
        - ipBlock:
            cidr: 0.0.0.0/0
            except: [10.0.0.0/8]
        ports:
        - port: 80
        - port: 443

    """

  private static let dbAfter = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: db
      namespace: shop
    spec:
      podSelector:
        matchLabels: { app: db }
      policyTypes: [Ingress]
      ingress:
      - from:
        - podSelector:
            matchExpressions:
            - { key: app, operator: In, values: [api, report] }
        - namespaceSelector:
            matchLabels: { team: observability }
        - podSelector:
            matchLabels: { app: postgres-exporter }
        ports:
        - port: 5432

    """

  private static let dnsAfter = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: allow-dns
      namespace: shop
    spec:
      podSelector:
        matchExpressions:
        - { key: app, operator: In, values: [web, api, db] }
      policyTypes: [Egress]
      egress:
      - to:
        - namespaceSelector:
            matchLabels: { kubernetes.io/metadata.name: kube-system }
          podSelector:
            matchLabels: { k8s-app: kube-dns }
        ports:
        - { protocol: UDP, port: 53 }
        - { protocol: TCP, port: 53 }

    """

  private static let defaultDeny = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: default-deny
      namespace: shop
    spec:
      podSelector: {}
      policyTypes: [Ingress, Egress]

    """

  private static let report = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: report
      namespace: shop
    spec:
      podSelector:
        matchLabels: { app: report }
      policyTypes: [Egress]
      egress:
      - to:
        - podSelector:
            matchLabels: { app: db }
        ports:
        - port: 5432

    """

  private static let web = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: web
      namespace: shop
    spec:
      podSelector:
        matchLabels: { app: web }
      policyTypes: [Ingress, Egress]
      ingress:
      - from:
        - ipBlock: { cidr: 203.0.113.0/24 }
        ports:
        - port: http
      egress:
      - to:
        - podSelector:
            matchLabels: { app: api }
        ports:
        - port: 8443

    """

  private static let workloads = """
    apiVersion: v1
    kind: Namespace
    metadata: { name: shop, labels: { kubernetes.io/metadata.name: shop, team: shop } }
    ---
    apiVersion: v1
    kind: Namespace
    metadata: { name: monitoring, labels: { kubernetes.io/metadata.name: monitoring, team: observability } }
    ---
    apiVersion: v1
    kind: Namespace
    metadata: { name: kube-system, labels: { kubernetes.io/metadata.name: kube-system } }
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: web, namespace: shop }
    spec:
      replicas: 2
      selector: { matchLabels: { app: web } }
      template:
        metadata: { labels: { app: web } }
        spec: { containers: [ { name: web, image: web, ports: [ { name: http, containerPort: 8080 } ] } ] }
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: api, namespace: shop }
    spec:
      replicas: 2
      selector: { matchLabels: { app: api } }
      template:
        metadata: { labels: { app: api } }
        spec: { containers: [ { name: api, image: api, ports: [ { name: https, containerPort: 8443 }, { name: metrics, containerPort: 9090 } ] } ] }
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: { name: db, namespace: shop }
    spec:
      serviceName: db
      replicas: 1
      selector: { matchLabels: { app: db } }
      template:
        metadata: { labels: { app: db } }
        spec: { containers: [ { name: db, image: postgres, ports: [ { name: pg, containerPort: 5432 } ] } ] }
    ---
    apiVersion: batch/v1
    kind: CronJob
    metadata: { name: report, namespace: shop }
    spec:
      schedule: "0 3 * * *"
      jobTemplate:
        spec:
          template:
            metadata: { labels: { app: report } }
            spec: { restartPolicy: Never, containers: [ { name: report, image: report } ] }
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: prometheus, namespace: monitoring }
    spec:
      selector: { matchLabels: { app: prometheus } }
      template:
        metadata: { labels: { app: prometheus } }
        spec: { containers: [ { name: prometheus, image: prom, ports: [ { name: web, containerPort: 9090 } ] } ] }
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: grafana, namespace: monitoring }
    spec:
      selector: { matchLabels: { app: grafana } }
      template:
        metadata: { labels: { app: grafana } }
        spec: { containers: [ { name: grafana, image: grafana, ports: [ { name: http, containerPort: 3000 } ] } ] }
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: coredns, namespace: kube-system }
    spec:
      selector: { matchLabels: { k8s-app: kube-dns } }
      template:
        metadata: { labels: { k8s-app: kube-dns } }
        spec: { containers: [ { name: coredns, image: coredns, ports: [ { name: dns, containerPort: 53, protocol: UDP }, { name: dns-tcp, containerPort: 53 } ] } ] }

    """
}

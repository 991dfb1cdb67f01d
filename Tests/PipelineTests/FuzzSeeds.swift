/// Small manifests with every field that is read, and some that are not.
let fuzzSeeds: [String] = [
  """
  {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: a, env: prod}}}
  """,
  """
  apiVersion: v1
  kind: Node
  metadata: {name: n1}
  spec: {podCIDR: 10.244.1.0/24, podCIDRs: [10.244.1.0/24, "fd00:244:1::/64"]}
  status:
    addresses:
    - {type: InternalIP, address: 192.168.0.11}
    - {type: InternalIP, address: "fd00::11"}
    - {type: Hostname, address: n1}
  """,
  """
  apiVersion: v1
  kind: Pod
  metadata: {name: web-0, namespace: shop, labels: {app: web, tier: front}}
  spec:
    nodeName: n1
    hostNetwork: false
    containers:
    - name: web
      ports:
      - {name: http, containerPort: 8080, protocol: TCP}
      - {name: dns, containerPort: 53, protocol: UDP}
    initContainers:
    - restartPolicy: Always
      ports: [{name: admin, containerPort: 9000}]
  status:
    phase: Running
    hostIP: 192.168.0.11
    hostIPs: [{ip: 192.168.0.11}, {ip: "fd00::11"}]
    podIP: 10.244.1.10
    podIPs: [{ip: 10.244.1.10}, {ip: "fd00:244:1::10"}]
  """,
  """
  apiVersion: v1
  kind: Pod
  metadata: {name: agent, namespace: kube-system, creationTimestamp: "2025-01-01T00:00:00Z"}
  spec: {nodeName: n1, hostNetwork: true}
  status: {phase: Running, podIP: 192.168.0.11}
  """,
  """
  apiVersion: apps/v1
  kind: Deployment
  metadata: {name: api, namespace: shop}
  spec:
    template:
      metadata: {labels: {app: api}}
      spec: {containers: [{ports: [{name: https, containerPort: 8443}]}]}
  """,
  """
  apiVersion: batch/v1
  kind: CronJob
  metadata: {name: report, namespace: shop}
  spec: {jobTemplate: {spec: {template: {metadata: {labels: {app: report}}}}}}
  """,
  """
  apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: deny, namespace: shop, labels: {a: b}, annotations: {c: d}}
  spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
  """,
  """
  apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: web, namespace: shop}
  spec:
    podSelector: {matchLabels: {app: web}}
    ingress:
    - from:
      - podSelector: {matchExpressions: [{key: app, operator: In, values: [web, api]}]}
      - namespaceSelector: {matchLabels: {team: a}}
        podSelector: {matchExpressions: [{key: tier, operator: Exists}]}
      - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.2.0.0/16]}
      ports:
      - {port: 80, endPort: 90, protocol: TCP}
      - {port: http}
      - {protocol: SCTP}
  """,
  """
  apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: out, namespace: shop}
  spec:
    podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [db]}]}
    policyTypes: [Egress]
    egress:
    - to: [{ipBlock: {cidr: "::/0", except: ["fd00::/8"]}}, {ipBlock: {cidr: 0.0.0.0/0}}]
      ports: [{port: 443}, {port: dns, protocol: UDP}]
    - to: [{namespaceSelector: {}, podSelector: {matchLabels: {k8s-app: dns}}}]
      ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
    - {}
  """,
  """
  apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: many}
  spec:
    podSelector: {matchExpressions: [{key: x, operator: DoesNotExist}]}
    ingress:
    - from: [{podSelector: {}}, {namespaceSelector: {}}, {ipBlock: {cidr: 172.16.0.0/12}}]
      ports: [{port: 1}, {port: 2}, {port: 3}, {port: 4, endPort: 65535}]
  """,
  """
  apiVersion: v1
  kind: List
  items:
  - {apiVersion: v1, kind: Pod, metadata: {name: db-0, namespace: shop, labels: {app: db}},
     spec: {nodeName: n2}, status: {podIP: 10.244.2.10}}
  - {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,
     metadata: {name: db, namespace: shop}, spec: {podSelector: {}, ingress: [{}]}}
  """,
  """
  apiVersion: v1
  kind: PodList
  items:
  - metadata: {name: db-1, labels: {app: db}}
    spec: {nodeName: n1}
    status: {podIP: 10.244.1.11, phase: Succeeded}
  - metadata: {name: db-2, labels: {app: db}}
    spec: {nodeName: n1}
    status: {podIP: 10.244.1.11, phase: Pending}
  """,
  """
  apiVersion: networking.k8s.io/v1
  kind: NetworkPolicyList
  items:
  - metadata: {name: a, namespace: shop}
    spec: {podSelector: {}, egress: [{to: [{podSelector: {}}], ports: [{port: http}]}]}
  """,
  """
  apiVersion: crd.projectcalico.org/v1
  kind: GlobalNetworkPolicy
  metadata: {name: not-read}
  spec: {selector: all()}
  """,
  """
  apiVersion: extensions/v1beta1
  kind: NetworkPolicy
  metadata: {name: old}
  spec: {podSelector: {}}
  """,
]

/// What takes the place of keys and scalars: names of fields, and the edges of their values.
let fuzzWords: [String] = [
  "", " ", "-", ".", "/", "a", "A", "name", "namespace", "labels", "spec", "status", "metadata",
  "items", "podSelector", "namespaceSelector", "ipBlock", "cidr", "except", "ports", "port",
  "endPort", "protocol", "from", "to", "ingress", "egress", "policyTypes", "matchLabels",
  "matchExpressions", "key", "operator", "values", "In", "NotIn", "Exists", "Ingress", "Egress",
  "TCP", "UDP", "SCTP", "tcp", "ICMP", "Running", "Succeeded", "n1", "n2", "shop", "default",
  "http", "dns", "80", "0.0.0.0/0", "::/0", "10.0.0.0/8", "10.0.0.1/8", "10.244.1.10",
  "010.000.0.0/8", "::ffff:10.0.0.0/104", "10.0.0.0/33", "::/129", "fd00:244:1::10", "fe80::1%eth0",
  "255.255.255.255/32", "0.0.0.0", "Pod", "List", "PodList", "NetworkPolicy", "v1",
  "networking.k8s.io/v1", "ns/a/b", "app.kubernetes.io/name", "\u{1B}[31mred", "two\nlines", "\"",
  "\\", "é", "😀", "\u{202E}rtl", "\u{0}", "accept", "drop", "table", "true", "null", "~",
  String(repeating: "x", count: 63), String(repeating: "x", count: 64),
  String(repeating: "y.", count: 126) + "y", String(repeating: "long ", count: 200),
]

let fuzzNumbers = [
  0, 1, -1, 2, 53, 80, 443, 8080, 65535, 65536, 70000, Int(Int32.max), Int.max, Int.min,
]

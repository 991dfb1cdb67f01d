/// Manifests of a cluster of any size, as `kubectl get -o json` would give them: every namespace
/// has five apps, every app a policy with peers of its own namespace, of others, and outside.
package struct SyntheticCluster {
  package let pods: Int
  package let namespaces: Int
  package let policies: Int
  package let nodes: Int

  /// 50 pods a namespace, one policy for ten pods, 250 pods a node.
  package init(pods: Int) {
    self.pods = pods
    namespaces = max(pods / 50, 1)
    policies = pods / 10
    nodes = max(pods / 250, 1)
  }

  /// 250 pods a node.
  package init(pods: Int, namespaces: Int, policies: Int) {
    self.pods = pods
    self.namespaces = namespaces
    self.policies = policies
    nodes = max(pods / 250, 1)
  }

  /// One `List` with every object.
  package var json: String {
    var text = "{\n  \"apiVersion\": \"v1\",\n  \"items\": [\n"
    text.reserveCapacity(pods * 1800 + policies * 2200)
    var isFirst = true
    func add(_ object: String) {
      if !isFirst { text += ",\n" }
      isFirst = false
      text += object
    }
    for index in 0..<namespaces { add(namespace(index)) }
    for index in 0..<nodes { add(node(index)) }
    for index in 0..<pods { add(pod(index)) }
    for index in 0..<policies { add(policy(index)) }
    return text + "\n  ],\n  \"kind\": \"List\"\n}\n"
  }

  /// The same objects as lists of at most a thousand, so that no whole text is ever held.
  package func pieces(_ read: (String) throws -> Void) rethrows {
    func list(_ count: Int, _ object: (Int) -> String) throws {
      for start in stride(from: 0, to: count, by: 1000) {
        let items = (start..<min(start + 1000, count)).map(object)
        try read(
          "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [\(items.joined(separator: ","))]}"
        )
      }
    }
    try list(namespaces, namespace)
    try list(nodes, node)
    try list(pods, pod)
    try list(policies, policy)
  }

  private func namespace(_ index: Int) -> String {
    """
        {
          "apiVersion": "v1",
          "kind": "Namespace",
          "metadata": {"name": "ns-\(index)", "labels": {"kubernetes.io/metadata.name": "ns-\(index)", "team": "team-\(index % 20)"}}
        }
    """
  }

  private func node(_ index: Int) -> String {
    """
        {
          "apiVersion": "v1",
          "kind": "Node",
          "metadata": {"name": "node-\(index)"},
          "spec": {"podCIDRs": ["10.\(index / 256 + 64).\(index % 256).0/24"]},
          "status": {"addresses": [{"type": "InternalIP", "address": "192.168.\(index / 250).\(index % 250 + 1)"}]}
        }
    """
  }

  private func pod(_ index: Int) -> String {
    let namespace = index % namespaces
    let app = index / namespaces % 5
    let address = "10.\(index >> 16 & 63).\(index >> 8 & 255).\(index & 255)"
    let hash = String(UInt64(index) &* 0x9e37_79b9_7f4a_7c15, radix: 16)
    return """
          {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
              "creationTimestamp": "2026-11-01T10:00:00Z",
              "generateName": "app-\(app)-\(hash)-",
              "labels": {
                "app": "app-\(app)",
                "pod-template-hash": "\(hash)",
                "tier": "\(app == 0 ? "front" : "back")"
              },
              "name": "app-\(app)-\(index)",
              "namespace": "ns-\(namespace)",
              "ownerReferences": [
                {"apiVersion": "apps/v1", "blockOwnerDeletion": true, "controller": true, "kind": "ReplicaSet", "name": "app-\(app)-\(hash)", "uid": "5e1c2f3a-0000-4000-8000-\(index)"}
              ],
              "resourceVersion": "\(index)",
              "uid": "7a1c2f3a-0000-4000-8000-\(index)"
            },
            "spec": {
              "containers": [
                {
                  "env": [{"name": "MODE", "value": "production"}],
                  "image": "registry.example.com/team/app-\(app):1.2.3",
                  "imagePullPolicy": "IfNotPresent",
                  "name": "app",
                  "ports": [
                    {"containerPort": \(8080 + app), "name": "http", "protocol": "TCP"},
                    {"containerPort": 9090, "name": "metrics", "protocol": "TCP"}
                  ],
                  "resources": {"limits": {"cpu": "1", "memory": "256Mi"}, "requests": {"cpu": "100m", "memory": "128Mi"}},
                  "volumeMounts": [{"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "name": "token", "readOnly": true}]
                }
              ],
              "dnsPolicy": "ClusterFirst",
              "nodeName": "node-\(index % nodes)",
              "restartPolicy": "Always",
              "schedulerName": "default-scheduler"
            },
            "status": {
              "conditions": [
                {"lastProbeTime": null, "lastTransitionTime": "2026-11-01T10:00:05Z", "status": "True", "type": "Ready"}
              ],
              "hostIP": "192.168.0.1",
              "phase": "Running",
              "podIP": "\(address)",
              "podIPs": [{"ip": "\(address)"}],
              "qosClass": "Burstable"
            }
          }
      """
  }

  private func policy(_ index: Int) -> String {
    let namespace = index % namespaces
    let app = index / namespaces % 5
    return """
          {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "app-\(app)", "namespace": "ns-\(namespace)"},
            "spec": {
              "podSelector": {"matchLabels": {"app": "app-\(app)"}},
              "policyTypes": ["Ingress", "Egress"],
              "ingress": [
                {
                  "from": [
                    {"podSelector": {"matchLabels": {"app": "app-\((app + 4) % 5)"}}},
                    {"namespaceSelector": {"matchLabels": {"team": "team-\(index % 20)"}}, "podSelector": {"matchLabels": {"tier": "front"}}}
                  ],
                  "ports": [{"port": "http"}, {"port": 9090}]
                },
                {"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.\(index % 200).0.0/16"]}}], "ports": [{"port": 443, "endPort": 450}]}
              ],
              "egress": [
                {"to": [{"podSelector": {"matchLabels": {"app": "app-\((app + 1) % 5)"}}}], "ports": [{"port": "http"}]},
                {"to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ns-0"}}}], "ports": [{"protocol": "UDP", "port": 53}, {"port": 53}]}
              ]
            }
          }
      """
  }

  /// The pods in block style, one document each.
  package var yaml: String {
    var text = ""
    for index in 0..<pods { text += "---\n" + podYAML(index) }
    return text
  }

  /// A pod as `kubectl get -o yaml` gives it.
  private func podYAML(_ index: Int) -> String {
    let app = index / namespaces % 5
    let address = "10.\(index >> 16 & 63).\(index >> 8 & 255).\(index & 255)"
    return """
      apiVersion: v1
      kind: Pod
      metadata:
        creationTimestamp: "2026-11-01T10:00:00Z"
        generateName: app-\(app)-7c9d-
        labels:
          app: app-\(app)
          pod-template-hash: 7c9d5b4f88
          tier: \(app == 0 ? "front" : "back")
        name: app-\(app)-\(index)
        namespace: ns-\(index % namespaces)
        ownerReferences:
        - apiVersion: apps/v1
          blockOwnerDeletion: true
          controller: true
          kind: ReplicaSet
          name: app-\(app)-7c9d5b4f88
          uid: 5e1c2f3a-0000-4000-8000-\(index)
        resourceVersion: "\(index)"
        uid: 7a1c2f3a-0000-4000-8000-\(index)
      spec:
        containers:
        - env:
          - name: MODE
            value: production
          image: registry.example.com/team/app-\(app):1.2.3
          imagePullPolicy: IfNotPresent
          name: app
          ports:
          - containerPort: \(8080 + app)
            name: http
            protocol: TCP
          - containerPort: 9090
            name: metrics
            protocol: TCP
          resources:
            limits:
              cpu: "1"
              memory: 256Mi
            requests:
              cpu: 100m
              memory: 128Mi
          volumeMounts:
          - mountPath: /var/run/secrets/kubernetes.io/serviceaccount
            name: token
            readOnly: true
        dnsPolicy: ClusterFirst
        nodeName: node-\(index % nodes)
        restartPolicy: Always
        schedulerName: default-scheduler
      status:
        conditions:
        - lastProbeTime: null
          lastTransitionTime: "2026-11-01T10:00:05Z"
          status: "True"
          type: Ready
        hostIP: 192.168.0.1
        phase: Running
        podIP: \(address)
        podIPs:
        - ip: \(address)
        qosClass: Burstable

      """
  }
}

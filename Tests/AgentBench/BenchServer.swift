import APIServer
import BenchSupport
import Diagnostics
import Manifests

extension APIServer {
  /// Has the objects of a synthetic cluster from now on.
  func hold(_ cluster: SyntheticCluster) throws {
    var objects: [StoredObject] = []
    try cluster.pieces { text in
      var diagnostics = Diagnostics()
      let lists = parseJSON(
        ManifestFile(path: "bench.json", bytes: Array(text.utf8)), &diagnostics)
      for list in lists {
        guard let items = list["items"]?.items else { continue }
        for object in items {
          objects.append(try StoredObject(object, metadata: [("managedFields", managedFields)]))
        }
      }
    }
    restore(version: 1_000_000, objects: objects)
    // Sorts them, which no agent is to wait for.
    for plural in ["namespaces", "networkpolicies", "nodes", "pods"] { _ = store.objects(plural) }
  }
}

/// About as much as a pod's are, which `kubectl get` leaves out and the API server does not.
private let managedFields: JSON = [
  [
    "manager": "kubelet", "operation": "Update",
    "fieldsV1": .object(
      (0..<60).map { ("f:field-\($0)", ["k:{\"type\":\"Ready\"}": ["f:status": [:]]]) }),
  ]
]

import Diagnostics
import Host
import Manifests

extension ClusterAccess {
  /// Access as a kubeconfig (`kubectl config view`) describes it. What cannot be used is said at
  /// its line; what we do not do is refused rather than left out.
  /// - Parameters:
  ///   - path: of the file. Relative paths in it start at its folder.
  ///   - context: nil for its `current-context`.
  ///   - allowingInsecure: whether `insecure-skip-tls-verify` may be obeyed.
  package init?(
    kubeconfig path: String, context: String? = nil, allowingInsecure: Bool = false,
    _ diagnostics: inout Diagnostics
  ) {
    let bytes: [UInt8]
    do throws(SystemFailure) {
      bytes = try readFile(path)
    } catch {
      diagnostics.error(.clusterAccess, "kubeconfig \(error)", at: nil)
      return nil
    }
    let documents = parseManifest(ManifestFile(path: path, bytes: bytes), &diagnostics)
    if diagnostics.hasErrors { return nil }
    guard documents.count == 1, let root = documents.first, root.kind == .mapping else {
      diagnostics.error(.clusterAccess, "\(path) is no kubeconfig: expected one mapping", at: nil)
      return nil
    }
    let reader = KubeconfigReader(root: root, path: path)
    do throws(KubeconfigProblem) {
      self = try reader.access(context: context, allowingInsecure: allowingInsecure)
    } catch {
      diagnostics.error(.clusterAccess, error.message, at: error.place, hint: error.hint)
      return nil
    }
  }
}

struct KubeconfigProblem: Error {
  let message: String
  let place: SourceLocation
  var hint: String?
}

private struct KubeconfigReader {
  let root: ManifestValue
  let path: String

  func access(
    context wanted: String?, allowingInsecure: Bool
  ) throws(KubeconfigProblem) -> ClusterAccess {
    let name = try contextName(wanted)
    let context = try entry(name, in: "contexts", body: "context", from: root.location)
    guard let cluster = try text("cluster", of: context) else {
      throw KubeconfigProblem(
        message: "context \(quoted(name)) names no cluster", place: context.location)
    }
    let server = try entry(
      cluster.text, in: "clusters", body: "cluster", from: cluster.location)
    var user: ManifestValue?
    if let named = try text("user", of: context) {
      user = try entry(named.text, in: "users", body: "user", from: named.location)
    }
    if let user { try refuseWhatWeDoNot(user) }
    let access = ClusterAccess(
      server: try address(of: server),
      namespace: try text("namespace", of: context)?.text ?? "default",
      origin: "context \(name) of \(path)",
      trust: try trust(of: server, allowingInsecure: allowingInsecure),
      serverName: try text("tls-server-name", of: server)?.text,
      clientCertificate: try user.flatMap { (user) throws(KubeconfigProblem) in
        try clientCertificate(of: user)
      },
      token: try user.flatMap { (user) throws(KubeconfigProblem) in try token(of: user) })
    try check(access, server: server, user: user)
    return access
  }

  private func contextName(_ wanted: String?) throws(KubeconfigProblem) -> String {
    if let wanted { return wanted }
    if let current = try text("current-context", of: root) { return current.text }
    let names = root["contexts"]?.items.compactMap { $0["name"]?.text } ?? []
    throw KubeconfigProblem(
      message: "no current-context", place: root.location,
      hint: names.isEmpty
        ? "the file has no contexts" : "choose one of \(names.joined(separator: ", "))")
  }

  /// The entry of that name: `clusters: [{name: NAME, cluster: …}]`.
  private func entry(
    _ name: String, in list: StaticString, body: StaticString, from place: SourceLocation
  ) throws(KubeconfigProblem) -> ManifestValue {
    let entries = root[list]?.items.map { $0 } ?? []
    let found = entries.filter { $0["name"]?.text == name }
    guard let entry = found.first else {
      let names = entries.compactMap { $0["name"]?.text }
      let near = NearMiss.of(name, in: names).map { "did you mean \($0)?" }
      throw KubeconfigProblem(
        message: "\(list) has no entry named \(quoted(name))", place: place,
        hint: near ?? (names.isEmpty ? nil : "there is \(names.joined(separator: ", "))"))
    }
    if found.count > 1 {
      throw KubeconfigProblem(
        message: "\(list) has \(found.count) entries named \(quoted(name))",
        place: found[1].location, hint: "the first is on line \(entry.location.line)")
    }
    guard let value = entry[body], value.kind == .mapping else {
      throw KubeconfigProblem(
        message: "\(quoted(name)) of \(list) has no \(body)", place: entry.location)
    }
    return value
  }

  /// The string at `key`; nil when it is missing or empty.
  private func text(
    _ key: StaticString, of mapping: ManifestValue
  ) throws(KubeconfigProblem) -> ManifestValue? {
    guard let value = mapping[key], value.kind != .null else { return nil }
    guard value.kind == .string else {
      throw KubeconfigProblem(message: "\(key) must be a string", place: value.location)
    }
    return value.text.isEmpty ? nil : value
  }

  private func address(of cluster: ManifestValue) throws(KubeconfigProblem) -> ServerAddress {
    guard let field = try text("server", of: cluster) else {
      throw KubeconfigProblem(message: "the cluster has no server", place: cluster.location)
    }
    if let proxy = try text("proxy-url", of: cluster) {
      throw KubeconfigProblem(
        message: "proxy-url: proxies are not supported", place: proxy.location,
        hint: "reach the server directly")
    }
    do throws(ServerAddress.Malformed) {
      return try ServerAddress(field.text)
    } catch {
      throw KubeconfigProblem(
        message: "server is \(quoted(field.text)), \(error.message)", place: field.location)
    }
  }

  private func trust(
    of cluster: ManifestValue, allowingInsecure: Bool
  ) throws(KubeconfigProblem) -> ClusterAccess.Trust {
    let authority = try material("certificate-authority", "certificate-authority-data", of: cluster)
    let flag = cluster["insecure-skip-tls-verify"]
    guard flag?.boolean == true, let flag else {
      return authority.map { .authority($0) } ?? .system
    }
    guard allowingInsecure else {
      throw KubeconfigProblem(
        message: "insecure-skip-tls-verify: anybody on the way could say what is allowed",
        place: flag.location, hint: "name the cluster's certificate-authority instead")
    }
    guard authority == nil else {
      throw KubeconfigProblem(
        message: "insecure-skip-tls-verify beside a certificate-authority", place: flag.location,
        hint: "remove one of them")
    }
    return .nobody
  }

  private func clientCertificate(
    of user: ManifestValue
  ) throws(KubeconfigProblem) -> ClusterAccess.ClientCertificate? {
    let certificate = try material("client-certificate", "client-certificate-data", of: user)
    let key = try material("client-key", "client-key-data", of: user)
    switch (certificate, key) {
    case (nil, nil): return nil
    case (let certificate?, let key?):
      return ClusterAccess.ClientCertificate(certificate: certificate, key: key)
    case (_?, nil):
      throw KubeconfigProblem(
        message: "client-certificate without client-key", place: user.location)
    case (nil, _?):
      throw KubeconfigProblem(
        message: "client-key without client-certificate", place: user.location)
    }
  }

  /// A file that is written anew counts more than a token that stays.
  private func token(of user: ManifestValue) throws(KubeconfigProblem) -> ClusterAccess.Material? {
    if let file = try text("tokenFile", of: user) { return .file(resolved(file.text)) }
    return try text("token", of: user).map { .inline(Array($0.text.utf8)) }
  }

  /// - Parameter data: the same in Base64, which counts if both are there.
  private func material(
    _ file: StaticString, _ data: StaticString, of mapping: ManifestValue
  ) throws(KubeconfigProblem) -> ClusterAccess.Material? {
    if let field = try text(data, of: mapping) {
      guard let bytes = decodedBase64(field.text) else {
        throw KubeconfigProblem(message: "\(data) is no Base64", place: field.location)
      }
      return .inline(bytes)
    }
    return try text(file, of: mapping).map { .file(resolved($0.text)) }
  }

  private func resolved(_ relative: String) -> String {
    guard !relative.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return relative }
    return String(path[...slash]) + relative
  }

  private func refuseWhatWeDoNot(_ user: ManifestValue) throws(KubeconfigProblem) {
    if let plugin = user["exec"], plugin.kind != .null {
      let command = plugin["command"]?.text ?? ""
      throw KubeconfigProblem(
        message: "exec: credentials of the plugin \(quoted(command)) are not supported",
        place: plugin.location,
        hint: "use a service account's token: `kubectl create token`, in token or tokenFile")
    }
    if let plugin = user["auth-provider"], plugin.kind != .null {
      let name = plugin["name"]?.text ?? ""
      throw KubeconfigProblem(
        message: "auth-provider: \(quoted(name)) is not supported, nor by kubectl since 1.26",
        place: plugin.location,
        hint: "use a service account's token: `kubectl create token`, in token or tokenFile")
    }
    for key in ["username", "password"] as [StaticString] {
      guard let field = try text(key, of: user) else { continue }
      throw KubeconfigProblem(
        message: "\(key): servers take no passwords since 1.19", place: field.location,
        hint: "use a token or a client certificate")
    }
    for key in ["as", "as-uid", "as-groups", "as-user-extra"] as [StaticString] {
      guard let field = user[key], field.kind != .null else { continue }
      throw KubeconfigProblem(
        message: "\(key): acting as somebody else is not supported", place: field.location,
        hint: "use the credentials of that user")
    }
  }

  /// Reads certificates, keys and tokens once, to say at their field what is wrong with them.
  private func check(
    _ access: ClusterAccess, server: ManifestValue, user: ManifestValue?
  ) throws(KubeconfigProblem) {
    do throws(CredentialFailure) {
      _ = try CredentialMaterial(access)
    } catch {
      let part = error.part
      let names = [part.rawValue + "-data", part.rawValue, part.rawValue + "File"]
      let member = (part == .authority ? server : user ?? root).members
        .first { names.contains($0.key) }
      throw KubeconfigProblem(
        message: "\(member?.key ?? part.rawValue): \(error.message)",
        place: member?.value.location ?? root.location)
    }
  }
}

import APIServer
import Diagnostics
import KubernetesAPI
import TestSupport
import Testing

@Suite struct KubeconfigTests {
  /// What is read from a kubeconfig, or the headlines of what is wrong with it, without the folder.
  private func read(
    _ text: String, context: String? = nil, allowingInsecure: Bool = false,
    files: [String: String] = [:]
  ) throws -> (access: ClusterAccess?, problems: [String]) {
    let scratch = try Scratch(["config": text].merging(files) { $1 })
    var diagnostics = Diagnostics()
    let access = ClusterAccess(
      kubeconfig: "\(scratch.path)/config", context: context, allowingInsecure: allowingInsecure,
      &diagnostics)
    let problems = diagnostics.all.map { diagnostic in
      let hint = diagnostic.hint.map { "; \($0)" } ?? ""
      return (diagnostic.headline + hint).replacing(scratch.path + "/", with: "")
    }
    #expect((access == nil) != problems.isEmpty)
    return (access, problems)
  }

  private func config(cluster: String = "server: https://10.0.0.1:6443", user: String = "")
    -> String
  {
    """
    apiVersion: v1
    kind: Config
    current-context: dev
    contexts:
    - name: dev
      context: {cluster: one, user: me, namespace: shop}
    - name: prod
      context: {cluster: two}
    clusters:
    - name: one
      cluster: {\(cluster)}
    users:
    - name: me
      user: {\(user)}
    """
  }

  @Test func `the current context says where and who`() throws {
    let access = try #require(try read(config(user: "token: secret")).access)
    #expect(access.server.description == "https://10.0.0.1:6443")
    #expect(access.namespace == "shop")
    #expect(access.origin.hasPrefix("context dev of "))
  }

  @Test func `another context can be named`() throws {
    #expect(
      try read(config(), context: "prod").problems == [
        "config:8:22: error: clusters has no entry named `two` [cluster-access]; there is one"
      ])
    #expect(
      try read(config(), context: "pord").problems == [
        "config:1:1: error: contexts has no entry named `pord` [cluster-access]; "
          + "did you mean prod?"
      ])
  }

  @Test func `files are looked for beside the kubeconfig`() throws {
    let certificates = try TestCertificates.shared.get()
    func file(_ name: String) throws -> String { try certificates.text(name) }
    let text = config(
      cluster: "server: https://h, certificate-authority: pki/ca.crt",
      user: "client-certificate: pki/c.crt, client-key: ./pki/c.key, tokenFile: t")
    let files = [
      "pki/ca.crt": try file("ca.crt"), "pki/c.crt": try file("client.crt"),
      "pki/c.key": try file("client.key"), "t": "secret\n",
    ]
    #expect(try read(text, files: files).problems == [])
  }

  @Test func `certificates may stand in the kubeconfig itself`() throws {
    let certificates = try TestCertificates.shared.get()
    func data(_ name: String) throws -> String {
      encodedBase64(Array(try certificates.text(name).utf8))
    }
    let text = config(
      cluster: "server: https://h, certificate-authority-data: \(try data("ca.crt"))",
      user: "client-certificate-data: \(try data("client.crt")), "
        + "client-key-data: \(try data("client.key"))")
    #expect(try read(text).problems == [])
    let mixed = config(
      user: "client-certificate-data: \(try data("client.crt")), "
        + "client-key-data: \(try data("server.key"))")
    #expect(
      try read(mixed).problems.map { $0.contains("not the key of the client certificate") }
        == [true])
  }

  @Test(arguments: [
    ("server: http://h:8080", "expected https://: without TLS"),
    ("server: h:6443", "expected https://HOST[:PORT]"),
    ("server: 'https://'", "expected a host"),
    ("server: 'https://h:0'", "expected a port from 1 to 65535"),
    ("server: 'https://h:x'", "expected a port from 1 to 65535"),
    ("server: 'https://::1'", "expected an IPv6 address in brackets"),
    ("server: 'https://[::1'", "expected `]` after the IPv6 address"),
    ("server: 'https://u:p@h'", "expected nothing but a host, a port and a path"),
    ("server: 'https://h/?a'", "expected nothing but a host, a port and a path"),
    ("server: [1]", "server must be a string"),
    ("", "the cluster has no server"),
    ("server: https://h, proxy-url: http://p", "proxy-url: proxies are not supported"),
    ("server: https://h, insecure-skip-tls-verify: true", "insecure-skip-tls-verify: anybody"),
    ("server: https://h, certificate-authority: none", "none: No such file or directory"),
    ("server: https://h, certificate-authority: config", "no certificate in PEM"),
    ("server: https://h, certificate-authority-data: '!'", "is no Base64"),
    ("server: https://h, certificate-authority-data: aGVsbG8=", "no certificate in PEM"),
  ])
  func `a cluster that cannot be reached is refused at its line`(
    _ cluster: String, _ words: String
  ) throws {
    let problems = try read(config(cluster: cluster)).problems
    #expect(problems.count == 1)
    #expect(problems.first?.hasPrefix("config:11:") == true, "\(problems)")
    #expect(problems.first?.contains(words) == true, "\(problems)")
  }

  @Test(arguments: [
    ("exec: {command: aws-iam-authenticator}", "credentials of the plugin `aws-iam-authenticator`"),
    ("auth-provider: {name: gcp}", "auth-provider: `gcp` is not supported"),
    ("username: a, password: b", "servers take no passwords since 1.19"),
    ("as: admin", "acting as somebody else is not supported"),
    ("as-groups: [admins]", "acting as somebody else is not supported"),
    ("client-key: k", "client-key without client-certificate"),
    ("client-certificate: c", "client-certificate without client-key"),
    ("tokenFile: none", "tokenFile: "), ("token: 'a b'", "token: no token"),
    ("token: 5", "token must be a string"),
  ])
  func `a user that we cannot be is refused at its line`(
    _ user: String, _ words: String
  ) throws {
    let problems = try read(config(user: user)).problems
    #expect(problems.count == 1)
    #expect(problems.first?.hasPrefix("config:14:") == true, "\(problems)")
    #expect(problems.first?.contains(words) == true, "\(problems)")
  }

  @Test func `what is no kubeconfig is refused`() throws {
    #expect(try read("[]").problems.count == 1)
    #expect(try read("").problems.count == 1)
    #expect(try read("a: [").problems.count == 1)
    #expect(
      try read("contexts: [{name: a}, {name: b}]").problems == [
        "config:1:1: error: no current-context [cluster-access]; choose one of a, b"
      ])
    #expect(
      try read("contexts: [{name: a}, {name: a}]", context: "a").problems == [
        "config:1:23: error: contexts has 2 entries named `a` [cluster-access]; "
          + "the first is on line 1"
      ])
    var diagnostics = Diagnostics()
    #expect(ClusterAccess(kubeconfig: "/nowhere/config", &diagnostics) == nil)
    #expect(
      diagnostics.all.map(\.headline) == [
        "error: kubeconfig /nowhere/config: No such file or directory [cluster-access]"
      ])
  }

  @Test func `an address may have a path and an IPv6 host`() throws {
    let access = try #require(
      try read(config(cluster: "server: 'https://[fd00::1]/k8s/c-1/'")).access)
    #expect(access.server.description == "https://[fd00::1]:443/k8s/c-1")
  }
}

/// RFC 4648 §4.
private func encodedBase64(_ bytes: [UInt8]) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  var text = ""
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[start..<min(start + 3, bytes.count)]
    let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
    for place in 0..<4 {
      text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : "=")
    }
  }
  return text
}

import CNI
import Diagnostics
import Manifests
import NetSets
import Testing

/// What the runtime remembers of each pod, in all forms that runtimes have.
@Suite struct PodAttachmentTests {
  private func read(_ text: String) -> (PodAttachment?, [String]) {
    var diagnostics = Diagnostics()
    let file = ManifestFile(path: "net-1-eth0", bytes: Array(text.utf8))
    let attachment = PodAttachment(cached: file, &diagnostics)
    return (attachment, diagnostics.all.map(\.headline))
  }

  private func cached(_ result: String, arguments: String = "null") -> String {
    """
    {"kind": "cniCacheV1", "containerId": "1", "config": "e30=", "ifName": "eth0",
     "networkName": "net", "cniArgs": \(arguments), "result": \(result)}
    """
  }

  private static let links = """
    [{"name": "cni0", "mac": "02:00:00:00:00:01"}, {"name": "veth1", "mac": "02:00:00:00:00:02"},
     {"name": "eth0", "mac": "02:CC:00:00:00:0a", "sandbox": "/var/run/netns/1"}]
    """

  @Test func `the port, hardware address and addresses are the pod's`() throws {
    let (attachment, problems) = read(
      cached(
        """
        {"cniVersion": "1.0.0", "interfaces": \(Self.links), "ips": [
         {"interface": 2, "address": "10.0.0.5/24", "gateway": "10.0.0.1"},
         {"interface": 2, "address": "fd00::5/64"}, {"interface": 0, "address": "10.9.9.9/24"}]}
        """,
        arguments: """
          [["IgnoreUnknown", "1"], ["K8S_POD_NAMESPACE", "shop"], ["K8S_POD_NAME", "web-0"]]
          """))
    #expect(problems == [])
    let read = try #require(attachment)
    #expect(read.pod == "shop/web-0")
    #expect(read.port == "veth1")
    #expect(read.hardware == HardwareAddress("02:cc:00:00:00:0a"))
    #expect(read.addresses == ["10.0.0.5", "fd00::5"].compactMap { IPAddress($0) })
  }

  @Test func `older runtimes keep the answer alone, with versions of addresses`() throws {
    let (attachment, problems) = read(
      """
      {"cniVersion": "0.3.1", "interfaces": \(Self.links),
       "ips": [{"version": "4", "address": "10.0.0.5/24"}]}
      """)
    #expect(problems == [])
    #expect(attachment?.pod == nil)
    #expect(attachment?.addresses == ["10.0.0.5"].compactMap { IPAddress($0) })
  }

  @Test(arguments: [
    #"{"interfaces": [{"name": "lo", "mac": "00:00:00:00:00:00", "sandbox": "/n"}], "ips": []}"#,
    #"{"interfaces": [{"name": "net1", "mac": "02:00:00:00:00:01", "sandbox": "/n"}]}"#,
    #"{"interfaces": [{"name": "cali1"}], "ips": [{"address": "10.0.0.5/32"}]}"#, "{}",
  ])
  func `what has no port is passed over`(_ result: String) {
    let (attachment, problems) = read(cached(result))
    #expect(attachment == nil && problems == [])
  }

  @Test(arguments: [
    ("[]", "found a list, expected an object"),
    (#"{"ip4": {"ip": "10.0.0.5/24"}}"#, "does not say by which interfaces"),
    (#"{"interfaces": {}}"#, "found an object, expected a list"),
    (#"{"interfaces": [{"name": 5}]}"#, "expected a string"),
    (
      #"{"interfaces": [{"name": "a b"}, {"name": "eth0", "mac": "02:00:00:00:00:01", "sandbox": "/n"}]}"#,
      "is no name of an interface"
    ),
    (
      #"{"interfaces": [{"name": "veth*"}, {"name": "eth0", "mac": "02:00:00:00:00:01", "sandbox": "/n"}]}"#,
      "is no name of an interface"
    ),
    (
      #"{"interfaces": [{"name": "veth0"}, {"name": "eth0", "sandbox": "/n"}]}"#,
      "has no hardware address"
    ),
    (
      #"{"interfaces": [{"name": "veth0"}, {"name": "eth0", "mac": "2:0:0:0:0:1", "sandbox": "/n"}]}"#,
      "has no hardware address"
    ),
    (
      #"{"interfaces": [{"name": "veth0"}, {"name": "eth0", "mac": "02:00:00:00:00:01", "sandbox": "/n"}], "ips": [{"address": "10.0.0/24"}]}"#,
      "is no address"
    ),
  ])
  func `what cannot be understood is said, and nothing made of it`(
    _ result: String, _ words: String
  ) {
    let (attachment, problems) = read(cached(result))
    #expect(attachment == nil)
    #expect(problems.count == 1 && problems.allSatisfy { $0.contains(words) }, "\(problems)")
  }

  @Test(arguments: ["", "{", "{\"result\": }", "a: b: c", "[1, 2"])
  func `a file that was cut short is an error`(_ text: String) {
    let (attachment, problems) = read(text)
    #expect(attachment == nil && !problems.isEmpty)
  }

  @Test func `a hardware address makes the address of its link`() throws {
    let hardware = try #require(HardwareAddress("02:cc:00:00:00:0a"))
    #expect(hardware.linkLocal == IPAddress("fe80::cc:ff:fe00:a"))
    #expect("\(hardware)" == "02:cc:00:00:00:0a")
    for text in ["", "02:cc:00:00:00", "02:cc:00:00:00:0a:01", "02:cc:00:00:00:+a", "gg:0:0:0:0:0"]
    {
      #expect(HardwareAddress(text) == nil)
    }
  }
}

import Host
import TestSupport
import Testing

/// `netpolc doctor` as a user runs it, on files that are laid out for it.
@Suite struct DoctorTests {
  /// A node with a bridge, whose packets meet no rules.
  private func node() throws -> Scratch {
    try Scratch([
      "host/etc/cni/net.d/10-pods.conflist": """
      {"cniVersion": "1.0.0", "name": "pods", "plugins": [{"type": "bridge", "bridge": "cni0",
        "ipam": {"type": "host-local", "subnet": "10.244.1.0/24"}}]}
      """,
      "host/proc/sys/net/ipv4/ip_forward": "1\n",
      "host/proc/sys/net/bridge/bridge-nf-call-iptables": "0\n",
      "host/proc/sys/net/bridge/bridge-nf-call-ip6tables": "1\n",
      "host/proc/sys/net/netfilter/nf_conntrack_max": "100\n",
      "host/proc/sys/net/netfilter/nf_conntrack_count": "1\n",
      "host/proc/sys/net/netfilter/nf_conntrack_tcp_loose": "1\n",
    ])
  }

  @Test func `a finding has its reason, what mends it, and a verdict at the end`() throws {
    let result = try node().netpolc("doctor", "--root", "host")
    #expect(result.status == 1)
    #expect(result.errors == "")
    let lines = result.output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("  error   bridge-netfilter") }, "\(result.output)")
    for text in [
      "container network", "packets' path", "other firewalls", "kernel",
      "bridge, by /etc/cni/net.d/10-pods.conflist", "[bridge-netfilter-off]", " why  packets",
      " fix  load", "$ sysctl -w net.bridge.bridge-nf-call-iptables=1",
    ] {
      #expect(result.output.contains(text), "\(text)")
    }
    #expect(lines.last?.hasPrefix("Policy would not hold on this node (") == true)
    #expect(!result.output.contains("\u{1b}"))
    let coloured = try node().netpolc("doctor", "--root", "host", "--color", "always")
    #expect(coloured.output.contains("\u{1b}[31merror"))
  }

  @Test func `the commands that mend are a script that a shell takes`() throws {
    let scratch = try node()
    let result = try scratch.netpolc("doctor", "--root", "host", "--fix-commands")
    #expect(result.status == 1)
    #expect(result.output.hasPrefix("#!/bin/sh\n"))
    #expect(result.output.contains("\nsysctl -w net.bridge.bridge-nf-call-iptables=1\n"))
    try scratch.write("mend.sh", result.output)
    #expect(try scratch.run(["sh", "-n", "mend.sh"]).errors == "")
  }

  @Test func `commands for another namespace are run in it, and nothing is kept for the machine`()
    throws
  {
    // Its own namespace, under another name.
    let path = "/proc/self/ns/net"
    let result = try node().netpolc(
      "doctor", "--root", "host", "--netns", path, "--fix-commands")
    let mending = "nsenter --net=\(path) sysctl -w net.bridge.bridge-nf-call-iptables=1\n"
    #expect(result.output.contains(mending), "\(result.output)\(result.errors)")
    #expect(!result.output.contains("sysctl.d"))
  }

  @Test func `a directory or a namespace that is not there is said`() throws {
    let scratch = try Scratch()
    let root = try scratch.netpolc("doctor", "--root", "nowhere")
    #expect(root.status == 3)
    #expect(root.errors == "netpolc: nowhere: No such file or directory\n")
    let namespace = try scratch.netpolc("doctor", "--netns", "nowhere")
    #expect(namespace.status == 3)
    #expect(namespace.errors == "netpolc: /run/netns/nowhere: No such file or directory\n")
  }
}

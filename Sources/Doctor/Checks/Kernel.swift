import CNI

extension Check {
  /// Whether this process may do what `apply` does.
  static let capability = Check(name: "capability", group: .kernel) { node in
    node.capabilities.outcome { capabilities in
      if capabilities.administersNetworks { return .fine("CAP_NET_ADMIN") }
      return .unknown(
        """
        this process has no CAP_NET_ADMIN, without which no ruleset can be loaded and none be seen: \
        run as root, or give the container the capability NET_ADMIN
        """)
    }
  }

  /// Whether the kernel takes what rulesets are made of.
  static let kernelFeatures = Check(name: "kernel-features", group: .kernel) { node in
    node.missingFeatures.outcome { missing in
      let findings = missing.map { feature in
        NodeFinding(
          feature.neededBy == nil ? .error : .warning, "kernel-feature-missing",
          what: "the kernel does not take \(feature.name): \(feature.reason)",
          why: feature.neededBy.map { "it is needed for \($0)" }
            ?? "every ruleset has it: none can be loaded",
          fix: Fix(
            "use a kernel that was built with \(feature.option)",
            feature.module.map { [.onMachine("modprobe \($0)")] } ?? []))
      }
      return .of(findings, else: "the kernel takes all that rulesets need")
    }
  }

  /// Whether there is a ruleset of ours.
  static let ownTables = Check(name: "netpolc", group: .kernel) { node in
    node.ownTables.outcome { tables in
      var tables = tables
      if node.firewall.value?.chainNames.contains("NPC-FORWARD") == true {
        tables.append("chains of the iptables backend")
      }
      if tables.isEmpty { return .fine("no ruleset of netpolc is loaded yet") }
      return .fine("loaded: \(tables.joined(separator: ", "))")
    }
  }
}

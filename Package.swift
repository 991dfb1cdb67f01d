// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is compiled with: no implicit existentials, imports that say what
/// they use, and no warning that anybody could get used to.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "netpolc",
  products: [
    .executable(name: "netpolc", targets: ["netpolc"]),
    .executable(name: "netpolc-agent", targets: ["netpolc-agent"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    // HTTP for the node agent. The command line does not link these.
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
  ],
  targets: [
    // What we say about the user's input.
    .target(name: "Diagnostics", swiftSettings: strict),
    // Addresses, prefixes, ports and protocols, with set algebra.
    .target(name: "NetSets", swiftSettings: strict),
    // YAML and JSON to values that know their place.
    .systemLibrary(
      name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(name: "Manifests", dependencies: ["CYaml", "Diagnostics"], swiftSettings: strict),
    // The objects we read.
    .target(
      name: "Kubernetes", dependencies: ["Diagnostics", "Manifests", "NetSets"],
      swiftSettings: strict),
    // Policies with selectors, the graph with addresses, and what a graph means.
    .target(
      name: "PolicyModel", dependencies: ["Diagnostics", "Kubernetes", "NetSets"],
      swiftSettings: strict),
    // One folder per policy API.
    .target(
      name: "Dialects",
      dependencies: ["Diagnostics", "Kubernetes", "Manifests", "NetSets", "PolicyModel"],
      swiftSettings: strict),
    // nftables objects as values; knows no policy.
    .target(name: "Nftables", dependencies: ["NetSets"], swiftSettings: strict),
    // Rules of iptables and sets of ipset as values; knows no policy.
    .target(name: "Iptables", dependencies: ["NetSets"], swiftSettings: strict),
    // Follows a cluster's objects over HTTPS; what they mean is for others.
    .target(
      name: "KubernetesAPI",
      dependencies: [
        "Diagnostics", "Host", "Manifests",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ], swiftSettings: strict),
    // By which source addresses connections leave a node.
    .target(
      name: "Masquerade",
      dependencies: ["CNI", "Diagnostics", "Kubernetes", "Manifests", "NetSets"],
      swiftSettings: strict),
    // One folder per firewall.
    .target(
      name: "Backends",
      dependencies: [
        "Diagnostics", "Iptables", "Masquerade", "NetSets", "Nftables", "PolicyModel",
      ],
      swiftSettings: strict),
    // The stages in order.
    .target(
      name: "Compiler",
      dependencies: [
        "Diagnostics", "Dialects", "Kubernetes", "Manifests", "NetSets", "PolicyModel",
      ],
      swiftSettings: strict),
    // Makes a kernel hold a ruleset, and remembers what it held.
    .target(
      name: "Apply", dependencies: ["Host", "Iptables", "NetSets", "Nftables"],
      swiftSettings: strict),
    // Options that both programs have.
    .target(
      name: "Options",
      dependencies: [
        "Apply", "Backends", "CNI", "Kubernetes", "Masquerade", "NetSets",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),
    // Packets that rules logged, as records with names.
    .target(
      name: "Denials",
      dependencies: ["Backends", "Diagnostics", "Host", "NetSets", "Netfilter", "PolicyModel"],
      swiftSettings: strict),
    // Compiles for one node, following changes.
    .target(
      name: "Incremental",
      dependencies: [
        "Backends", "Compiler", "Diagnostics", "Iptables", "Kubernetes", "Masquerade", "NetSets",
        "Nftables", "PolicyModel",
      ], swiftSettings: strict),
    // Ends connections that are denied now.
    .target(
      name: "OpenFlows", dependencies: ["Apply", "Host", "NetSets", "Netfilter", "Nftables"],
      swiftSettings: strict),
    // Keeps a node as a cluster wants it.
    .target(
      name: "Agent",
      dependencies: [
        "Apply", "Backends", "CNI", "Compiler", "Denials", "Diagnostics", "Host", "Incremental",
        "Iptables", "Kubernetes", "Manifests", "Masquerade", "NetSets", "Netfilter", "Nftables",
        "OpenFlows",
        "PolicyModel",
      ], swiftSettings: strict),
    // Answers from a graph.
    .target(
      name: "Analysis", dependencies: ["Diagnostics", "Kubernetes", "NetSets", "PolicyModel"],
      swiftSettings: strict),
    // What files of tests say that policies allow, and whether it is so.
    .target(
      name: "Assertions",
      dependencies: [
        "Analysis", "Diagnostics", "Kubernetes", "Manifests", "NetSets", "PolicyModel",
      ], swiftSettings: strict),
    // Findings in the formats of other programs.
    .target(name: "Reports", dependencies: ["Diagnostics"], swiftSettings: strict),
    // What is suspicious about policies: one file a rule.
    .target(
      name: "Lint",
      dependencies: [
        "Analysis", "Compiler", "Diagnostics", "Kubernetes", "Manifests", "NetSets", "PolicyModel",
        "Reports",
      ],
      swiftSettings: strict),
    // How container networks attach pods, and the files that say which one a node has.
    .target(
      name: "CNI", dependencies: ["Diagnostics", "Kubernetes", "Manifests", "NetSets"],
      swiftSettings: strict),
    // Whether policy would hold on a node: what is seen of it, one file a check.
    .target(
      name: "Doctor",
      dependencies: [
        "CNI", "Diagnostics", "Host", "Manifests", "NetSets", "Netfilter", "Nftables",
      ], swiftSettings: strict),
    // How many pods a cloud's instances have addresses for.
    .target(name: "Capacity", dependencies: ["Diagnostics"], swiftSettings: strict),
    // JSON Schemas of what the commands print.
    .target(name: "Schemas", dependencies: ["Diagnostics"], swiftSettings: strict),
    // Boxes and arrows, laid out; knows nothing of what they stand for.
    // Rounding is in the mathematics library, which only Glibc's module would link by itself.
    .target(
      name: "Picture", swiftSettings: strict, linkerSettings: [.linkedLibrary("m")]),
    .executableTarget(
      name: "netpolc",
      dependencies: [
        "Analysis", "Apply", "Assertions", "Backends", "CNI", "Capacity", "Compiler", "Denials",
        "Diagnostics", "Doctor", "Host", "Iptables", "Kubernetes", "Lint", "Manifests",
        "Masquerade", "NetSets", "Netfilter", "Nftables", "OpenFlows", "Options",
        "Picture",
        "PolicyModel", "Reports",
        "Schemas",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    // What benchmarks share: clusters of any size, and figures.
    .target(name: "BenchSupport", swiftSettings: strict),
    // `make bench`.
    .executableTarget(
      name: "netpolc-bench",
      dependencies: [
        "Agent", "Apply", "Backends", "BenchSupport", "CLinux", "Compiler", "Diagnostics", "Host",
        "Incremental", "Kubernetes", "Manifests", "NetSets", "Netfilter", "Nftables",
        "PolicyModel",
      ], swiftSettings: strict),
    // The objects of a cluster for an agent.
    .target(
      name: "APISource",
      dependencies: [
        "Agent", "Denials", "Diagnostics", "Dialects", "Host", "Incremental", "Kubernetes",
        "KubernetesAPI", "Manifests",
      ],
      swiftSettings: strict),
    // Answers who asks how an agent is.
    .target(
      name: "StatusServer",
      dependencies: [
        "Host",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], swiftSettings: strict),
    // The node agent.
    .executableTarget(
      name: "netpolc-agent",
      dependencies: [
        "APISource", "Agent", "Apply", "Backends", "CNI", "Compiler", "Denials", "Diagnostics",
        "Doctor",
        "Host", "KubernetesAPI", "Manifests", "Masquerade", "Netfilter", "Options",
        "StatusServer",
        // Not imported. An agent's loop holds their values, and the module of the loop stays the same
        // when only their layout changes: without these it would be compiled for the old one.
        "Incremental", "Iptables", "Kubernetes", "NetSets", "Nftables", "OpenFlows", "PolicyModel",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),
    // Linux calls that Swift's Glibc module leaves out.
    .systemLibrary(name: "CLinux"),
    // Files, processes and network namespaces: all that is not netlink of the system we run on.
    .target(name: "Host", dependencies: ["CLinux", "NetSets"], swiftSettings: strict),
    // libnftnl, and the kernel's numbers for nftables and conntrack.
    .systemLibrary(
      name: "CNetfilter", pkgConfig: "libnftnl",
      providers: [.apt(["libnftnl-dev", "libmnl-dev"])]),
    // nftables and conntrack of a network namespace, over netlink.
    .target(
      name: "Netfilter", dependencies: ["CNetfilter", "Host", "NetSets", "Nftables"],
      swiftSettings: strict),
    // What tests share: golden files, generated clusters, network namespaces with pods in them.
    .target(
      name: "TestSupport",
      dependencies: [
        "CLinux", "Compiler", "Denials", "Diagnostics", "Host", "Iptables", "Kubernetes",
        "Manifests", "NetSets", "Netfilter", "Nftables", "PolicyModel",
      ],
      path: "Tests/TestSupport", swiftSettings: strict),
    // An API server for tests, over TLS on loopback.
    .target(
      name: "APIServer",
      dependencies: [
        "Diagnostics", "Host", "Manifests",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ], path: "Tests/APIServer", swiftSettings: strict),
    // How long a list of many objects takes.
    .executableTarget(
      name: "api-bench", dependencies: ["APIServer", "Diagnostics", "KubernetesAPI"],
      path: "Tests/APIBench", swiftSettings: strict),
    // `make bench-agent`.
    .executableTarget(
      name: "agent-bench",
      dependencies: [
        "APIServer", "BenchSupport", "Diagnostics", "Host", "Manifests", "NetSets", "Netfilter",
        "Nftables", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Tests/AgentBench", swiftSettings: strict),
    .testTarget(
      name: "KubernetesAPITests",
      dependencies: [
        "APIServer", "Compiler", "Diagnostics", "Kubernetes", "KubernetesAPI", "Manifests",
        "PolicyModel", "TestSupport",
      ],
      swiftSettings: strict),
    // What is written to an API server.
    .testTarget(
      name: "APISourceTests",
      dependencies: [
        "APIServer", "APISource", "Agent", "Denials", "Diagnostics", "Kubernetes", "KubernetesAPI",
        "Manifests", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CNITests", dependencies: ["CNI", "Diagnostics", "Manifests", "NetSets"],
      swiftSettings: strict),
    .testTarget(name: "NetSetsTests", dependencies: ["NetSets"], swiftSettings: strict),
    .testTarget(
      name: "ManifestsTests", dependencies: ["Diagnostics", "Manifests", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "NftablesTests", dependencies: ["NetSets", "Nftables", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "IptablesTests",
      dependencies: [
        "Backends", "Iptables", "Masquerade", "NetSets", "PolicyModel", "TestSupport",
      ],
      swiftSettings: strict),
    // What policies mean, rule by rule, and against lists of cases from elsewhere.
    .testTarget(
      name: "SemanticsTests",
      dependencies: [
        "Backends", "Compiler", "Diagnostics", "Manifests", "NetSets", "Nftables",
        "PolicyModel",
        "TestSupport",
      ],
      swiftSettings: strict),
    // By which source addresses connections leave, from files to rules.
    .testTarget(
      name: "MasqueradeTests",
      dependencies: [
        "Backends", "Compiler", "Diagnostics", "Iptables", "Kubernetes", "Manifests", "Masquerade",
        "NetSets", "Nftables", "PolicyModel", "TestSupport",
      ], swiftSettings: strict),
    .testTarget(
      name: "ApplyTests",
      dependencies: ["Apply", "Host", "Iptables", "NetSets", "Nftables", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "BackendsTests",
      dependencies: [
        "Backends", "Compiler", "Diagnostics", "Host", "Iptables", "Kubernetes", "NetSets",
        "Nftables",
        "PolicyModel", "TestSupport",
      ], swiftSettings: strict),
    // Text to ruleset, with the inputs nobody would write.
    .testTarget(
      name: "PipelineTests",
      dependencies: [
        "Agent", "Analysis", "Backends", "Compiler", "Diagnostics", "Incremental", "Iptables",
        "Kubernetes", "Lint", "Manifests", "NetSets", "Nftables", "PolicyModel", "Reports",
        "TestSupport",
      ], swiftSettings: strict),
    // What tests of users say, against decisions.
    .testTarget(
      name: "AssertionsTests",
      dependencies: [
        "Analysis", "Assertions", "Compiler", "Diagnostics", "Host", "Kubernetes", "Manifests",
        "NetSets", "PolicyModel", "TestSupport",
      ], swiftSettings: strict),
    .testTarget(
      name: "ReportsTests", dependencies: ["Diagnostics", "Manifests", "Reports"],
      swiftSettings: strict),
    // The built program, as a user runs it.
    .testTarget(
      name: "CLITests",
      dependencies: [
        "Diagnostics", "Host", "Manifests", "NetSets", "Nftables", "TestSupport", "netpolc",
        "netpolc-agent",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "NetfilterTests",
      dependencies: [
        "Apply", "Backends", "CLinux", "Compiler", "Host", "NetSets", "Netfilter", "Nftables",
        "PolicyModel", "TestSupport",
      ], swiftSettings: strict),
    .testTarget(
      name: "AgentTests",
      dependencies: [
        "Agent", "Apply", "Backends", "CNI", "Compiler", "Diagnostics", "Host", "Incremental",
        "Kubernetes", "Manifests", "Masquerade", "NetSets", "Netfilter", "Nftables", "PolicyModel",
        "TestSupport",
      ], swiftSettings: strict),
    .testTarget(
      name: "IncrementalTests",
      dependencies: [
        "Apply", "Backends", "Compiler", "Diagnostics", "Incremental", "Kubernetes", "Manifests",
        "Masquerade", "NetSets", "Nftables", "PolicyModel", "TestSupport",
      ], swiftSettings: strict),
    .testTarget(
      name: "DenialsTests",
      dependencies: [
        "Backends", "Compiler", "Denials", "Diagnostics", "Host", "Incremental", "Kubernetes",
        "NetSets",
        "Netfilter", "PolicyModel", "TestSupport",
      ], swiftSettings: strict),
    .testTarget(
      name: "LintTests",
      dependencies: [
        "Analysis", "Compiler", "Diagnostics", "Lint", "Manifests", "PolicyModel", "Reports",
        "TestSupport",
      ], swiftSettings: strict),
    .testTarget(
      name: "OracleTests",
      dependencies: [
        "Analysis", "Backends", "Compiler", "Diagnostics", "Iptables", "Kubernetes", "NetSets",
        "Nftables",
        "PolicyModel", "TestSupport",
      ], swiftSettings: strict),
    .testTarget(
      name: "GoldenTests",
      dependencies: [
        "Backends", "Compiler", "Diagnostics", "Host", "Iptables", "Lint", "Manifests", "NetSets",
        "Netfilter",
        "Nftables", "PolicyModel", "Reports", "TestSupport",
      ], swiftSettings: strict),
    // What programs are deployed by, against the programs.
    .testTarget(
      name: "DeployTests",
      dependencies: [
        "APISource", "Agent", "Apply", "Denials", "Diagnostics", "Host", "Incremental",
        "KubernetesAPI", "Manifests", "NetSets", "Netfilter", "PolicyModel", "TestSupport",
        "netpolc",
        "netpolc-agent",
      ], swiftSettings: strict),
    .testTarget(
      name: "StructureTests", dependencies: ["Dialects", "Host", "Schemas"], swiftSettings: strict),
    // What a node must look like for each finding, by its files and by values.
    .testTarget(
      name: "DoctorTests",
      dependencies: [
        "CNI", "Diagnostics", "Doctor", "Host", "Manifests", "NetSets", "Nftables", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CapacityTests", dependencies: ["Capacity", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "PictureTests", dependencies: ["Picture", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "LiveTests",
      dependencies: [
        "APIServer", "Apply", "Backends", "Compiler", "Diagnostics", "Host", "Iptables",
        "Kubernetes", "Manifests", "Masquerade", "NetSets", "Netfilter", "Nftables", "OpenFlows",
        "PolicyModel", "TestSupport", "netpolc", "netpolc-agent",
      ], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)

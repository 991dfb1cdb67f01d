import APISource
import Host
import KubernetesAPI
import Manifests
import TestSupport
import Testing

/// The manifests, against the programs that they start.
@Suite struct ManifestTests {
  private static let base = "kustomize/base/daemonset.yaml"
  private static let uninstall = "kustomize/uninstall/daemonset.yaml"
  private static let metrics = "kustomize/monitoring/metrics.yaml"

  @Test func `every manifest can be read`() throws {
    let paths = try DeployFiles.paths().filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".json") }
    #expect(paths.count >= 10)
    for path in paths { #expect(try !DeployFiles.documents(path).isEmpty, "\(path)") }
  }

  @Test(arguments: ["base", "deny-events", "monitoring", "uninstall"])
  func `a kustomization names files that there are, and all of them`(_ name: String) throws {
    let folder = "kustomize/\(name)"
    let document = try #require(DeployFiles.documents("\(folder)/kustomization.yaml").first)
    let patches = document["patches"]?.items.compactMap { $0["path"]?.text } ?? []
    let named = (document["resources"]?.texts ?? []) + patches
    for file in named { #expect(exists("\(DeployFiles.root)/deploy/\(folder)/\(file)"), "\(file)") }
    let there = try DeployFiles.paths(below: folder).map { String($0.dropFirst(folder.count + 1)) }
    #expect(Set(there).subtracting(named) == ["kustomization.yaml"])
  }

  @Test func `the agent may read what it follows, and do nothing else`() throws {
    let role = try DeployFiles.object("ClusterRole", in: "kustomize/base/rbac.yaml")
    var granted: Set<String> = []
    for rule in try #require(role["rules"]).items {
      #expect(rule["verbs"]?.texts == ["list", "watch"])
      for group in rule["apiGroups"]?.texts ?? [] {
        for resource in rule["resources"]?.texts ?? [] {
          granted.insert(group.isEmpty ? resource : "\(resource).\(group)")
        }
      }
    }
    #expect(granted == Set(APISource.resources.map(\.name)))
  }

  @Test func `who tells of denied packets may write Events, and nothing else`() throws {
    let rbac = "kustomize/deny-events/rbac.yaml"
    let role = try DeployFiles.object("ClusterRole", in: rbac)
    let rules = try #require(role["rules"]).items.map(\.self)
    #expect(rules.map { $0["verbs"]?.texts } == [["create", "patch"]])
    #expect(rules.map { $0["apiGroups"]?.texts } == [[APIResource.events.group]])
    #expect(rules.map { $0["resources"]?.texts } == [[APIResource.events.plural]])
    let binding = try DeployFiles.object("ClusterRoleBinding", in: rbac)
    #expect(binding.at("roleRef", "name")?.text == role.at("metadata", "name")?.text)
    let base = try DeployFiles.object("ClusterRoleBinding", in: "kustomize/base/rbac.yaml")
    #expect(binding["subjects"]?.leaves == base["subjects"]?.leaves)
  }

  @Test func `parts set options by variables that the agent knows`() throws {
    let agent = try DeployFiles.object("DaemonSet", in: "kustomize/deny-events/agent.yaml")
    let variables = agent.podSpec?["containers"]?.items.flatMap {
      $0["env"]?.items.map(\.self) ?? []
    }
    let settings = try #require(variables).map {
      ($0["name"]?.text ?? "", $0["value"]?.text ?? "")
    }
    #expect(settings.map(\.0) == ["NETPOLC_DENY_EVENTS"])
    let printed = try runProcess(
      ["env"] + settings.map { "\($0.0)=\($0.1)" } + [Program.agentPath, "--print-config"])
    #expect(printed.output.contains("deny-events: true"), "\(printed.output)\(printed.errors)")
  }

  @Test func `the role is bound to the account that the agent has`() throws {
    let account = try DeployFiles.object("ServiceAccount", in: "kustomize/base/rbac.yaml")
    let role = try DeployFiles.object("ClusterRole", in: "kustomize/base/rbac.yaml")
    let binding = try DeployFiles.object("ClusterRoleBinding", in: "kustomize/base/rbac.yaml")
    let agent = try DeployFiles.object("DaemonSet", in: Self.base)
    let name = account.at("metadata", "name")?.text
    let namespace = account.at("metadata", "namespace")?.text
    let subjects = try #require(binding["subjects"]).items.map(\.self)
    #expect(subjects.map { $0["name"]?.text } == [name])
    #expect(subjects.map { $0["namespace"]?.text } == [namespace])
    #expect(binding.at("roleRef", "name")?.text == role.at("metadata", "name")?.text)
    #expect(agent.podSpec?["serviceAccountName"]?.text == name)
    #expect(agent.at("metadata", "namespace")?.text == namespace)
  }

  @Test(arguments: [base, uninstall, metrics])
  func `options and commands are those of the programs`(_ path: String) throws {
    let daemonSet = try DeployFiles.object("DaemonSet", in: path)
    // A patch names the container whose image and command the base has.
    let containers =
      path == Self.metrics
      ? daemonSet.podSpec?["containers"]?.items.map(\.self) ?? [] : daemonSet.ownContainers
    #expect(containers.count == 1)
    for container in containers {
      let command = container["command"]?.texts ?? ["netpolc-agent"]
      let arguments = command.dropFirst() + (container["args"]?.texts ?? [])
      try ProgramOptions(of: command).check(Array(arguments), in: path)
    }
  }

  @Test(arguments: [base, uninstall])
  func `a container has one capability and a root that it cannot write`(_ path: String) throws {
    let daemonSet = try DeployFiles.object("DaemonSet", in: path)
    let container = try #require(daemonSet.ownContainers.first)
    let context = try #require(container["securityContext"])
    #expect(context.at("capabilities", "drop")?.texts == ["ALL"])
    #expect(context.at("capabilities", "add")?.texts == ["NET_ADMIN"])
    #expect(context["readOnlyRootFilesystem"]?.boolean == true)
    #expect(context["allowPrivilegeEscalation"]?.boolean == false)
    #expect(daemonSet.podSpec?["hostNetwork"]?.boolean == true)
  }

  @Test(arguments: [base, uninstall])
  func `what is kept is kept where the programs look for it`(_ path: String) throws {
    let daemonSet = try DeployFiles.object("DaemonSet", in: path)
    let container = try #require(daemonSet.ownContainers.first)
    let options = try ProgramOptions(of: container["command"]?.texts ?? [])
    let mounts = container["volumeMounts"]?.items.compactMap { $0["mountPath"]?.text }
    let volumes = daemonSet.podSpec?["volumes"]?.items.compactMap {
      $0.at("hostPath", "path")?.text
    }
    let directory = try #require(options.defaultValue(of: "--state-dir"))
    #expect(mounts == [directory])
    #expect(volumes == [directory])
  }

  @Test func `no second agent begins beside the first, by fields that every server knows`() throws {
    let agent = try DeployFiles.object("DaemonSet", in: Self.base)
    let update = try #require(agent.at("spec", "updateStrategy"))
    #expect(update["type"]?.text == "RollingUpdate")
    // With maxSurge, API servers before 1.21 take nothing of it.
    #expect(update["rollingUpdate"]?.members.map(\.key) == ["maxUnavailable"])
  }

  @Test func `probes ask where the agent answers`() throws {
    let agent = try DeployFiles.object("DaemonSet", in: Self.base)
    let container = try #require(agent.ownContainers.first)
    let answers = try ProgramOptions(of: ["netpolc-agent"]).defaultValue(of: "--health-bind")
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
      let get = try #require(container.at(probe, "httpGet"))
      #expect("\(get["host"]?.text ?? ""):\(get["port"]?.text ?? "")" == answers, "\(probe)")
    }
  }

  @Test func `Prometheus asks the port at which metrics are answered`() throws {
    let patch = try DeployFiles.object("DaemonSet", in: Self.metrics)
    let container = try #require(patch.podSpec?["containers"]?.items.first { _ in true })
    let port = try #require(container["ports"]?.items.first { _ in true })
    let number = try #require(port["containerPort"]?.text)
    #expect(container["args"]?.texts == ["--metrics-bind=[$(HOST_IP)]:\(number)"])
    let monitor = try DeployFiles.object("PodMonitor", in: "kustomize/monitoring/podmonitor.yaml")
    let endpoints = monitor.at("spec", "podMetricsEndpoints")?.items.map(\.self) ?? []
    #expect(endpoints.map { $0["port"]?.text } == [port["name"]?.text])
    let agent = try DeployFiles.object("DaemonSet", in: Self.base)
    let selector = monitor.at("spec", "selector", "matchLabels")?.leaves
    #expect(selector == agent.at("spec", "template", "metadata", "labels")?.leaves)
  }

  @Test func `images have the version of the programs`() throws {
    let version = try runProcess([Program.agentPath, "--version"]).output.dropLast()
    #expect(try runProcess([Program.path, "--version"]).output.dropLast() == version)
    for name in ["base", "uninstall"] {
      let file = "kustomize/\(name)/kustomization.yaml"
      let images = try #require(DeployFiles.documents(file).first)["images"]?.items.map(\.self)
      #expect(images?.map { $0["newTag"]?.text } == ["\(version)"], "\(name)")
    }
  }

  @Test(.enabled(if: findExecutable("kubectl") != nil, "kubectl is not installed."))
  func `install.yaml is what the base gives`() throws {
    let made = try runProcess(["kubectl", "kustomize", "\(DeployFiles.root)/deploy/kustomize/base"])
    #expect(made.status == 0, "\(made.errors)")
    let expected = try parse(yaml: made.output).map(\.leaves)
    #expect(expected.count == 4)
    #expect(try DeployFiles.documents("install.yaml").map(\.leaves) == expected)
  }

  @Test(.enabled(if: findExecutable("kubectl") != nil, "kubectl is not installed."))
  func `Events can be added to monitoring, and take nothing of it away`() throws {
    let scratch = try Scratch([
      "mine/kustomization.yaml": """
      resources: [../kustomize/monitoring]
      components: [../kustomize/deny-events]
      """
    ])
    let copied = try runProcess([
      "cp", "-r", "\(DeployFiles.root)/deploy/kustomize", scratch.path,
    ])
    #expect(copied.status == 0, "\(copied.errors)")
    let made = try runProcess(["kubectl", "kustomize", "\(scratch.path)/mine"])
    #expect(made.status == 0, "\(made.errors)")
    let agent = try #require(try parse(yaml: made.output).first { $0["kind"]?.text == "DaemonSet" })
    let container = try #require(agent.ownContainers.first)
    #expect(container["args"]?.texts.count == 1)
    let names = container["env"]?.items.compactMap { $0["name"]?.text } ?? []
    #expect(Set(names) == ["HOST_IP", "NETPOLC_DENY_EVENTS", "NODE_NAME"])
  }

  @Test(
    .enabled(if: findExecutable("kubectl") != nil, "kubectl is not installed."),
    arguments: ["monitoring", "uninstall"])
  func `kustomize takes the others too`(_ name: String) throws {
    let made = try runProcess([
      "kubectl", "kustomize", "\(DeployFiles.root)/deploy/kustomize/\(name)",
    ])
    #expect(made.status == 0, "\(made.errors)")
    let daemonSets = try parse(yaml: made.output).filter { $0["kind"]?.text == "DaemonSet" }
    #expect(daemonSets.count == 1)
    // A patch that hit nothing, or replaced what it should add to, would leave none.
    for daemonSet in daemonSets { #expect(daemonSet.ownContainers.count == 1) }
  }
}

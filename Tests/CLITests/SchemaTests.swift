import Host
import Manifests
import TestSupport
import Testing

/// Every JSON output, held against the schema that `netpolc schema` prints for it.
@Suite struct SchemaTests {
  /// How an output is made, in a directory that holds the shop and all the examples.
  struct Output: Sendable, CustomStringConvertible {
    let schema: String
    /// Of a shell; `netpolc` is the program under test.
    let command: String
    /// Whether it changes a kernel, in a network namespace of its own.
    var needsKernel = false

    var description: String { command }
  }

  static let outputs = [
    Output(schema: "netpolc.graph/v1", command: "netpolc compile -f shop -o graph-json"),
    Output(
      schema: "netpolc.graph/v1",
      command: "for e in examples/*; do netpolc compile -f $e -o graph-json; done"),
    Output(
      schema: "netpolc.source-map/v1",
      command: "netpolc compile -f shop --source-map m.json >n.nft; cat m.json"),
    Output(
      schema: "netpolc.source-map/v1",
      command: """
        for e in examples/*; do netpolc compile -f $e --source-map m.json >n.nft; cat m.json; done
        """),
    Output(
      schema: "netpolc.explain/v1",
      command: """
        for to in shop/web-0 shop/db-0 10.9.9.9 internet; do
          netpolc explain -f shop shop/web-0 $to 8080 -o json
          netpolc explain -f shop 10.9.9.9 $to icmp -o json --node n1 --rules
        done
        netpolc explain -f examples/web-api-db shop/report kube-system/coredns 54/UDP -o json
        netpolc explain -f examples/audit shop/report shop/db 5432 -o json
        netpolc explain -f shop shop/api-0 shop/web-0 80 -o json
        netpolc explain -f shop shop/api-0 shop/web-0 80 -o json --rules --backend iptables
        for masq in "--masq-from 10.244.0.0/16" "--masq-from 0.0.0.0/0 --masq-to 192.0.2.1" \
          "--masq-from 10.9.0.0/16 --masq-out-iface eth0" "--masq-config agent" \
          "--masq-config agent --masq override --masq-from 10.0.0.0/8"; do
          echo 'nonMasqueradeCIDRs: [10.0.0.0/8]' >agent
          for from in shop/web-0 10.9.9.9 192.168.0.11; do
            netpolc explain -f shop $from 203.0.113.9 443 -o json --nat $masq
            netpolc explain -f shop $from 192.168.0.11 443 -o json --nat $masq
          done
        done
        """),
    Output(
      schema: "netpolc.pod/v1",
      command: """
        for pod in shop/api shop/report kube-system/coredns monitoring/grafana; do
          netpolc explain -f examples/web-api-db pod $pod -o json
        done
        netpolc explain -f examples/dual-stack pod mixed/server-v4 -o json
        netpolc explain -f examples/audit pod shop/web -o json
        """),
    Output(
      schema: "netpolc.policy/v1",
      command: """
        netpolc explain -f examples/web-api-db policy shop/api -o json
        netpolc explain -f examples/dual-stack policy mixed/anyone -o json
        netpolc explain -f examples/audit policy shop/db-tighten -o json
        sed s/report/nobody/ examples/web-api-db/report.yaml >nobody.yaml
        netpolc explain -f shop -f nobody.yaml policy shop/nobody -o json
        """),
    Output(
      schema: "netpolc.decision/v1",
      command: """
        for to in shop/web-0 shop/db-0 10.9.9.9 10.244.1.99 192.168.0.11; do
          for from in shop/api-0 10.9.9.9 192.168.0.11 10.244.1.99; do
            for protocol in TCP UDP ICMP; do
              echo '{"from":"'$from'","to":"'$to'","port":8080,"protocol":"'$protocol'"}'
            done
          done
        done | netpolc explain -f shop --flows - --node n1 --fail-closed
        echo '{"from":"shop/report","to":"shop/db","port":5432}' |
          netpolc explain -f examples/audit --flows -
        """),
    Output(
      schema: "netpolc.diff/v1",
      command: """
        netpolc diff --from shop --to shop -o json
        netpolc diff --from shop --to examples/dual-stack -o json
        netpolc diff --from shop --to examples/dual-stack -o json --backend iptables
        netpolc diff --from shop --to examples/web-api-db -o json --semantic --node n1
        netpolc diff --from shop --to shop -o json --semantic
        cp -r shop new && sed -i s/9000/9001/ new/policies/api.yaml
        netpolc diff --from shop --to new -o json --semantic
        for pool in 10.244.0.0/16 10.0.0.0/8; do
          mkdir $(dirname $pool)
          echo "{apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: p}," \
            "spec: {cidr: $pool, natOutgoing: true}}" >$(dirname $pool)/p.yaml
        done
        netpolc diff --from 10.244.0.0 --to 10.0.0.0 -o json --semantic --masq own
        netpolc diff --from shop --to 10.0.0.0 -o json --semantic --masq own
        netpolc diff --from shop --to shop -o json --semantic --masq-from 10.0.0.0/8
        """),
    Output(
      schema: "netpolc.list/v1",
      command: """
        mkdir routes; cat >routes/r.yaml <<END
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: shop}
        spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
        END
        netpolc list -f shop -f routes -o json
        netpolc list -f shop --max-rows 1 -o json
        for e in dual-stack online-boutique-sized named-ports-endport; do
          netpolc list -f examples/$e -o json
          netpolc list -f examples/$e -o json --max-rows 1
        done
        """),
    Output(
      schema: "netpolc.exposure/v1",
      command: """
        netpolc list -f shop --exposure -o json
        netpolc list -f examples/ipblock-except --exposure -o json
        """),
    Output(
      schema: "netpolc.max-pods/v1",
      command: """
        netpolc max-pods m5.large -o json
        netpolc max-pods p5.48xlarge --prefix-delegation --vcpus 192 -o json
        """),
    Output(
      schema: "netpolc.doctor/v1",
      command: """
        mkdir -p n/etc/cni/net.d n/proc/sys/net n/run/flannel n/sys/class/net/flannel.1
        echo '{"name": "x", "plugins": [{"type": "flannel"}]}' >n/etc/cni/net.d/x.conflist
        printf 'FLANNEL_SUBNET=10.244.1.1/24\n' >n/run/flannel/subnet.env
        echo 1 >n/sys/class/net/flannel.1/ifindex
        netpolc doctor -o json --root n
        netpolc doctor -o json --cni cilium --cluster-cidr 10.244.0.0/16
        netpolc doctor -o json
        """),
    Output(
      schema: "netpolc.warm-pool/v1",
      command: """
        netpolc warm-pool m5.large --pods 0..30 -o json
        netpolc warm-pool t3.small --pods 3 --warm-eni-target 0 -o json
        netpolc warm-pool t3.small --pods 60..0 --prefix-delegation --custom-networking \\
          --warm-ip-target 7 --minimum-ip-target 20 --max-pods 110 -o json
        netpolc warm-pool m5.large --pods 3 --max-eni 1 --custom-networking -o json
        """),
    Output(
      schema: "netpolc.unprotected/v1",
      command: "netpolc list -f examples/online-boutique-sized --unprotected -o json"),
    Output(
      schema: "netpolc.review/v1",
      command: """
        netpolc review --demo -o json
        netpolc review --demo --write-allow accepted.yaml >/dev/null
        netpolc review --demo --allow accepted.yaml -o json
        netpolc review --from shop --to examples/dual-stack -o json
        netpolc review --from examples/dual-stack --to shop -o json --exit-zero
        netpolc review --from examples/dual-stack --to examples/dual-stack -o json
        netpolc review --from shop --to shop/cluster.yaml -o json
        """),
    Output(
      schema: "netpolc.allow/v1",
      command: "netpolc review --demo --write-allow a.yaml >/dev/null; echo ---; cat a.yaml"),
    Output(
      schema: "netpolc.lint/v1",
      command: """
        netpolc lint -f shop -o json
        for e in examples/lint/*; do netpolc lint -f $e/bad -o json; done
        """),
    Output(
      schema: "netpolc.test/v1",
      command:
        "for e in examples/recipes/* examples/e2e/*/; do echo ---; cat $e/netpol-tests.yaml; done"),
    Output(
      schema: "netpolc.test-result/v1",
      command: """
        for e in examples/recipes/*; do netpolc test $e/netpol-tests.yaml -f $e -o json; done
        cat >t.yaml <<END
        schema: netpolc.test/v1
        tests:
        - allow: { from: x/a, to: y/b, ports: [80-90] }
        - deny: { from: "*", to: "*" }
        - { to: x/a, allowFrom: [] }
        END
        sed /fd00/d examples/e2e/34-block/policies.yaml >only-ipv4.yaml
        netpolc test t.yaml -f examples/e2e/cluster.yaml -f only-ipv4.yaml \\
          -f examples/e2e/38-sctp-is-not-tcp/policies.yaml -o json \\
          --require-coverage 90
        """),
    Output(
      schema: "netpolc.status/v1",
      command: """
        netpolc status -o json --state-dir state
        netpolc apply -f shop --node n1 --state-dir state
        netpolc status -o json --state-dir state
        nft add element ip netpolc drops '{ 10.9.9.9 . 10.244.1.10 . tcp . 80 }'
        netpolc status -o json --state-dir state
        nft flush chain ip netpolc forward
        nft add counter ip netpolc extra
        netpolc status -o json --state-dir state
        write_refused
        write_audited
        start_agent
        nft flush ruleset
        await_line 'as they should be' log
        netpolc status -o json --state-dir state --agent unix:status --wait
        kill $!
        wait
        """, needsKernel: true),
    Output(
      schema: "netpolc.trace/v1",
      command: """
        ip link set lo up
        netpolc trace 127.0.0.1 127.0.0.1 9/UDP --packets 1 -o json 2>listening &
        await_line listening listening
        bash -c 'echo x >/dev/udp/127.0.0.1/9'
        wait
        """, needsKernel: true),
    Output(
      schema: "netpolc.agent-status/v1",
      command: """
        write_refused
        write_audited
        start_agent
        echo ']' >shop/broken.yaml
        await_line 'broken.yaml' log
        nft flush ruleset
        await_line 'as they should be' log
        curl -s --unix-socket status http://agent/status.json
        kill $!
        wait
        """, needsKernel: true),
    Output(
      schema: "netpolc.watch/v1",
      command: """
        nft -f - <<END
        table ip netpolc {
          chain g-deny-in { drop; }
          chain pe/x/a { comment "NetworkPolicy x/a"; accept; }
          chain ae/x/c { comment "NetworkPolicy x/c"; counter comment "would be denied by x/c p:9"; }
          chain gi-1 { comment "x/a, x/b"; counter goto g-deny-in comment "isolated by x/a p:7"; }
          chain hook-egress { type filter hook output priority -1; jump ae/x/c; }
          chain hook-ingress { type filter hook output priority 0; goto gi-1; }
        }
        END
        ip link set lo up
        netpolc watch --for 2s -o json 2>watching &
        await_line watching watching
        sleep 0.3
        bash -c 'echo x >/dev/udp/127.0.0.1/9'
        wait
        """, needsKernel: true),
    Output(
      schema: "netpolc.agent-policy/v1",
      command: """
        write_refused
        write_audited
        start_agent
        for policy in db refused audited none; do
          netpolc status --state-dir state --agent unix:status --policy shop/$policy -o json
        done
        kill $!
        wait
        """, needsKernel: true),
    Output(
      schema: "netpolc.deny/v1",
      command: """
        ip link set lo up
        nft add table ip t
        nft add chain ip t i '{ type filter hook input priority 0; }'
        nft add rule ip t i 'udp dport 9 log prefix "netpolc deny-in " group 100'
        nft add rule ip t i 'icmp type 3 log prefix "netpolc deny-unknown " group 100'
        nft add chain ip t o '{ type filter hook output priority 0; }'
        nft add rule ip t o 'udp dport 9 log prefix "netpolc deny-eg " group 100'
        nft add rule ip t o 'udp dport 9 log prefix "netpolc audit-eg " group 100'
        for address in $(grep -ho 'podIP: [0-9.]*' shop/* | cut -d' ' -f2) 192.168.0.11; do
          ip address add $address dev lo
        done
        netpolc watch --denies -f shop --for 3s -o json 2>listening &
        await_line listening listening
        for to in $(ip -br -4 address show lo | tr ' ' '\n' | grep /32); do
          bash -c "echo x >/dev/udp/${to%/32}/9"
        done
        wait
        """, needsKernel: true),
  ]

  /// What commands can call.
  private static let functions = """
    netpolc() { "$0" "$@"; }
    await_line() {
      for _ in $(seq 400); do
        grep -q "$1" "$2" && return
        sleep 0.05
      done
      cat "$2" >&2
      exit 1
    }
    start_agent() {
      "$0-agent" --node-name n1 --source dir:shop --state-dir state --health-bind unix:status \
        2>log &
      await_line 'kernel holds what' log
    }
    write_refused() {
      cat >shop/refused.yaml <<END
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: refused, namespace: shop}
    spec: {podSelector: {}, ingres: []}
    END
    }
    write_audited() {
      cat >shop/audited.yaml <<END
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: audited, namespace: shop, annotations: {netpolc.dev/audit: "true"}}
    spec: {podSelector: {}}
    END
    }
    """

  private func scratch() throws -> Scratch {
    let scratch = try Scratch(Shop.files)
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    try scratch.run(["ln", "-s", root.joined(separator: "/") + "/examples", "examples"])
    return scratch
  }

  private func validator(_ schema: String) throws -> SchemaValidator {
    let result = try runProcess([Program.path, "schema", schema])
    try #require(result.status == 0, "\(result.errors)")
    return try SchemaValidator(json(result.output))
  }

  /// The documents that an output's command prints; nil where there is no kernel for it.
  private func printed(_ output: Output) throws -> [ManifestValue]? {
    if output.needsKernel, Laboratory.unavailable != nil { return nil }
    let script = "\(Self.functions)\n\(output.command)"
    let result = try scratch().run(
      (output.needsKernel ? ["unshare", "--net"] : []) + ["sh", "-c", script, Program.path])
    let documents = try documents(result.output)
    try #require(!documents.isEmpty, "\(result.errors)")
    return documents
  }

  @Test(arguments: outputs)
  func `an output is as its schema says`(_ output: Output) throws {
    guard let documents = try printed(output) else { return }
    let validator = try validator(output.schema)
    for document in documents {
      #expect(validator.problems(of: document) == [])
      if output.schema != "netpolc.decision/v1" {
        #expect(document["schema"]?.text == output.schema)
      }
    }
  }

  /// What no output has, nobody has held against its schema.
  @Test(arguments: Set(outputs.map(\.schema)).sorted())
  func `some output has each member that a schema names`(_ name: String) throws {
    var seen: Set<String> = []
    for output in Self.outputs where output.schema == name {
      guard let documents = try printed(output) else { return }
      for document in documents { seen.formUnion(document.keys) }
    }
    let schema = try json(runProcess([Program.path, "schema", name]).output)
    #expect(schema.propertyNames.subtracting(seen).sorted() == [])
  }

  @Test func `every schema has an output that is held against it, and says its name`() throws {
    let listing = try runProcess([Program.path, "schema"]).output.split(separator: "\n")
    let names = listing.map { String($0.prefix { $0 != " " }) }
    #expect(names.sorted() == Set(Self.outputs.map(\.schema)).sorted())
    for name in names {
      let schema = try json(runProcess([Program.path, "schema", name]).output)
      #expect(schema["title"]?.text == name)
      #expect(schema["$schema"]?.text == "https://json-schema.org/draft/2020-12/schema")
    }
  }

  @Test func `a schema is found by the word in its name, and a slip by what is near`() throws {
    let whole = try runProcess([Program.path, "schema", "netpolc.source-map/v1"])
    #expect(try runProcess([Program.path, "schema", "source-map"]).output == whole.output)
    let slip = try runProcess([Program.path, "schema", "netpolc.dif/v1"])
    #expect(slip.status == 2)
    #expect(slip.output == "")
    #expect(slip.errors == "netpolc: no schema netpolc.dif/v1; did you mean netpolc.diff/v1?\n")
    let unknown = try runProcess([Program.path, "schema", "everything"])
    #expect(unknown.errors == "netpolc: no schema everything; netpolc schema lists them\n")
  }
}

extension ManifestValue {
  /// Of the members of this value and of all in it.
  fileprivate var keys: Set<String> {
    var keys = Set(members.map(\.key))
    for value in Array(items) + members.map(\.value) { keys.formUnion(value.keys) }
    return keys
  }

  /// Read as a schema: the members that it and all schemas in it name.
  fileprivate var propertyNames: Set<String> {
    var names: Set<String> = []
    for member in members {
      if member.key == "properties" { names.formUnion(member.value.members.map(\.key)) }
      names.formUnion(member.value.propertyNames)
    }
    for item in items { names.formUnion(item.propertyNames) }
    return names
  }
}

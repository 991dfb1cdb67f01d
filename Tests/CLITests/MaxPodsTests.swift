import Host
import TestSupport
import Testing

@Suite struct MaxPodsCommandTests {
  private func maxPods(_ arguments: String) throws -> ProcessResult {
    try runProcess([Program.path, "max-pods"] + arguments.split(separator: " ").map(String.init))
  }

  @Test func `what the type has and what that is enough for`() throws {
    let result = try maxPods("m5.large")
    #expect(result.status == 0 && result.errors == "")
    #expect(
      result.output == """
        m5.large   nitro
        ENIs          3
        addresses     10 an ENI, its own among them
        for pods      27, 9 an ENI
        max pods      29, with aws-node and kube-proxy on the host's network
        recommended   29

        """)
  }

  @Test(arguments: [
    ("m5.large --prefix-delegation", "recommended   110 up to 30 vCPUs, 250 above"),
    ("m5.large --prefix-delegation --vcpus 2", "recommended   110\n"),
    ("m5.24xlarge --vcpus 96", "recommended   250\n"),
    ("m5.large --prefix-delegation", "max pods      434,"),
    ("m5.large --custom-networking", "max pods      20,"),
    ("m5.large --custom-networking", "ENIs          3 (2 of 3 used)"),
    ("m5.large --max-eni 2", "max pods      20,"),
    ("p5.48xlarge", "of the first of 32 network cards"),
    ("m5.large --max-eni 2 -o json", "\"maxPods\": 20"),
    ("m5.large -o json", "\"recommended\": null"),
    ("m5.large --vcpus 2 -o json", "\"recommended\": 29"),
  ])
  func `options change what is printed`(_ arguments: String, _ words: String) throws {
    let result = try maxPods(arguments)
    #expect(result.status == 0 && result.output.contains(words), "\(result.output)\(result.errors)")
  }

  @Test func `an unknown type has near ones`() throws {
    let result = try maxPods("m5.larg")
    #expect(result.status != 0 && result.output == "")
    #expect(result.errors.contains("m5.large"), "\(result.errors)")
  }
}

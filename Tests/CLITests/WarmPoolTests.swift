import Host
import TestSupport
import Testing

@Suite struct WarmPoolTests {
  private func warmPool(_ arguments: String) throws -> ProcessResult {
    try runProcess([Program.path, "warm-pool"] + arguments.split(separator: " ").map(String.init))
  }

  @Test func `a table says what is held at each number of pods`() throws {
    let result = try warmPool("t3.small --pods 2..5 --warm-ip-target 2 --minimum-ip-target 5")
    #expect(result.status == 0 && result.errors == "")
    #expect(
      result.output == """
        t3.small   3 ENIs of 3 addresses for pods   WARM_IP_TARGET=2 MINIMUM_IP_TARGET=5

        PODS   ENIS   ADDRESSES   ASSIGNED   AVAILABLE   ADDRESSES OF ENIS
           2      2           5          2           3   3 2
           3      2           5          3           2   3 2
           4      2           6          4           2   3 3
           5      3           7          5           2   3 3 1

        """)
  }

  @Test func `pods that find no address are named, with the reason, and the exit is 1`() throws {
    for (arguments, reason) in [
      ("t3.small --pods 8..11", "no address for pods 10..11: 3 ENIs hold 9\n"),
      ("t3.small --pods 11..8 --max-eni 1", "no address for pods 4..11: 1 ENI holds 3\n"),
      (
        "m5.large --pods 5 --minimum-ip-target 4",
        "no address for pod 5: without WARM_IP_TARGET the pool does not grow beyond "
          + "MINIMUM_IP_TARGET\n"
      ),
      (
        "m5.large --pods 113 --prefix-delegation --max-pods 110",
        "no address for pod 113: a pool of max-pods=110 addresses or more does not grow\n"
      ),
      (
        "m5.large --pods 1 --custom-networking --max-eni 1",
        "no address for pod 1: the primary ENI has none, and there is no other\n"
      ),
    ] {
      let result = try warmPool(arguments)
      #expect(result.status == 1)
      #expect(result.output.hasSuffix("\n\n\(reason)"), "\(result.output)")
    }
  }

  @Test func `a pool that does not settle is said to`() throws {
    let result = try warmPool("t3.small --pods 0..7 --warm-eni-target 0")
    #expect(result.status == 0)
    #expect(result.output.contains("\nno rest at pods 3, 6: ipamd gets and gives back"))
  }

  @Test(arguments: [
    ("--warm-ip-target 2 --warm-eni-target 1", "ipamd ignores WARM_ENI_TARGET"),
    ("--minimum-ip-target 2 --warm-eni-target 1", "ipamd ignores WARM_ENI_TARGET"),
    ("--prefix-delegation --warm-eni-target 1", "ipamd ignores WARM_ENI_TARGET"),
    ("--warm-prefix-target 2", "without prefix delegation ipamd ignores WARM_PREFIX_TARGET"),
    (
      "--prefix-delegation --warm-ip-target 2 --warm-prefix-target 2",
      "WARM_PREFIX_TARGET only keeps ENIs"
    ),
    ("--warm-ip-target 0", "ipamd takes WARM_IP_TARGET=0 for not set"),
  ])
  func `what ipamd does not heed is noted`(_ settings: String, _ note: String) throws {
    let result = try warmPool("m5.large --pods 1 \(settings)")
    #expect(result.status == 0)
    #expect(result.errors.hasPrefix("note: ") && result.errors.contains(note), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test func `spreadsheets and pull requests have their forms`() throws {
    let csv = try warmPool("t3.small --pods 17..16 --prefix-delegation -o csv")
    #expect(
      csv.output == """
        pods,enis,prefixes,addresses,assigned,available,no address,addresses of enis
        17,1,3,48,17,31,0,48
        16,1,2,32,16,16,0,32

        """)
    let markdown = try warmPool("t3.small --pods 1 -o md")
    #expect(markdown.output.contains("| 1 | 2 | 6 | 1 | 5 | 0 | 3 3 |"))
  }

  @Test func `an unknown type has near ones, and old types take no prefixes`() throws {
    let unknown = try warmPool("m5.larg --pods 1")
    #expect(unknown.status == 2 && unknown.errors.contains("there are m5.large"))
    let old = try warmPool("t2.small --pods 1 --prefix-delegation")
    #expect(old.status == 2 && old.errors.contains("t2.small takes no prefixes"))
  }
}

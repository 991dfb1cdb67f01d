import Capacity
import Testing

/// Against EKS's own list (`misc/eni-max-pods.txt`) and what its calculator prints.
@Suite struct MaxPodsTests {
  @Test func `every type of the list is known`() {
    #expect(InstanceType.all.count == 1391)
    #expect(
      InstanceType.all.values.allSatisfy { $0.interfaces > 0 && $0.addressesPerInterface > 1 })
  }

  @Test(arguments: [
    ("t3.nano", 2, 2, 4), ("t3.small", 3, 4, 11), ("t3.medium", 3, 6, 17), ("t3.large", 3, 12, 35),
    ("m5.large", 3, 10, 29), ("m5.xlarge", 4, 15, 58), ("c5.4xlarge", 8, 30, 234),
    ("m5.24xlarge", 15, 50, 737), ("p5.48xlarge", 2, 50, 100), ("a1.medium", 2, 4, 8),
  ])
  func `pods are limited by addresses`(_ name: String, _ enis: Int, _ addresses: Int, _ pods: Int)
    throws
  {
    let type = try #require(InstanceType.all[name])
    #expect(type.interfaces == enis && type.addressesPerInterface == addresses)
    #expect(MaxPods(type).maxPods == pods)
  }

  @Test(arguments: [
    ("t3.small", 146), ("t3.large", 530), ("m5.large", 434), ("c5.4xlarge", 3714),
  ])
  func `prefixes give sixteen times as many`(_ name: String, _ pods: Int) throws {
    let type = try #require(InstanceType.all[name])
    let limit = MaxPods(type, prefixDelegation: true)
    #expect(limit.maxPods == pods)
    #expect(limit.recommended(vcpus: 30) == 110 && limit.recommended(vcpus: 31) == min(pods, 250))
  }

  @Test func `custom networking and MAX_ENI take interfaces away`() throws {
    let type = try #require(InstanceType.all["m5.large"])
    #expect(MaxPods(type, customNetworking: true).maxPods == 20)
    #expect(MaxPods(type, prefixDelegation: true, customNetworking: true).maxPods == 290)
    #expect(MaxPods(type, maxInterfaces: 2).maxPods == 20)
    #expect(MaxPods(type, maxInterfaces: 9).maxPods == 29)
    #expect(MaxPods(type, customNetworking: true, maxInterfaces: 1).maxPods == 2)
  }

  @Test func `a misspelt type has near ones`() {
    #expect(InstanceType.near("m5.larg").contains("m5.large"))
    #expect(InstanceType.near("nonsense").isEmpty)
  }
}

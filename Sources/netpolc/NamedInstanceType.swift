import ArgumentParser
import Capacity

extension InstanceType {
  /// The type that a user named.
  static func named(_ name: String) throws -> InstanceType {
    if let type = all[name] { return type }
    let near = near(name)
    let hint = near.isEmpty ? "" : "; there are \(near.joined(separator: ", "))"
    throw Console.fail("no EC2 instance type \(name) is known\(hint)", .badInput)
  }

  func requirePrefixes() throws {
    if platform.takesPrefixes { return }
    throw Console.fail(
      "\(name) takes no prefixes: they need Nitro or bare metal, and it is \(platform.rawValue)",
      .badInput)
  }
}

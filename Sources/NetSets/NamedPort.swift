/// A port with a name that a container declares.
package struct NamedPort: Hashable, Sendable, Comparable {
  package let name: String
  package let transport: Transport
  package let number: UInt16

  package init(name: String, transport: Transport, number: UInt16) {
    self.name = name
    self.transport = transport
    self.number = number
  }

  package static func < (left: NamedPort, right: NamedPort) -> Bool {
    (left.name, left.transport, left.number) < (right.name, right.transport, right.number)
  }
}

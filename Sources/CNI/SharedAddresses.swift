import Diagnostics
import NetSets

extension Sequence<PodAttachment> {
  /// What is to be said of addresses that are behind several ports, each of which may send by them.
  package var sharedAddresses: [String] {
    var owners: [IPAddress: PodAttachment] = [:]
    var found: [String] = []
    for attachment in self {
      for address in attachment.addresses {
        guard let other = owners.updateValue(attachment, forKey: address),
          other.port != attachment.port
        else { continue }
        found.append(
          "\(address) is behind \(other.port) (\(other.location.file)) and "
            + "\(attachment.port) (\(attachment.location.file)); either may send by it")
      }
    }
    return found
  }
}

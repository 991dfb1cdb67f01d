import Host
import NetSets
import Netfilter

/// Ends every connection that the kernel tracks of some addresses, whatever rules say: who gets
/// such an address next is somebody else.
///
/// - Returns: how many were ended.
package func forgetFlows(of addresses: Set<IPAddress>, in namespace: NetworkNamespace) throws -> Int
{
  let conntrack = try Conntrack(in: namespace)
  var count = 0
  for entry in try conntrack.entries() {
    let ends = [
      entry.original.source, entry.original.destination, entry.reply.source,
      entry.reply.destination,
    ]
    if addresses.isDisjoint(with: ends) { continue }
    if try conntrack.delete(entry) { count += 1 }
  }
  return count
}

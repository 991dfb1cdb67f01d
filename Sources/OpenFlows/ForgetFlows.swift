import Host
import NetSets
import Netfilter

/// Ends every connection that the kernel tracks of some addresses, whatever rules say: who gets
/// such an address next is somebody else.
///
/// - Returns: how many were ended.
package func forgetFlows(of addresses: Set<IPAddress>, in namespace: NetworkNamespace) throws -> Int
{
  try Conntrack(in: namespace).deleteEntries(of: addresses)
}

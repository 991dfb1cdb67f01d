import Glibc

/// The name of a network interface of the calling thread's namespace; nil when it is gone.
package func interfaceName(_ number: UInt32) -> String? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(IF_NAMESIZE)) { name in
    guard let base = name.baseAddress, if_indextoname(number, base) != nil else { return nil }
    return String(cString: base)
  }
}

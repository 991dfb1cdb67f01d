import CLinux

/// Gives the system the pages back that nothing uses any more (malloc_trim(3)); else they stay for
/// what may come, also when nothing of that size will.
package func releaseUnusedMemory() { malloc_trim(0) }

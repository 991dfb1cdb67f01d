import Glibc

/// The kernel's release: `6.18.36`.
package func kernelRelease() -> String {
  (try? readFile("/proc/sys/kernel/osrelease")).map {
    String(decoding: $0, as: UTF8.self).filter { $0 != "\n" }
  } ?? "unknown"
}

/// What the kernel accounts this process for, from `/proc/self` (proc(5)).
package struct Accounting: Sendable {
  /// User and system.
  package let processorSeconds: Double
  package let residentBytes: Int
  package let virtualBytes: Int
  package let openDescriptors: Int
  package let descriptorLimit: Int
  /// Since 1970.
  package let startTime: Double

  package init() throws {
    let text = String(decoding: try readFile("/proc/self/stat"), as: UTF8.self)
    // The name, in parentheses, can hold anything.
    guard let end = text.lastIndex(of: ")") else {
      throw SystemFailure("/proc/self/stat", code: EIO)
    }
    // From the third field on.
    let fields = text[end...].split(separator: " ").dropFirst().map(String.init)
    func field(_ number: Int) -> Int {
      fields.indices.contains(number - 3) ? Int(fields[number - 3]) ?? 0 : 0
    }
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    processorSeconds = Double(field(14) + field(15)) / ticks
    virtualBytes = field(23)
    residentBytes = field(24) * Int(sysconf(Int32(_SC_PAGESIZE)))
    openDescriptors = try names(in: "/proc/self/fd").count - 1
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    descriptorLimit = Int(clamping: limit.rlim_cur)
    var uptime = timespec()
    clock_gettime(CLOCK_BOOTTIME, &uptime)
    let boot = wallClock() - Double(uptime.tv_sec) - Double(uptime.tv_nsec) / 1e9
    startTime = boot + Double(field(22)) / ticks
  }
}

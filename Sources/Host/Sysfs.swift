import CLinux
import Glibc

/// Files under one directory that stands for `/`: that of a container in which the machine's is
/// mounted, say.
package struct RootedFiles: Sendable {
  private let root: String

  /// - Parameter root: nil for `/` itself.
  package init(root: String?) {
    let root = root ?? ""
    self.root = root.hasSuffix("/") ? String(root.dropLast()) : root
  }

  /// - Parameter path: from `/`.
  package func path(_ path: String) -> String { root + path }

  /// Nil for a file that is not there.
  package func bytes(_ path: String) throws(SystemFailure) -> [UInt8]? {
    do throws(SystemFailure) {
      return try readFile(self.path(path))
    } catch {
      if error.code == ENOENT || error.code == ENOTDIR { return nil }
      throw error
    }
  }

  /// Without the newline at its end. Nil for a file that is not there or cannot be read: settings
  /// of the kernel come and go with its modules.
  package func line(_ path: String) -> String? {
    guard let bytes = try? bytes(path) else { return nil }
    return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// Nil for a directory that is not there.
  package func names(_ path: String) throws(SystemFailure) -> [String]? {
    do throws(SystemFailure) {
      return try Host.names(in: self.path(path))
    } catch {
      if error.code == ENOENT || error.code == ENOTDIR { return nil }
      throw error
    }
  }

  package func exists(_ path: String) -> Bool { access(self.path(path), F_OK) == 0 }

  /// The last part of what a symbolic link leads to; nil when it is none.
  package func linkTarget(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(self.path(path), &buffer, buffer.count)
    guard count > 0 else { return nil }
    let target = String(
      decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    return target.split(separator: "/").last.map(String.init)
  }
}

/// Sysfs of the calling thread's network namespace, mounted where nobody sees it. `/sys` shows the
/// links of the namespace in which it was mounted, which is another one after `setns` or in a
/// program that `nsenter` started.
package struct PrivateSysfs {
  private let mount: FileDescriptor

  /// Needs CAP_SYS_ADMIN.
  package init() throws(SystemFailure) {
    mount = try FileDescriptor(netpolc_mount_sysfs(), of: "mount sysfs")
  }

  /// Where it is while this value lives.
  package var path: String { "/proc/self/fd/\(mount.number)" }
}

/// The names of the links in the calling thread's network namespace; none when the kernel does not
/// say.
package func linkNames() -> Set<String> {
  guard let list = if_nameindex() else { return [] }
  defer { if_freenameindex(list) }
  var names: Set<String> = []
  var next = list
  while next.pointee.if_index != 0, let name = next.pointee.if_name {
    names.insert(String(cString: name))
    next += 1
  }
  return names
}

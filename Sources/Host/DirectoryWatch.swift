import CLinux
import Glibc

/// Tells what happens to files in some directories (inotify(7)).
package struct DirectoryWatch: ~Copyable {
  private let file: FileDescriptor
  private var directories: [Int32: String] = [:]
  /// Files that somebody has open and has written to.
  package private(set) var beingWritten: Set<String> = []

  package init() throws {
    file = try FileDescriptor(
      inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK)), of: "inotify_init1")
  }

  package var descriptor: Int32 { file.number }

  /// Watches these directories, those among them that exist. The kernel watches what was at a path,
  /// so that it has to be told again when something else may be there.
  package mutating func watch(_ paths: Set<String>) {
    var numbers: [Int32: String] = [:]
    for path in paths {
      let number = inotify_add_watch(file.number, path, Self.mask)
      if number >= 0 { numbers[number] = path }
    }
    for number in directories.keys where numbers[number] == nil {
      inotify_rm_watch(file.number, number)
    }
    directories = numbers
    beingWritten = beingWritten.filter { written in
      paths.contains { written.hasPrefix(joined($0, "")) }
    }
  }

  private static let mask =
    UInt32(IN_MODIFY) | UInt32(IN_CLOSE_WRITE) | UInt32(IN_CREATE) | UInt32(IN_DELETE)
    | UInt32(IN_MOVED_FROM) | UInt32(IN_MOVED_TO) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)
    | UInt32(IN_ATTRIB) | UInt32(IN_ONLYDIR)

  /// Takes what has been told.
  /// - Returns: the paths that it is about; nil when nothing was told. Events can be lost, and then
  ///   it is the directories themselves.
  package mutating func events() -> Set<String>? {
    var paths: Set<String>?
    var buffer = [UInt8](repeating: 0, count: 16384)
    while true {
      let count = read(file.number, &buffer, buffer.count)
      if count <= 0 { return paths }
      buffer.withUnsafeBytes { bytes in
        var offset = 0
        while offset + MemoryLayout<inotify_event>.size <= count {
          let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
          let start = offset + MemoryLayout<inotify_event>.size
          let name = bytes[start..<min(start + Int(event.len), count)].prefix { $0 != 0 }
          offset = start + Int(event.len)
          note(event.mask, event.wd, String(decoding: name, as: UTF8.self), &paths)
        }
      }
    }
  }

  private mutating func note(
    _ mask: UInt32, _ number: Int32, _ name: String, _ paths: inout Set<String>?
  ) {
    guard mask & UInt32(IN_Q_OVERFLOW) == 0 else {
      // Who has closed a file since is not known either.
      beingWritten = []
      paths = (paths ?? []).union(directories.values)
      return
    }
    guard let directory = directories[number] else { return }
    let path = name.isEmpty ? directory : joined(directory, name)
    paths = (paths ?? []).union([path])
    if mask & UInt32(IN_MODIFY) != 0 { beingWritten.insert(path) }
    let ends =
      UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_FROM) | UInt32(IN_MOVED_TO) | UInt32(IN_DELETE)
    if mask & ends != 0 { beingWritten.remove(path) }
  }
}

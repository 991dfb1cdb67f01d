import Glibc

/// The bytes of a file, or of standard input for `-`.
package func readFile(_ path: String) throws(SystemFailure) -> [UInt8] {
  guard path != "-" else { return try readAll(STDIN_FILENO, sizeHint: 0, path) }
  let descriptor = try FileDescriptor(open(path, O_RDONLY | O_CLOEXEC), of: path)
  var information = stat()
  guard fstat(descriptor.number, &information) == 0 else { throw SystemFailure(path) }
  return try readAll(descriptor.number, sizeHint: Int(information.st_size), path)
}

private func readAll(_ descriptor: Int32, sizeHint: Int, _ path: String) throws(SystemFailure)
  -> [UInt8]
{
  var bytes: [UInt8] = []
  var room = max(sizeHint + 1, 1 << 16)
  while true {
    var count = 0
    let before = bytes.count
    let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, initialized in
      count = read(descriptor, buffer.baseAddress, room)
      initialized = max(count, 0)
    }
    if count < 0 {
      if errno == EINTR { continue }
      throw SystemFailure(path)
    }
    if count == 0 { return bytes }
    // The common case, a file read in one piece, is not copied.
    if before == 0 { bytes = chunk } else { bytes += chunk }
    room = 1 << 16
  }
}

/// In bytes.
package func fileSize(_ path: String) throws(SystemFailure) -> Int {
  var information = stat()
  guard stat(path, &information) == 0 else { throw SystemFailure(path) }
  return Int(information.st_size)
}

/// What tells a file from every other, whatever the paths and links that lead to it.
package struct FileIdentity: Hashable, Sendable {
  private let device: UInt
  private let inode: UInt

  package init(of path: String) throws {
    var information = stat()
    guard stat(path, &information) == 0 else { throw SystemFailure(path) }
    device = UInt(information.st_dev)
    inode = UInt(information.st_ino)
  }
}

/// What tells a state of a file from its others: it is another after every write.
package struct FileVersion: Hashable, Sendable {
  private let device: UInt
  private let inode: UInt
  private let size: Int
  private let modified: Int
  private let modifiedNanoseconds: Int

  package init(of path: String) throws(SystemFailure) {
    var information = stat()
    guard stat(path, &information) == 0 else { throw SystemFailure(path) }
    device = UInt(information.st_dev)
    inode = UInt(information.st_ino)
    size = Int(information.st_size)
    modified = information.st_mtim.tv_sec
    modifiedNanoseconds = information.st_mtim.tv_nsec
  }
}

/// The path of a name in a directory; in the working directory, `.`, the name itself.
package func joined(_ directory: String, _ name: String) -> String {
  directory == "." ? name : directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
}

/// What a path names.
package enum PathKind: Sendable {
  case file
  case directory
}

/// Whether there is anything at a path.
package func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// Follows symbolic links.
package func kind(of path: String) throws(SystemFailure) -> PathKind {
  var information = stat()
  guard stat(path, &information) == 0 else { throw SystemFailure(path) }
  return information.st_mode & S_IFMT == S_IFDIR ? .directory : .file
}

/// The names in a directory, sorted, without `.` and `..`.
package func names(in directory: String) throws(SystemFailure) -> [String] {
  guard let stream = opendir(directory) else { throw SystemFailure(directory) }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// The paths of a directory's files, without those in directories below it.
package func files(in directory: String) throws(SystemFailure) -> [String] {
  var found: [String] = []
  for name in try names(in: directory).sorted() {
    let path = joined(directory, name)
    // One that went meanwhile is none.
    if (try? kind(of: path)) == .file { found.append(path) }
  }
  return found
}

/// The paths that a shell pattern matches, sorted.
package func paths(matching pattern: String) -> [String] {
  var result = glob_t()
  defer { globfree(&result) }
  guard glob(pattern, 0, nil, &result) == 0, let found = result.gl_pathv else { return [] }
  return (0..<Int(result.gl_pathc)).compactMap { found[$0].map { String(cString: $0) } }
}

/// Puts a file in place in one step: readers see the old content or the new, never a part. A
/// symbolic link stays one, and what is no regular file, such as `/dev/stdout`, is written into.
///
/// - Parameter isDurable: whether to wait until the content has reached the disk, so that a machine
///   that loses its power then has the old or the new as well; the disk may take its time.
package func writeFile(
  _ path: String, _ text: String, isDurable: Bool = false
) throws(SystemFailure) {
  guard let target = replaceable(path) else {
    let descriptor = try FileDescriptor(open(path, O_WRONLY | O_CLOEXEC), of: path)
    return try write(text, to: descriptor.number, name: path)
  }
  let temporary = "\(target).tmp.\(getpid())"
  do throws(SystemFailure) {
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
    // Messages name what the user named.
    let descriptor = try FileDescriptor(open(temporary, flags, 0o644), of: path)
    try write(text, to: descriptor.number, name: path)
    if isDurable, fsync(descriptor.number) != 0 { throw SystemFailure(path) }
    guard rename(temporary, target) == 0 else { throw SystemFailure(path) }
  } catch {
    unlink(temporary)
    throw error
  }
}

/// The file that another can take the place of, where symbolic links lead; nil when there can be
/// none. `/dev/stdout` may lead to a file, even one without a name, that is already open: what has
/// it open would not see the other.
private func replaceable(_ path: String) -> String? {
  var information = stat()
  guard stat(path, &information) == 0 else { return path }
  if information.st_mode & S_IFMT != S_IFREG { return nil }
  if ["/dev/", "/proc/"].contains(where: { path.hasPrefix($0) }) { return nil }
  guard let real = realpath(path, nil) else { return nil }
  defer { free(real) }
  return String(cString: real)
}

/// Writes all of `text`, however much the descriptor takes at once.
package func write(_ text: String, to descriptor: Int32, name: String) throws(SystemFailure) {
  let bytes = Array(text.utf8)
  var done = 0
  while done < bytes.count {
    let written = bytes.withUnsafeBytes { bytes in
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      return Glibc.write(descriptor, rest.baseAddress, rest.count)
    }
    if written < 0 {
      if errno == EINTR { continue }
      throw SystemFailure(name)
    }
    done += written
  }
}

/// Makes a directory unless it is there.
package func makeDirectory(_ path: String) throws(SystemFailure) {
  if mkdir(path, 0o755) == 0 { return }
  guard errno == EEXIST else { throw SystemFailure(path) }
  guard try kind(of: path) == .directory else { throw SystemFailure(path, code: ENOTDIR) }
}

/// Makes a directory and those above it, unless they are there.
package func makeDirectories(_ path: String) throws(SystemFailure) {
  var made = path.hasPrefix("/") ? "" : "."
  for part in path.split(separator: "/") {
    made += "/" + part
    try makeDirectory(made)
  }
}

/// Removes a file; that it is not there is no error.
package func removeFile(_ path: String) throws(SystemFailure) {
  guard unlink(path) == 0 || errno == ENOENT else { throw SystemFailure(path) }
}

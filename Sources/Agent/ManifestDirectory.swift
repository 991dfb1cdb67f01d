import Compiler
import Diagnostics
import Host
import Incremental
import Kubernetes
import Manifests

/// A directory of manifests, or one file, as a cluster: what is in its files is, and what is not is gone.
///
/// A file that cannot be read or parsed leaves its objects as they were. So does one that somebody
/// is writing: half of it could be good YAML, with half of the policies.
package struct ManifestDirectory: ~Copyable {
  package let path: String
  private let audit: AuditAnnotation
  private var watch: DirectoryWatch
  private var files: [String: File] = [:]
  /// What is wrong with files, by their paths.
  package private(set) var problems: [String: String] = [:]

  private struct File {
    let version: FileVersion
    /// Whether it could be read once, so that `objects` are what it said then.
    var isKnown = false
    var objects: [ObjectReference: Object] = [:]
  }

  /// An object as a file says it.
  private struct Object {
    let value: ManifestValue
    let kind: String
    let apiVersion: String
    let version: FileVersion
  }

  /// - Parameter audit: what puts a policy on trial.
  package init(_ path: String, audit: AuditAnnotation = .standard) throws {
    self.path = path
    self.audit = audit
    watch = try DirectoryWatch()
  }

  package var descriptor: Int32 { watch.descriptor }

  /// Whether each file could be read once. What one has that could not may be a policy.
  package var isKnown: Bool { files.values.allSatisfy(\.isKnown) }

  /// Takes what the kernel tells of the directory.
  /// - Returns: whether to scan it.
  package mutating func isTold() -> Bool { watch.events() != nil }

  /// Reads what changed, and gives it to an intake.
  ///
  /// - Returns: the changes, and whether something is still being written.
  /// - Throws: when a directory cannot be listed; everything stays as it was.
  package mutating func scan(
    into intake: inout Intake
  ) throws -> (changes: [ClusterChange], isUnfinished: Bool) {
    var directories: Set<String> = []
    let paths = try manifests(at: path, &directories)
    watch.watch(directories)
    _ = watch.events()
    var found: [String: File] = [:]
    var read: Set<String> = []
    problems = problems.filter { paths.contains($0.key) }
    for path in paths {
      let known = files[path]
      // One that went between listing and looking is gone.
      guard let version = try? FileVersion(of: path) else { continue }
      if let known, known.version == version || watch.beingWritten.contains(path) {
        found[path] = known
      } else if !watch.beingWritten.contains(path) {
        found[path] = self.read(path, version, known)
        read.insert(path)
      }
    }
    // What was written to while it was read may be half of it.
    let disturbed = read.intersection(watch.events() ?? [])
    for path in disturbed { found[path] = files[path] }
    let changes = difference(from: files, to: found, into: &intake)
    files = found
    return (changes, !disturbed.isEmpty || !watch.beingWritten.isEmpty)
  }

  private mutating func read(_ path: String, _ version: FileVersion, _ known: File?) -> File {
    var file = File(version: version)
    var diagnostics = Diagnostics()
    do {
      let manifest = ManifestFile(path: path, bytes: try readFile(path))
      let documents = parseManifest(manifest, &diagnostics)
      problems[path] = nil
      if documents.isEmpty, path == self.path {
        problems[path] = "\(path) holds no object"
      } else if !diagnostics.hasErrors {
        file.isKnown = true
        for document in documents { add(document, to: &file, &diagnostics) }
        say(diagnostics, of: path)
        return file
      }
      say(diagnostics, of: path)
    } catch {
      problems[path] = "\(error)"
    }
    file.isKnown = known?.isKnown ?? false
    file.objects = known?.objects ?? [:]
    return file
  }

  private mutating func say(_ diagnostics: Diagnostics, of path: String) {
    let reasons = [problems[path]].compactMap(\.self) + diagnostics.sorted.map(\.reason)
    problems[path] = reasons.isEmpty ? nil : reasons.joined(separator: "; ")
  }

  /// - Parameter list: what items of a list are that do not say so themselves.
  private mutating func add(
    _ value: ManifestValue, of list: ObjectKind? = nil, to file: inout File,
    _ diagnostics: inout Diagnostics
  ) {
    let root = Field(value, path: .root)
    if root.isOurs { return }
    guard let object = ObjectKind(of: root, in: list, &diagnostics) else { return }
    let (kind, apiVersion) = (object.kind, object.apiVersion)
    if kind.hasSuffix("List"), let items = value["items"] {
      for item in items.items { add(item, of: object.ofItems, to: &file, &diagnostics) }
      return
    }
    let name = value["metadata"]?["name"]?.text ?? ""
    guard ClusterObject.includes(kind, apiVersion, named: name) else {
      _ = root.looksLikePolicy(object, &diagnostics)
      return
    }
    let namespace = value["metadata"]?["namespace"]?.text ?? ""
    let reference = ObjectReference(
      kind: kind,
      namespace: ClusterObject.isClusterWide(kind)
        ? nil : namespace.isEmpty ? "default" : namespace, name: name)
    if let first = file.objects[reference] {
      problems[value.location.file] =
        "\(value.location.fileAndLine): \(reference) is already given at "
        + "\(first.value.location.fileAndLine), which counts"
      return
    }
    file.objects[reference] = Object(
      value: value, kind: kind, apiVersion: apiVersion, version: file.version)
  }

  /// Of an object that several files give, the first file's by name counts.
  private mutating func difference(
    from old: [String: File], to new: [String: File], into intake: inout Intake
  ) -> [ClusterChange] {
    let before = ManifestDirectory.objects(of: old)
    let after = ManifestDirectory.objects(of: new)
    var changes: [ClusterChange] = []
    for (reference, object) in after {
      if let was = before[reference], was.version == object.version,
        was.value.location == object.value.location
      {
        continue
      }
      changes += intake.put(
        ObjectReading(
          object.value, kind: object.kind, apiVersion: object.apiVersion, audit: audit))
    }
    for reference in before.keys where after[reference] == nil {
      changes += intake.remove(reference)
    }
    return changes
  }

  private static func objects(of files: [String: File]) -> [ObjectReference: Object] {
    var objects: [ObjectReference: Object] = [:]
    for (_, file) in files.sorted(by: { $0.key > $1.key }) {
      objects.merge(file.objects) { _, earlier in earlier }
    }
    return objects
  }
}

/// The file, or every manifest below the directory.
private func manifests(at path: String, _ directories: inout Set<String>) throws -> [String] {
  switch try kind(of: path) {
  case .directory: return try manifests(below: path, depth: 0, &directories)
  case .file:
    // What takes its place is told by the directory that it is in.
    let directory = path.lastIndex(of: "/").map { path[...$0] } ?? "."
    directories.insert(
      directory.count > 1 && directory.last == "/"
        ? String(directory.dropLast()) : String(directory))
    return [path]
  }
}

/// Every manifest below a directory; hidden names are passed over.
private func manifests(
  below directory: String, depth: Int, _ directories: inout Set<String>
) throws -> [String] {
  // Symbolic links can lead in circles.
  guard depth < 20 else { return [] }
  directories.insert(directory)
  var paths: [String] = []
  for name in try names(in: directory) where !name.hasPrefix(".") {
    let path = joined(directory, name)
    switch try? kind(of: path) {
    case .directory: paths += try manifests(below: path, depth: depth + 1, &directories)
    case .file:
      if [".yaml", ".yml", ".json"].contains(where: { name.hasSuffix($0) }) { paths.append(path) }
    // A link that leads nowhere, or that went meanwhile.
    case nil: continue
    }
  }
  return paths
}

import Backends
import CNI
import Diagnostics
import Host
import Manifests
import NetSets

/// The runtime's files that say which port of a bridge each pod is behind, followed.
///
/// A file that cannot be read, or that is being written, leaves what it said before: no port is let
/// loose because of it.
final class AttachmentDirectory {
  let path: String
  private var watch: DirectoryWatch
  private var files: [String: File] = [:]
  private var fileProblems: [String: String] = [:]
  private var failure: String?
  private var nextLook = ContinuousClock.now
  /// Whether it is known who is behind which port.
  private(set) var isKnown: Bool

  private struct File {
    let version: FileVersion
    /// nil where it tells of no port.
    var attachment: PodAttachment?
  }

  /// How long to go without looking, in case nothing is told; and while it cannot be read.
  private static let resync = Duration.seconds(600)
  private static let patience = Duration.seconds(2)

  /// - Parameter isEmpty: whether no port is guarded yet, so that before there is a directory, which
  ///   the first pod makes, it is known that there is none.
  init(_ path: String, isEmpty: Bool) throws {
    self.path = path
    isKnown = false
    watch = try DirectoryWatch()
    _ = look(at: .now)
    if isEmpty, !exists(path) { isKnown = true }
  }

  var descriptor: Int32 { watch.descriptor }

  var due: ContinuousClock.Instant { nextLook }

  var bindings: [PortBinding] {
    attachments.map {
      PortBinding(port: $0.port, hardware: $0.hardware, addresses: $0.addresses)
    }
  }

  private var attachments: [PodAttachment] {
    files.sorted { $0.key < $1.key }.compactMap(\.value.attachment)
  }

  /// - Parameter pods: those of this node, with their addresses.
  func problems(of pods: [ObjectReference: [IPAddress]]) -> [String] {
    let known = Set(attachments.flatMap(\.addresses))
    let unknown = pods.filter { !$0.value.allSatisfy(known.contains) }.keys.sorted()
    return [failure].compactMap(\.self) + fileProblems.sorted { $0.key < $1.key }.map(\.value)
      + attachments.sharedAddresses
      + unknown.map { "no file of \(path) has each address of \($0), which may send by any" }
  }

  /// Looks when the kernel tells of it, and now and then.
  /// - Returns: whether anybody is behind another port than before.
  func look(at now: ContinuousClock.Instant) -> Bool {
    let isTold = watch.events() != nil
    guard isTold || now >= nextLook else { return false }
    let before = attachments
    do {
      try read()
      failure = nil
      isKnown = true
      nextLook = now + (watch.beingWritten.isEmpty ? Self.resync : .milliseconds(100))
    } catch {
      failure = "\(error)"
      nextLook = now + Self.patience
    }
    return attachments != before
  }

  private func read() throws {
    watch.watch([path])
    var found: [String: File] = [:]
    let paths = try Host.files(in: path)
    fileProblems = fileProblems.filter { paths.contains($0.key) }
    for path in paths {
      // One that went between listing and looking is gone.
      guard let version = try? FileVersion(of: path) else { continue }
      let known = files[path]
      if watch.beingWritten.contains(path) || known?.version == version {
        found[path] = known
      } else {
        found[path] = read(path, version, known)
      }
    }
    files = found
  }

  private func read(_ path: String, _ version: FileVersion, _ known: File?) -> File {
    var diagnostics = Diagnostics()
    do {
      let file = ManifestFile(path: path, bytes: try readFile(path))
      let attachment = PodAttachment(cached: file, &diagnostics)
      fileProblems[path] = nil
      if !diagnostics.hasErrors { return File(version: version, attachment: attachment) }
      fileProblems[path] = diagnostics.sorted.map(\.reason).joined(separator: "; ")
    } catch {
      fileProblems[path] = "\(error)"
    }
    return File(version: version, attachment: known?.attachment)
  }
}

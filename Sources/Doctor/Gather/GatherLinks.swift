import CNI
import Host

/// The links of the calling thread's network namespace, as sysfs shows them.
struct GatheredLinks {
  let links: Known<[Link]>
  /// Why they are those of another namespace; nil when they are not.
  private(set) var foreign: String?

  /// - Parameters:
  ///   - isRooted: whether `files` are under another directory than `/`, where sysfs is as somebody
  ///     mounted it.
  ///   - here: the names of the links that the thread's namespace has.
  init(_ files: RootedFiles, isRooted: Bool, here: Set<String>) {
    do {
      // A directory of files alone says nothing of links.
      let isTold = isRooted && files.exists("/sys/class/net")
      let found =
        try isTold ? Self.links(files, "/sys") : Self.ownLinks ?? Self.links(files, "/sys")
      let isHere = Set(found.map(\.name)) == here
      if !isHere, !isTold {
        links = .unknown("/sys shows another network namespace, and another may not be mounted")
        return
      }
      links = .known(found)
      guard !isHere else { return }
      foreign = """
        the links under \(files.path("/sys")) are not those of the network namespace whose rules are \
        read
        """
    } catch {
      links = .unknown("\(error)")
    }
  }

  /// By a sysfs of the thread's own namespace, for `/sys` may show another's; nil without the right
  /// to mount one.
  private static var ownLinks: [Link]? {
    guard let own = try? PrivateSysfs() else { return nil }
    return withExtendedLifetime(own) { try? links(RootedFiles(root: own.path), "") }
  }

  private static func links(
    _ files: RootedFiles, _ sys: String
  ) throws(SystemFailure) -> [Link] {
    let directory = "\(sys)/class/net"
    guard let names = try files.names(directory) else {
      throw SystemFailure("\(files.path(directory))", code: 2)
    }
    // Drivers may put files beside the links (`bonding_masters`).
    return names.filter { files.exists("\(directory)/\($0)/ifindex") }.map { name in
      let path = "\(directory)/\(name)"
      return Link(
        name: name, kind: kind(files, path), master: files.linkTarget("\(path)/master"),
        isIsolated: files.line("\(path)/brport/isolated").map { $0 == "1" })
    }
  }

  private static func kind(_ files: RootedFiles, _ path: String) -> String? {
    guard let bytes = try? files.bytes("\(path)/uevent") else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    return lines.first { $0.hasPrefix("DEVTYPE=") }.map { String($0.dropFirst(8)) }
  }
}

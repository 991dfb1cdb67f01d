import Host
import Manifests
import TestSupport
import Testing

/// The image, as far as it can be checked without building it.
@Suite struct DockerfileTests {
  /// Instructions, with continued lines joined.
  private func instructions() throws -> [[String]] {
    try DeployFiles.text("Dockerfile").replacing("\\\n", with: " ").split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: " ").map(String.init) }
  }

  @Test func `what it copies is there`() throws {
    let copied = try instructions().filter { $0[0] == "COPY" && !$0[1].hasPrefix("--") }
    #expect(copied.count == 4)
    for instruction in copied {
      for source in instruction.dropFirst().dropLast() {
        #expect(exists("\(DeployFiles.root)/\(source)"), "\(source)")
      }
    }
  }

  @Test func `what it builds are products, which it installs where manifests start them`() throws {
    let package = String(
      decoding: try readFile("\(DeployFiles.root)/Package.swift"), as: UTF8.self)
    let text = try DeployFiles.text("Dockerfile")
    let products = text.matches(of: /--product ([a-z-]+)/).map { String($0.output.1) }
    #expect(products == ["netpolc", "netpolc-agent"])
    for product in products { #expect(package.contains(".executable(name: \"\(product)\"")) }
    let from = try #require(instructions().first { $0[0] == "COPY" && $0[1] == "--from=build" })
    #expect(from.dropFirst(2).dropLast() == products.map { "/build/.build/release/\($0)" }[...])
    let directory = try #require(from.last)
    #expect(text.contains("\nWORKDIR /build\n"))
    for path in ["kustomize/base/daemonset.yaml", "kustomize/uninstall/daemonset.yaml"] {
      let container = try #require(DeployFiles.object("DaemonSet", in: path).ownContainers.first)
      let program = try #require(container["command"]?.texts.first)
      #expect(products.contains { program == "\(directory)\($0)" }, "\(program)")
    }
  }

  @Test func `it is linked as the releases are`() throws {
    let make = String(decoding: try readFile("\(DeployFiles.root)/Makefile"), as: UTF8.self)
    let options = "-c release --static-swift-stdlib"
    #expect(make.contains("RELEASE = \(options)\n"))
    #expect(try DeployFiles.text("Dockerfile").ranges(of: "swift build \(options) ").count == 2)
  }

  @Test(
    .enabled(if: findExecutable("ldd") != nil, "ldd is not installed."),
    arguments: [Program.path, Program.agentPath])
  func `it has the libraries that the programs need`(_ program: String) throws {
    let needed = try runProcess(["ldd", program]).output.split(separator: "\n")
      .compactMap { $0.split(whereSeparator: \.isWhitespace).first }
      .filter { !$0.hasPrefix("libswift") && !$0.hasPrefix("libFoundation") }
    let installed = try instructions().flatMap(\.self)
    var packages = 0
    for library in needed {
      guard let package = Self.packages[library] else {
        Issue.record("\(library) is in no known package")
        continue
      }
      packages += 1
      if let package { #expect(installed.contains(package), "\(library)") }
    }
    #expect(packages > 3)
  }

  /// Debian's package for a library; nil for one that every image of Debian has, or that Swift
  /// brings and a static program does not need.
  private static let packages: [Substring: String?] = [
    "libyaml-0.so.2": "libyaml-0-2", "libnftnl.so.11": "libnftnl11", "libmnl.so.0": "libmnl0",
    "libz.so.1": "zlib1g", "libstdc++.so.6": "libstdc++6", "libgcc_s.so.1": nil,
    "libc.so.6": nil, "libm.so.6": nil, "libdispatch.so": nil,
    "libBlocksRuntime.so": nil, "linux-vdso.so.1": nil,
    "/lib64/ld-linux-x86-64.so.2": nil, "/lib/ld-linux-aarch64.so.1": nil,
  ]
}

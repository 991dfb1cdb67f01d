import ArgumentParser
import Kubernetes

/// Which policies are tried only, the same wherever policies are read.
package struct AuditOptions: ParsableArguments {
  @Option(
    name: .customLong("audit-annotation"),
    help: ArgumentHelp(
      "The annotation that, with the value \"true\", lets a policy tell what it would deny, and deny nothing.",
      valueName: "key"))
  package var annotation = AuditAnnotation.standard

  package init() {}

  /// Whether it is another than without the option.
  package var isGiven: Bool { annotation != .standard }
}

extension AuditAnnotation: ExpressibleByArgument {
  package init?(argument: String) { self.init(key: argument) }

  package var defaultValueDescription: String { key }
}

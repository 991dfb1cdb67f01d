import TestSupport
import Testing

/// All tests that need the laboratory, one at a time: it is quick when it has the machine to
/// itself, and a test can count what is left behind. Suites are nested here by extensions.
@Suite(
  .serialized,
  .enabled(if: Laboratory.unavailable == nil, "\(Laboratory.unavailable ?? "It can run.")"))
enum Live {}

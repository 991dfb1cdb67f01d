import CLinux
import Glibc

/// How many characters the terminal behind a descriptor shows; nil when there is none, or one that
/// cannot move its cursor.
package func terminalSize(_ descriptor: Int32) -> (rows: Int, columns: Int)? {
  guard isatty(descriptor) == 1, environment("TERM") ?? "dumb" != "dumb" else { return nil }
  var size = winsize()
  guard netpolc_window_size(descriptor, &size) == 0, size.ws_row > 0, size.ws_col > 0 else {
    return nil
  }
  return (Int(size.ws_row), Int(size.ws_col))
}

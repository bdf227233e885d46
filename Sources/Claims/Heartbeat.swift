import FileAccess
import Glibc
import Kernels

/// Lets a file grow by a byte every few seconds for as long as the process lives, so that another
/// machine, which cannot ask whether it does, can tell by looking twice. Neither machine's clock is
/// compared with the other's.
///
/// Invariant: once `stop` has returned, the file is no longer written.
final class Heartbeat {
  private let thread: SystemThread?
  /// Closed to end the thread, which waits at the other end.
  private var stopper: Int32

  /// Beats without end; where the system gives no thread or no pipe, not at all: then only processes of
  /// this machine can tell.
  init(_ file: OpenFile, everySeconds seconds: Double) {
    var ends: [Int32] = [-1, -1]
    let milliseconds = Int32(max(1, min(seconds * 1000, 1e8)))
    guard pipe(&ends) == 0 else {
      (thread, stopper) = (nil, -1)
      return
    }
    let waiting = ends[0]
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    nonisolated(unsafe) let file = file
    stopper = ends[1]
    thread = SystemThread {
      var end = pollfd(fd: waiting, events: Int16(POLLIN), revents: 0)
      while true {
        let found = poll(&end, 1, milliseconds)
        if found > 0 { break }
        // A beat that a full disk does not take is missed, and the next one tried.
        if found == 0 { try? file.write([UInt8(ascii: ".")]) }
      }
      close(waiting)
    }
    if thread == nil { close(waiting) }
  }

  func stop() {
    guard stopper >= 0 else { return }
    close(stopper)
    stopper = -1
    thread?.join()
  }

  deinit { stop() }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A thread of the system's own, for work that goes on beside the thread that runs Lua.
///
/// Invariant: no signal is ever handled on it: signals are for the thread that runs Lua.
public final class SystemThread {
  private let thread: pthread_t

  private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  /// Starts a thread that runs this and ends; nil where the system gives no more threads.
  public init?(_ run: @escaping @Sendable () -> Void) {
    let body = Unmanaged.passRetained(Body(run))
    // A thread inherits the mask, so that there is no moment in which a signal could reach it.
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    #if canImport(Darwin)
      var started: pthread_t?
    #else
      var started = pthread_t()
    #endif
    let status = pthread_create(
      &started, nil,
      { argument in
        let raw: UnsafeMutableRawPointer? = argument
        if let raw { Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run() }
        return nil
      }, body.toOpaque())
    #if canImport(Darwin)
      guard status == 0, let started else {
        body.release()
        return nil
      }
    #else
      guard status == 0 else {
        body.release()
        return nil
      }
    #endif
    thread = started
  }

  /// Returns when the thread has ended; to be called once.
  public func join() { pthread_join(thread, nil) }
}

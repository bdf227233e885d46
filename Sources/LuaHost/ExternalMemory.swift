internal import CLuaHost

/// The count of memory that Lua's objects hold outside Lua's heap: of a tensor of 16 MB the collector
/// sees 40 bytes. Whoever allocates says so here, on any thread.
///
/// Torch7's rule: once the count passes a soft maximum (64 MiB at first) a full collection runs as
/// soon as Swift is off the stack; if four fifths of the maximum are still held, it grows by 1.4.
public final class ExternalMemory: @unchecked Sendable {
  private let gauge: OpaquePointer
  private let registry: LuaRegistry

  init(_ host: OpaquePointer, _ registry: LuaRegistry) {
    self.registry = registry
    gauge = luahost_gauge(host)
    luahost_gauge_retain(gauge)
  }

  deinit { luahost_gauge_release(gauge) }

  /// Bytes held now.
  public var bytes: Int { luahost_gauge_bytes(gauge) }

  /// Adds bytes that were allocated, or takes away those that were freed.
  public func adjust(by bytes: Int) { luahost_gauge_adjust(gauge, bytes) }

  /// Collects what scripts have dropped, for an allocation that would fail otherwise. It works only in
  /// a callback on the host's own thread. What goes is released at once: no lock may be held, and
  /// no value be under change that an object's deinit changes too.
  public func reclaim() {
    if let host = registry.host { luahost_reclaim(host) }
  }
}

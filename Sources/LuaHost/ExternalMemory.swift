internal import CLuaHost

/// The count of memory that Lua's objects hold outside Lua's heap: of a tensor of 16 MB the collector
/// sees 40 bytes. Whoever allocates says so here, on any thread.
///
/// Torch7's rule: once the count passes a soft maximum (64 MiB at first) a full collection runs as
/// soon as Swift is off the stack; if four fifths of the maximum are still held, it grows by 1.4.
public final class ExternalMemory: @unchecked Sendable {
  private let gauge: OpaquePointer

  init(_ host: OpaquePointer) {
    gauge = luahost_gauge(host)
    luahost_gauge_retain(gauge)
  }

  deinit { luahost_gauge_release(gauge) }

  /// Bytes held now.
  public var bytes: Int { luahost_gauge_bytes(gauge) }

  /// Adds bytes that were allocated, or takes away those that were freed.
  public func adjust(by bytes: Int) { luahost_gauge_adjust(gauge, bytes) }
}

import Synchronization

/// Geometries of convolutions that were made before: their tables of offsets cost more to make than a
/// small convolution costs to run.
///
/// Invariant: what is kept has at most `mostOffsets` offsets and `mostGeometries` geometries; what was
/// not used for longest goes first. Equal parameters give equal geometries, kept or not.
///
/// What is kept counts as memory in use.
public final class GeometryCache: Sendable {
  /// For operations that are given numbers rather than geometries: 32 MiB of offsets.
  public static let shared = GeometryCache(mostOffsets: 1 << 22)

  private struct Key: Hashable {
    let input: ConvolutionGeometry.Extent
    let outputChannels: Int
    let kernel: Int
    let stride: Int
    let padding: Int
    let dilation: Int
    let winograd: ConvolutionGeometry.WinogradUse
  }

  private struct State {
    var geometries: [Key: (geometry: ConvolutionGeometry, lastUse: Int)] = [:]
    var offsets = 0
    var uses = 0
  }

  private let mostOffsets: Int
  private let mostGeometries: Int
  private let state = Mutex(State())

  public init(mostOffsets: Int, mostGeometries: Int = 512) {
    self.mostOffsets = mostOffsets
    self.mostGeometries = mostGeometries
  }

  /// Geometries kept now, and their offsets.
  public var usage: (geometries: Int, offsets: Int) {
    state.withLock { ($0.geometries.count, $0.offsets) }
  }

  deinit { removeAll() }

  /// Forgets what is kept, for others need the memory.
  func removeAll() {
    let offsets = state.withLock { state in
      defer {
        state.geometries = [:]
        state.offsets = 0
      }
      return state.offsets
    }
    Self.count(-offsets)
  }

  private static func count(_ offsets: Int) {
    guard offsets != 0 else { return }
    RecycledMemory.count(offsets * MemoryLayout<Int>.size)
  }

  /// The geometry that `ConvolutionGeometry.init` makes of these numbers; nil where it fails.
  public func geometry(
    input: ConvolutionGeometry.Extent, outputChannels: Int, kernel: Int, stride: Int, padding: Int,
    dilation: Int = 1, winograd: ConvolutionGeometry.WinogradUse = .whereFaster
  ) -> ConvolutionGeometry? {
    let key = Key(
      input: input, outputChannels: outputChannels, kernel: kernel, stride: stride,
      padding: padding, dilation: dilation, winograd: winograd)
    if let kept = state.withLock({ Self.use(key, &$0) }) { return kept }
    // Made outside the lock: others need not wait for it, and may make the same at worst.
    guard
      let made = ConvolutionGeometry(
        input: input, outputChannels: outputChannels, kernel: kernel, stride: stride,
        padding: padding, dilation: dilation, winograd: winograd)
    else { return nil }
    let (geometry, change) = state.withLock { state in
      if let kept = Self.use(key, &state) { return (kept, 0) }
      let before = state.offsets
      keep(made, key, &state)
      return (made, state.offsets - before)
    }
    Self.count(change)
    return geometry
  }

  private static func use(_ key: Key, _ state: inout State) -> ConvolutionGeometry? {
    state.uses += 1
    state.geometries[key]?.lastUse = state.uses
    return state.geometries[key]?.geometry
  }

  private func keep(_ geometry: ConvolutionGeometry, _ key: Key, _ state: inout State) {
    guard geometry.offsetCount <= mostOffsets, mostGeometries > 0 else { return }
    while state.offsets + geometry.offsetCount > mostOffsets
      || state.geometries.count >= mostGeometries
    {
      guard let oldest = state.geometries.min(by: { $0.value.lastUse < $1.value.lastUse }) else {
        break
      }
      state.offsets -= oldest.value.geometry.offsetCount
      state.geometries[oldest.key] = nil
    }
    state.offsets += geometry.offsetCount
    state.geometries[key] = (geometry, state.uses)
  }
}

extension ConvolutionGeometry {
  /// Offsets in its tables of pixels.
  var offsetCount: Int {
    let passes = [forward] + backward
    return gradientOffsets.count
      + passes.reduce(0) { $0 + $1.readOffsets.count + $1.writeOffsets.count }
  }
}

import Kernels
import Testing

/// Geometries are kept, and forgotten in the order of their last use.
@Suite struct GeometryCacheTests {
  private func geometry(
    _ cache: GeometryCache, size: Int = 8, kernel: Int = 3, dilation: Int = 1
  ) -> ConvolutionGeometry? {
    cache.geometry(
      input: .init(channels: 4, height: size, width: size), outputChannels: 4, kernel: kernel,
      stride: 1, padding: 1, dilation: dilation)
  }

  @Test func equalNumbersGiveTheSameGeometry() throws {
    let cache = GeometryCache(mostOffsets: 1 << 20)
    let first = try #require(geometry(cache))
    #expect(geometry(cache) === first)
    let dilated = try #require(geometry(cache, dilation: 2))
    #expect(dilated !== first && dilated.dilation == 2)
    #expect(geometry(cache) === first)
    #expect(cache.usage.geometries == 2)
    #expect(geometry(cache, kernel: 11) == nil)
    #expect(cache.usage.geometries == 2)
  }

  @Test func theOldestAreForgotten() throws {
    let cache = GeometryCache(mostOffsets: 1 << 20, mostGeometries: 3)
    let made = try (4...6).map { try #require(geometry(cache, size: $0)) }
    #expect(geometry(cache, size: 4) === made[0])
    _ = geometry(cache, size: 7)
    #expect(cache.usage.geometries == 3)
    #expect(geometry(cache, size: 4) === made[0])
    #expect(geometry(cache, size: 6) === made[2])
    #expect(geometry(cache, size: 5) !== made[1])
  }

  @Test func offsetsAreBounded() throws {
    let probe = GeometryCache(mostOffsets: .max)
    _ = geometry(probe, size: 8)
    let least = probe.usage.offsets
    #expect(least > 0)
    let cache = GeometryCache(mostOffsets: 3 * least)
    for size in 1...40 {
      #expect(try #require(geometry(cache, size: size)).input.height == size)
      #expect(cache.usage.offsets <= 3 * least)
    }
    // Too large to be kept at all.
    let large = try #require(geometry(cache, size: 40))
    #expect(geometry(cache, size: 40) !== large)
  }

  @Test func manyThreadsAtOnce() async throws {
    let cache = GeometryCache(mostOffsets: 1 << 20, mostGeometries: 8)
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<8 {
        group.addTask {
          (0..<200).allSatisfy { turn in
            let size = 1 + (turn * 7 + task) % 12
            return geometry(cache, size: size)?.input.height == size
          }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
    #expect(cache.usage.geometries <= 8)
  }
}

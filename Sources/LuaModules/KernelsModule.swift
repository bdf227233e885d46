import Foundation
import Kernels
import LuaHost
import Probes
import Spelling

/// `nas.native.kernels`: what `scripts/bench/kernels.lua` measures.
func kernelsModule() -> LuaTable {
  [
    "peak": LuaClosure(arguments: 1) { call in
      let rounds = try call.integer(1, "rounds", in: 1...1_000_000_000)
      let start = threadSeconds()
      let (operations, checksum) = PeakRate.multiplyAdds(rounds: rounds)
      let seconds = threadSeconds() - start
      return call.returns(operations / seconds, Double(checksum))
    },
    "memory": LuaClosure(arguments: 3) { call in
      // Bytes a second, the best of some rounds; the first makes the pages.
      let name = try call.string(1)
      guard let pattern = MemoryRate.Pattern(rawValue: name) else {
        throw call.blame(
          1, unknown("pattern", name, known: MemoryRate.Pattern.allCases.map(\.rawValue)))
      }
      let memory = try MemoryRate(count: call.integer(2, "numbers", in: 1...(1 << 30)))
      let rounds = try call.integer(3, "rounds", in: 1...1000)
      var best = 0.0
      for _ in 0...rounds {
        let start = monotonicSeconds()
        let bytes = memory.run(pattern)
        best = max(best, Double(bytes) / (monotonicSeconds() - start))
      }
      return call.returns(best)
    },
    "convolution": LuaClosure(arguments: 1) { call in
      let options = try call.options(
        1,
        known: [
          "direction", "channels", "outputs", "image", "kernel", "batch", "repeats", "direct",
        ])
      let direction = try options.choice(
        "direction", default: "forward", among: ConvolutionTrial.directions.keys.sorted())
      let channels = try options.integer("channels", default: 16, in: 1...4096)
      let image = try options.integer("image", default: 16, in: 1...4096)
      let trial = try ConvolutionTrial(
        channels: channels,
        outputs: options.integer("outputs", default: channels, in: 1...4096), image: image,
        kernel: options.integer("kernel", default: 3, in: 1...11),
        batch: options.integer("batch", default: 64, in: 1...65536),
        winograd: options.boolean("direct", default: false) ? .never : .whereFaster)
      let repeats = try options.integer("repeats", default: 10, in: 1...1_000_000)
      guard let (measured, run) = ConvolutionTrial.directions[direction] else {
        throw LuaError("no such direction")
      }
      let start = threadSeconds()
      for _ in 0..<repeats { run(trial)() }
      let seconds = threadSeconds() - start
      return call.returns(
        trial.operations * Double(repeats) / seconds, trial.algorithm(measured))
    },
    "matmul": LuaClosure(arguments: 1) { call in
      let options = try call.options(
        1, known: ["rows", "inner", "columns", "repeats", "transpose_left", "transpose_right"])
      let trial = try MatrixProductTrial(
        rows: options.integer("rows", default: 512, in: 1...65536),
        inner: options.integer("inner", default: 512, in: 1...65536),
        columns: options.integer("columns", default: 512, in: 1...65536),
        transposeLeft: options.boolean("transpose_left", default: false),
        transposeRight: options.boolean("transpose_right", default: false))
      let repeats = try options.integer("repeats", default: 10, in: 1...1_000_000_000)
      let start = monotonicSeconds()
      for _ in 0..<repeats { trial.run() }
      let seconds = monotonicSeconds() - start
      return call.returns(trial.operations * Double(repeats) / seconds)
    },
  ]
}

/// Seconds that the calling thread ran, which programs beside it don't add to.
private func threadSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Memory of kernels' operands, filled with a number that keeps sums small.
private final class TrialMemory {
  private let buffers: [(address: UnsafeMutableRawPointer, size: Int)]

  /// Buffers of so many numbers.
  init(_ counts: [Int]) throws {
    var buffers: [(UnsafeMutableRawPointer, Int)] = []
    // What was allocated before an allocation failed is given back.
    defer { if buffers.count < counts.count { Self.recycle(buffers) } }
    for count in counts {
      let size = count * ElementType.float32.size
      let address = try RecycledMemory.allocate(size)
      address.initializeMemory(as: Float.self, repeating: 0.01, count: count)
      buffers.append((address, size))
    }
    self.buffers = buffers
  }

  deinit { Self.recycle(buffers) }

  private static func recycle(_ buffers: [(UnsafeMutableRawPointer, Int)]) {
    for (address, size) in buffers { RecycledMemory.recycle(address, size) }
  }

  subscript(_ index: Int) -> UnsafeMutableRawPointer { buffers[index].address }
}

/// One product of two matrices, each of which may lie transposed in memory, on the pool's threads.
private final class MatrixProductTrial {
  private let rows: Int
  private let inner: Int
  private let columns: Int
  private let left: MatrixProduct.Operand
  private let right: MatrixProduct.Operand
  private let memory: TrialMemory

  /// Floating-point operations of one run, two a multiply-add.
  var operations: Double { 2 * Double(rows) * Double(inner) * Double(columns) }

  init(rows: Int, inner: Int, columns: Int, transposeLeft: Bool, transposeRight: Bool) throws {
    self.rows = rows
    self.inner = inner
    self.columns = columns
    memory = try TrialMemory([rows * inner, inner * columns, rows * columns])
    left =
      transposeLeft
      ? .init(memory[0], rowStride: 1, columnStride: rows)
      : .init(memory[0], rowStride: inner, columnStride: 1)
    right =
      transposeRight
      ? .init(memory[1], rowStride: 1, columnStride: inner)
      : .init(memory[1], rowStride: columns, columnStride: 1)
  }

  func run() {
    MatrixProduct.run(
      .float32, rows: rows, inner: inner, columns: columns, left, right, result: memory[2],
      adding: false)
  }
}

/// One convolution over a batch of images, with everything it reads prepared, as training runs it: a
/// few padded images at a time, on the calling thread.
private final class ConvolutionTrial {
  static let directions:
    [String: (
      direction: ConvolutionGeometry.Direction, run: @Sendable (ConvolutionTrial) -> () -> Void
    )] = [
      "forward": (.forward, { $0.forward }),
      "backward-data": (.backwardToData, { $0.backwardData }),
      "backward-weights": (.backwardToWeights, { $0.backwardWeights }),
    ]

  private let geometry: ConvolutionGeometry
  private let batch: Int
  private let memory: TrialMemory

  /// Floating-point operations of one run, two a multiply-add.
  var operations: Double { 2 * Double(geometry.multiplyAdds) * Double(batch) }

  /// How a direction is computed.
  func algorithm(_ direction: ConvolutionGeometry.Direction) -> String {
    geometry.usesWinograd(direction, .float32) ? "Winograd" : "direct"
  }

  init(
    channels: Int, outputs: Int, image: Int, kernel: Int, batch: Int,
    winograd: ConvolutionGeometry.WinogradUse
  ) throws {
    let input = ConvolutionGeometry.Extent(channels: channels, height: image, width: image)
    guard
      let geometry = ConvolutionGeometry(
        input: input, outputChannels: outputs, kernel: kernel, stride: 1, padding: kernel / 2,
        winograd: winograd)
    else { throw LuaError("no such convolution") }
    self.geometry = geometry
    self.batch = batch
    memory = try TrialMemory([
      geometry.paddedInput.size * geometry.imagesPerSlab,
      geometry.paddedOutputGradient.size * geometry.imagesPerSlab,
      geometry.transformedWeightSize(.forward, .float32) ?? geometry.weightSize,
      geometry.transformedWeightSize(.backwardToData, .float32) ?? geometry.transposedWeightSize,
      geometry.output.size * batch, geometry.input.size * batch,
      geometry.scratchSize(.float32) / ElementType.float32.size,
    ])
  }

  private func slabs(_ body: (_ first: Int, _ images: Int) -> Void) {
    for first in stride(from: 0, to: batch, by: geometry.imagesPerSlab) {
      body(first, min(geometry.imagesPerSlab, batch - first))
    }
  }

  private func forward() {
    slabs { first, images in
      ConvolutionPass.forward(
        geometry, .float32, padded: memory[0], weights: memory[2],
        result: memory[4] + first * geometry.output.size * 4, images: images, scratch: memory[6])
    }
  }

  private func backwardData() {
    slabs { first, images in
      ConvolutionPass.backward(
        geometry, .float32, paddedGradient: memory[1], transposedWeights: memory[3],
        inputGradient: memory[5] + first * geometry.input.size * 4, images: images,
        output: .store, scratch: memory[6])
    }
  }

  private func backwardWeights() {
    slabs { _, images in
      ConvolutionWeightGradient.add(
        geometry, .float32, padded: memory[0], paddedGradient: memory[1], to: memory[2],
        images: images, scratch: memory[6])
    }
  }
}

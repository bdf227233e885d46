import Datasets
import FileAccess
import Foundation
import Kernels
import Optimisers
import SearchSpaces
import Supernets
import Tensors
import Testing
import WeightFiles

/// Supernets saved and opened again, and files that say what cannot be.
@MainActor @Suite struct SupernetFileTests {
  private func inTemporaryFile(_ body: (_ path: Path) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "lunas-\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    try body(Path(file.path))
  }

  private func make(only: Architecture? = nil) throws -> Supernet {
    try Supernet(
      CellSpace.nasBench201(channels: 2, cells: 2, image: 8), SmallDataset.make(),
      NetworkOptions(seed: .max, only: only))
  }

  private func open(_ path: Path) throws -> Supernet {
    try Supernet(path: path, spaces: SpaceRegistry()) { name in
      guard name == "noise" else { throw DataError("no data set '\(name)'") }
      return try SmallDataset.make()
    }
  }

  @Test(arguments: [nil, 12_000])
  func aSupernetComesBack(only index: Int?) throws {
    let space = try CellSpace.nasBench201()
    let architecture = try space.architecture(at: 12_000)
    let supernet = try make(only: index.map { try space.architecture(at: $0) })
    let batch = try supernet.dataset.batch(.train, positions: Array(0..<20))
    for _ in 0..<2 { _ = try supernet.step(architecture, batch, StepOptions(GradientDescent())) }
    try inTemporaryFile { path in
      try supernet.save(to: path)
      let opened = try open(path)
      #expect(opened.network.bits == supernet.network.bits)
      #expect(opened.steps == 2)
      #expect(opened.options.seed == .max)
      #expect(opened.options.only == supernet.options.only)
      #expect(opened.space.options == supernet.space.options)
      func loss(_ supernet: Supernet) throws -> Double {
        try supernet.evaluate(architecture, split: .test, batch: 23, statistics: .running).loss
      }
      #expect(try loss(opened) == loss(supernet))
    }
  }

  @Test func aSupernetIsNotOpenedOnOtherDataThanItsOwn() throws {
    let supernet = try make()
    try inTemporaryFile { path in
      try supernet.save(to: path)
      let fewer = try SmallDataset.make(train: 40)
      let error = #expect(throws: NetworkError.self) {
        try Supernet(path: path, spaces: SpaceRegistry()) { _ in fewer }
      }
      #expect(error?.description.contains("is of other data than 'noise' holds") == true)
      // Data that are given are wanted.
      let moved = try Supernet(path: path, spaces: SpaceRegistry(), data: fewer) { _ in fewer }
      #expect(moved.dataset.size(.train) == 40)
      #expect(moved.network.bits == supernet.network.bits)
    }
  }

  /// Metadata are what a file says, and may say anything.
  @Test func whatCannotBeIsAnError() throws {
    let supernet = try make()
    let tensors = supernet.network.parameters.map { ($0.name, $0.tensor) }
    try inTemporaryFile { path in
      try supernet.save(to: path)
      let sound = try Safetensors(path: path).metadata
      let changes: [(key: String, value: String?)] = [
        ("space", nil), ("space", "nasbench2o1"), ("dataset", nil), ("dataset", "no"),
        ("space.cells", "3"), ("space.cells", "0"), ("space.cells", "1e300"),
        ("space.cells", "nan"), ("space.cells", "-1"), ("space.cells", "two"),
        ("space.channels", "1.5"), ("space.image", "16"), ("space.colour", "1"),
        ("architecture", ""), ("architecture", "|none~0|"),
        ("architecture", "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"),
        ("architecture", "|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"),
      ]
      for (key, value) in changes {
        var metadata = sound
        metadata[key] = value
        try Safetensors.save(tensors, metadata: metadata, to: path)
        let title: Comment = "\(key): \(value ?? "missing")"
        #expect(throws: (any Error).self, title) { try open(path) }
      }
    }
  }

  /// A count of steps or a seed that is no count: an error or another number, but never a trap.
  @Test func countsThatAreNone() throws {
    let supernet = try make()
    let architecture = try supernet.space.architecture(at: 0)
    let tensors = supernet.network.parameters.map { ($0.name, $0.tensor) }
    try inTemporaryFile { path in
      try supernet.save(to: path)
      let sound = try Safetensors(path: path).metadata
      for steps in ["", "-1", "x", "\(Int.max)", "\(Int.min)", "99999999999999999999"] {
        for key in ["steps", "seed"] {
          var metadata = sound
          metadata[key] = steps
          try Safetensors.save(tensors, metadata: metadata, to: path)
          guard let opened = try? open(path) else { continue }
          let batch = try opened.dataset.batch(.train, positions: [0, 1, 2, 3])
          _ = try opened.step(architecture, batch, StepOptions(GradientDescent()))
          #expect(opened.steps >= 0, "\(key): \(steps)")
        }
      }
    }
  }
}

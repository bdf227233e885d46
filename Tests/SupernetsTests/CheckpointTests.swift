import Datasets
import FileAccess
import Foundation
import Kernels
import Optimisers
import Randomness
import SearchSpaces
import Supernets
import Tensors
import TestSupport
import Testing
import WeightFiles

/// What a checkpoint holds, and what is no checkpoint.
@MainActor @Suite struct CheckpointTests {
  private func supernet(
    _ element: ElementType = .float32, channels: Int = 4
  ) throws -> Supernet {
    try Supernet(
      CellSpace.nasBench201(channels: channels, cells: 1, image: 8), SmallDataset.make(),
      NetworkOptions(seed: 1, elementType: element))
  }

  private func train(
    _ supernet: Supernet, _ optimiser: any Optimiser, from first: Int, steps: Int
  ) throws {
    var optimiser = optimiser
    for step in first..<first + steps {
      // Rates fall: averaged descent remembers the one before.
      optimiser.learningRate *= 0.9
      var generator = Generator.derived(seed: 3, purpose: "step", index: UInt64(step))
      let batch = try supernet.dataset.batch(
        .train, positions: generator.choice(21, outOf: 50),
        elementType: supernet.options.elementType)
      try supernet.advance(
        [supernet.space.sample(using: &generator)], batch, StepOptions(optimiser))
    }
  }

  /// Weights, optimiser's states, counts.
  private func everything(_ supernet: Supernet) -> [String: [UInt64]] {
    var bits: [String: [UInt64]] = [:]
    for parameter in supernet.network.parameters {
      let kept = supernet.optimiserState[parameter]
      bits[parameter.name] =
        parameter.tensor.doubles().map(\.bitPattern)
        + [UInt64(kept?.updates ?? 0), (kept?.rate ?? 0).bitPattern]
      for (name, state) in kept?.tensors ?? [:] {
        bits["\(parameter.name)#\(name)"] = state.doubles().map(\.bitPattern)
      }
    }
    return bits
  }

  private static let optimisers: [any Optimiser] = [
    GradientDescent(learningRate: 0.05), Adam(learningRate: 1e-3),
    AveragedDescent(learningRate: 0.05, lambda: 0, averagingStart: 2),
  ]

  @Test(arguments: [0, 1, 2], [ElementType.float32, .float64])
  func aLoadedCheckpointTrainsOnToTheSameBits(_ which: Int, _ element: ElementType) throws {
    let folder = try TemporaryFolder()
    let optimiser = Self.optimisers[which]
    let path = Path(folder.file("run.ckpt"))
    let net = try supernet(element)
    net.beginTraining()
    net.begin(epoch: 1)
    try train(net, optimiser, from: 0, steps: 5)
    try net.saveCheckpoint(
      Supernet.CheckpointContent(fields: ["lr": "0.05"], carried: nil), to: path)
    let saved = everything(net)
    let place = net.place
    var later = optimiser
    later.learningRate *= 0.9 * 0.9 * 0.9 * 0.9 * 0.9
    try train(net, later, from: 5, steps: 4)

    let other = try supernet(element)
    let content = try other.loadCheckpoint(from: path)
    #expect(content.fields == ["lr": "0.05"])
    #expect(everything(other) == saved)
    #expect(other.place == place)
    #expect(other.steps == 5)
    try train(other, later, from: 5, steps: 4)
    #expect(everything(other) == everything(net))
    #expect(other.place == net.place)
  }

  @Test func theOneBeforeIsKept() throws {
    let folder = try TemporaryFolder()
    let path = Path(folder.file("run.ckpt"))
    let net = try supernet()
    var bytes: [[UInt8]] = []
    for step in 0..<3 {
      try train(net, GradientDescent(), from: step, steps: 1)
      try net.saveCheckpoint(.init(fields: [:], carried: nil), to: path)
      bytes.append(try FileSystem.contents(of: path))
      if step > 0 {
        let before = try FileSystem.contents(of: path.appending(".previous"))
        #expect(before == bytes[step - 1])
      }
    }
    #expect(try folder.names == ["run.ckpt", "run.ckpt.previous"])
  }

  /// A weight, a running statistic, what the optimiser keeps.
  @Test(arguments: ["stem.0.weight", "stem.1.running_var", "velocity"])
  func aCheckpointThatIsNotFiniteReplacesNone(_ name: String) throws {
    let folder = try TemporaryFolder()
    let path = Path(folder.file("run.ckpt"))
    let net = try supernet()
    for step in 0..<2 {
      try train(net, GradientDescent(), from: step, steps: 1)
      try net.saveCheckpoint(.init(fields: [:], carried: nil), to: path)
    }
    let before = try (
      FileSystem.contents(of: path), FileSystem.contents(of: path.appending(".previous"))
    )
    let parameters = net.network.parameters
    let stem = try #require(parameters.first { $0.name == "stem.0.weight" })
    let tensor = try #require(
      name == "velocity"
        ? net.optimiserState[stem]?.tensors[name]
        : parameters.first { $0.name == name }?.tensor)
    var values = tensor.doubles()
    values[values.count - 1] = .nan
    try tensor.set(values)
    let error = #expect(throws: NetworkError.self) {
      try net.saveCheckpoint(.init(fields: [:], carried: nil), to: path)
    }
    #expect(error?.description.contains("\(name)' holds numbers that are not finite") == true)
    let after = try (
      FileSystem.contents(of: path), FileSystem.contents(of: path.appending(".previous"))
    )
    #expect(after == before)
    #expect(try folder.names == ["run.ckpt", "run.ckpt.previous"])
  }

  @Test func whatIsRefusedChangesNothing() throws {
    let folder = try TemporaryFolder()
    let path = Path(folder.file("run.ckpt"))
    let net = try supernet()
    try train(net, GradientDescent(), from: 0, steps: 2)
    try net.saveCheckpoint(.init(fields: ["lr": "1"], carried: nil), to: path)
    let other = try supernet()
    let before = everything(other)
    struct Other: Error {}
    #expect(throws: Other.self) { try other.loadCheckpoint(from: path) { _ in throw Other() } }
    #expect(everything(other) == before)
    let wide = try supernet(channels: 8)
    let error = #expect(throws: NetworkError.self) { try wide.loadCheckpoint(from: path) }
    #expect(error?.description.contains("space.channels is 4") == true)
    try net.save(to: path)
    let plain = #expect(throws: NetworkError.self) { try other.loadCheckpoint(from: path) }
    #expect(plain?.description.contains("its format is 'lunas 1'") == true)
    #expect(everything(other) == before)
  }

  /// Which settings differ, each with both values; the name that data were opened by is none of them.
  @Test func aRefusalNamesAllThatDiffers() throws {
    let folder = try TemporaryFolder()
    let path = Path(folder.file("run.ckpt"))
    try supernet().saveCheckpoint(.init(fields: [:], carried: nil), to: path)
    let other = try Supernet(
      CellSpace.nasBench201(channels: 4, cells: 2, image: 8),
      SmallDataset.make().augmented(Augmentation(crop: 2)), NetworkOptions(seed: 2))
    let error = #expect(throws: NetworkError.self) { try other.loadCheckpoint(from: path) }
    for difference in [
      "space.cells is 1, here it is 2", "data.augmentation.crop is 0, here it is 2",
      "seed is 1, here it is 2",
    ] { #expect(error?.description.contains(difference) == true) }
    let images = try SmallDataset.make()
    let renamed = try Supernet(
      CellSpace.nasBench201(channels: 4, cells: 1, image: 8),
      ImageDataset(
        name: "elsewhere", train: images.train, validation: images.validation, test: images.test),
      NetworkOptions(seed: 1))
    _ = try renamed.loadCheckpoint(from: path)
  }

  /// What a checkpoint holds and nobody asks for was passed over, and a momentum lost with it.
  @Test(arguments: ["#update", "stem.0.weight#velocitx", "stem.0.weigh#velocity", "more", "stem#"])
  func unknownNamesAreRefused(stranger: String) throws {
    let folder = try TemporaryFolder()
    let path = Path(folder.file("run.ckpt"))
    let net = try supernet()
    try train(net, GradientDescent(), from: 0, steps: 2)
    try net.saveCheckpoint(.init(fields: [:], carried: nil), to: path)
    let file = try Safetensors(path: path)
    var tensors = try file.entries.map { ($0.key.utf8 ?? "", try $0.value.tensor()) }
    let shape = try #require(file["stem.0.weight"]).shape
    tensors.append((stranger, try Tensor(shape: shape)))
    try Safetensors.save(tensors, metadata: file.metadata, to: path)
    let other = try supernet()
    let before = everything(other)
    let error = #expect(throws: NetworkError.self) { try other.loadCheckpoint(from: path) }
    #expect(error?.description.contains("'\(stranger)'") == true)
    #expect(everything(other) == before)
  }

  @Test func aCopySharesNothing() throws {
    let net = try supernet()
    try train(net, GradientDescent(), from: 0, steps: 2)
    let copy = try net.copy()
    #expect(everything(copy) == everything(net))
    try train(net, GradientDescent(), from: 2, steps: 2)
    #expect(everything(copy) != everything(net))
    try train(copy, GradientDescent(), from: 2, steps: 2)
    #expect(everything(copy) == everything(net))
  }

  @Test func averagesBecomeTheWeights() throws {
    let net = try supernet()
    try train(net, Self.optimisers[2], from: 0, steps: 5)
    let averages = net.network.parameters.map {
      net.optimiserState[$0]?.tensors["average"]?.doubles()
    }
    try net.adoptAverages()
    for (parameter, average) in zip(net.network.parameters, averages) {
      if let average { #expect(parameter.tensor.doubles() == average) }
    }
    #expect(averages.contains { $0 != nil })
  }
}

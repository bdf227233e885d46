import Datasets
import FileAccess
import Optimisers
import Randomness
import SearchSpaces
import Supernets
import Tensors
import TestSupport
import Testing

/// A step is made whole or not at all, wherever it fails.
@MainActor @Suite struct WholeStepTests {
  private struct Stop: Error {}

  private func supernet() throws -> Supernet {
    try Supernet(
      CellSpace.nasBench201(channels: 4, cells: 1, image: 8), SmallDataset.make(),
      NetworkOptions(seed: 1))
  }

  private func paths(_ supernet: Supernet) throws -> [Architecture] {
    var generator = Generator(seed: 5)
    return try (0..<2).map { _ in try supernet.space.sample(using: &generator) }
  }

  private func batch(_ supernet: Supernet) throws -> ImageBatch {
    try supernet.dataset.batch(.train, positions: Array(0..<16))
  }

  /// All that a step changes, as bits.
  private func everything(_ supernet: Supernet) -> [String: [UInt64]] {
    var bits = ["steps": [UInt64(supernet.steps)]]
    for parameter in supernet.network.parameters {
      bits[parameter.name] = parameter.tensor.doubles().map(\.bitPattern)
      guard let kept = supernet.optimiserState[parameter] else { continue }
      bits["\(parameter.name)#"] = [UInt64(kept.updates), kept.rate.bitPattern]
      for (name, state) in kept.tensors {
        bits["\(parameter.name)#\(name)"] = state.doubles().map(\.bitPattern)
      }
    }
    return bits
  }

  /// Has a step fail, and then made: it is as if it had never failed.
  private func expectNothingOf(
    _ fails: (Supernet) throws -> Void, _ comment: Comment
  ) throws {
    let options = StepOptions(GradientDescent(learningRate: 0.05))
    let (net, undisturbed) = (try supernet(), try supernet())
    for one in [net, undisturbed] {
      _ = try one.step(paths(one), batch(one), options)
    }
    let (before, place) = (everything(net), net.place)
    #expect(throws: (any Error).self, comment) { try fails(net) }
    #expect(everything(net) == before, comment)
    #expect(net.place == place, comment)
    #expect(net.network.parameters.allSatisfy { $0.tensor.gradient == nil }, comment)
    net.interruption = {}
    for one in [net, undisturbed] {
      _ = try one.step(paths(one), batch(one), options)
    }
    #expect(everything(net) == everything(undisturbed), comment)
  }

  @Test func aLossThatIsNotFinite() throws {
    for value in [Double.nan, .infinity, 1e38] {
      try expectNothingOf(
        { net in
          let batch = try batch(net)
          var pixels = batch.inputs.doubles()
          pixels[pixels.count / 2] = value
          if value == 1e38 { pixels = pixels.map { $0 * value } }
          try batch.inputs.set(pixels)
          try net.advance(paths(net), batch, StepOptions(GradientDescent()))
        }, "pixels of \(value)")
    }
  }

  @Test func anUpdateThatWouldOverflow() throws {
    for optimiser: any Optimiser in [
      GradientDescent(learningRate: 1e40, momentum: 0, gradientClip: 0),
      GradientDescent(learningRate: 1e40), Adam(learningRate: 1e39),
      AveragedDescent(learningRate: 1e39),
    ] {
      try expectNothingOf(
        { net in try net.advance(paths(net), batch(net), StepOptions(optimiser)) }, "\(optimiser)")
    }
  }

  @Test func anInterruptionBehindTheLastPath() throws {
    try expectNothingOf(
      { net in
        net.interruption = { throw Stop() }
        try net.advance(paths(net), batch(net), StepOptions(GradientDescent()))
      }, "interruption")
  }

  @Test func aPathThatCannotBeTaken() throws {
    try expectNothingOf(
      { net in
        let wrong = Architecture(space: "nasbench201", choices: [9, 9, 9, 9, 9, 9])
        try net.advance(paths(net) + [wrong], batch(net), StepOptions(GradientDescent()))
      }, "wrong path")
  }

  /// Where the next piece of a text begins.
  @Test func whatIsRememberedOfAText() throws {
    let folder = try TemporaryFolder()
    for name in ["train", "valid", "test"] {
      let text = String(repeating: "the cat sat on the mat and the dog saw it \n", count: 40)
      try folder.write(Array(text.utf8), "\(name).txt")
    }
    let data = try TextDataset(name: "cats", folder: Path(folder.path))
    let net = try Supernet(
      DARTSPTB(options: ["hidden": 8]), data, NetworkOptions(seed: 1))
    var generator = Generator(seed: 1)
    let path = try net.space.sample(using: &generator)
    let batches = try data.batches(.train, BatchOrder(size: 4, shuffle: (1, 0)))
    let batch = try #require(try batches.next())
    let after = try #require(batch.memory?.after)
    let kept = try Tensor.zeros(shape: [4, 8])
    after.value = kept
    net.interruption = { throw Stop() }
    #expect(throws: Stop.self) { try net.step(path, batch, StepOptions(GradientDescent())) }
    #expect(after.value === kept)
    net.interruption = {}
    _ = try net.step(path, batch, StepOptions(GradientDescent()))
    #expect(after.value !== kept)
  }

  @Test func aTrainingBeginsWithoutWhatStepsOrAnotherTrainingKept() throws {
    let net = try supernet()
    let options = StepOptions(GradientDescent(learningRate: 0.05))
    let stem = try #require(net.network.parameters.first)
    func updates() -> Int? { net.optimiserState[stem]?.updates }
    for _ in 0..<3 { _ = try net.step(paths(net), batch(net), options) }
    #expect(updates() == 3)
    // Steps go over to another optimiser, and back.
    _ = try net.step(paths(net), batch(net), StepOptions(Adam()))
    #expect(updates() == 1)
    _ = try net.step(paths(net), batch(net), options)
    #expect(updates() == 1)
    net.beginTraining()
    #expect(updates() == nil)
    for _ in 0..<2 { try net.advance(paths(net), batch(net), options) }
    #expect(updates() == 2)
    // What a training left is nothing to steps that are made one by one.
    _ = try net.step(paths(net), batch(net), options)
    #expect(updates() == 1)
    net.beginTraining()
    try net.advance(paths(net), batch(net), options)
    #expect(updates() == 1)
  }

  @Test func weightsThatAreNotFiniteAreNeitherJudgedNorKept() throws {
    for name in ["stem.0.weight", "stem.1.running_mean"] {
      let net = try supernet()
      let parameter = try #require(net.network.parameters.first { $0.name == name })
      var values = parameter.tensor.doubles()
      values[1] = .infinity
      try parameter.tensor.set(values)
      let path = try paths(net)[0]
      let calibration = Supernet.Calibration(batch: 8, steps: 1, seed: 0)
      let actions: [() throws -> Void] = [
        { _ = try net.evaluate(path, split: .test, batch: 8, statistics: .running) },
        {
          _ = try net.evaluate(path, split: .test, batch: 8, statistics: .calibrated(calibration))
        },
        { try net.calibrate(path, calibration) }, { try net.save(to: "/nowhere/net.safetensors") },
      ]
      for action in actions {
        let error = #expect(throws: NetworkError.self, performing: action)
        #expect(error?.description.contains("'\(name)' holds numbers") == true)
      }
    }
  }
}

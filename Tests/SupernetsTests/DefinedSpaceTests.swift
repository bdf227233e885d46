import Datasets
import FileAccess
import Foundation
import Kernels
import Optimisers
import Parameters
import Randomness
import SearchSpaces
import Supernets
import Synchronization
import Tensors
import Testing

/// Spaces of choices whose networks somebody else makes.
@MainActor @Suite struct DefinedSpaceTests {
  /// Class scores from the mean over all pixels, by one of several linear maps, of which some have a
  /// hidden width.
  private final class Maps: PathModel {
    let parameters: [Parameter]
    let normalisations: [BatchNormalisation] = []
    private let maps: [[(weights: Tensor, bias: Tensor)]]
    private let surplus: Int

    init(_ space: ChoiceSpace, _ options: NetworkOptions, surplus: Int = 0) throws {
      let builder = ParameterBuilder(seed: options.seed, elementType: options.elementType)
      func option(_ name: String) -> Int { space.options.first { $0.name == name }?.whole ?? 0 }
      let (inputs, classes) = (option("input_channels"), option("classes") + surplus)
      maps = try space.decisions[0].candidates.enumerated().map { choice, candidate in
        guard options.only.map({ $0.choices[0] == choice }) ?? true else { return [] }
        guard let width = Int(candidate) else {
          return [try builder.linear("maps.\(candidate)", output: classes, input: inputs)]
        }
        return [
          try builder.linear("maps.\(width).0", output: width, input: inputs),
          try builder.linear("maps.\(width).1", output: classes, input: width),
        ]
      }
      parameters = builder.parameters
      self.surplus = surplus
    }

    func forward(
      _ images: Tensor, _ architecture: Architecture, statistics: BatchNormalisation.Statistics
    ) throws -> Tensor {
      try maps[architecture.choices[0]].reduce(images.globalAverage()) {
        try $0.linear(weights: $1.weights, bias: $1.bias)
      }
    }
  }

  private func choices() throws -> ChoiceSpace {
    try ChoiceSpace(
      name: "maps",
      decisions: [
        Decision(name: "width", candidates: ["direct", "4", "9"]),
        Decision(name: "other", candidates: ["a", "b"]),
      ],
      options: [("image", 8)], rule: { $0 != [0, 1] })
  }

  private func space() throws -> DefinedSpace<ChoiceSpace> {
    DefinedSpace(try choices()) { try Maps($0, $1) }
  }

  private func supernet(only: Architecture? = nil) throws -> Supernet {
    try Supernet(space(), SmallDataset.make(), NetworkOptions(seed: 4, only: only))
  }

  @Test func whatTheSpaceSaysIsTheChoices() throws {
    let (space, choices) = (try space(), try choices())
    #expect(space.name == "maps")
    #expect(space.decisions == choices.decisions)
    #expect(space.alternatives == [3, 2])
    #expect(try space.count == .exact(5))
    #expect(try space.indices == 0..<5)
    for index in 0..<5 {
      let architecture = try space.architecture(at: index)
      #expect(architecture == (try choices.architecture(at: index)))
      let text = try space.text(of: architecture)
      #expect(try space.parse(text) == architecture)
      #expect(try space.hash(of: architecture) == text)
    }
    #expect(try space.problem(with: [0, 1]) != nil)
    var (first, second) = (Generator(seed: 1), Generator(seed: 1))
    for _ in 0..<10 {
      #expect(try space.sample(using: &first) == choices.sample(using: &second))
    }
    #expect(try space.with(["classes": 4]).options.map(\.value) == [8, 4, 3])
  }

  @Test func costIsTheNetworks() throws {
    let space = try space().with(["classes": 5, "input_channels": 2])
    let direct = try space.parse("width=direct,other=a")
    #expect(try space.parameters(of: direct) == 2 * 5 + 5)
    #expect(try space.flops(of: direct) == 2 * 5 + 5)
    let wide = try space.parse("width=9,other=b")
    #expect(try space.parameters(of: wide) == 3 * 9 + 10 * 5)
    #expect(try space.flops(of: wide) == 3 * 9 + 10 * 5)
    #expect(throws: SpaceError.self) {
      try space.flops(of: Architecture(space: "maps", choices: [0, 1]))
    }
  }

  @Test func costIsFoundOnce() throws {
    let made = Mutex(0)
    let space = DefinedSpace(try choices()) { choices, options in
      made.withLock { $0 += 1 }
      return try Maps(choices, options)
    }
    for _ in 0..<3 {
      for index in 0..<5 {
        let architecture = try space.architecture(at: index)
        #expect(try space.parameters(of: architecture) == space.flops(of: architecture))
      }
    }
    #expect(made.withLock { $0 } == 5)
  }

  @Test func aSupernetTrainsAndRanks() throws {
    let supernet = try supernet()
    #expect(supernet.space.options.map(\.value) == [8, 3, 1])
    var generator = Generator(seed: 1)
    let before = supernet.network.bits
    let descent = StepOptions(GradientDescent(learningRate: 0.5))
    for _ in 0..<200 {
      let batch = try supernet.dataset.batch(.train, positions: generator.choice(25, outOf: 50))
      _ = try supernet.step(supernet.space.sample(using: &generator), batch, descent)
    }
    #expect(supernet.network.bits.allSatisfy { before[$0.key] != $0.value })
    let evaluation = try supernet.evaluate(
      supernet.space.architecture(at: 3), split: .test, batch: 10,
      statistics: .calibrated(.init(batch: 5, steps: 1, seed: 0)))
    #expect(evaluation.accuracy > 60)
  }

  @Test func aPathIsAloneInItsNetwork() throws {
    let architecture = try space().parse("width=4,other=b")
    let alone = try supernet(only: architecture)
    #expect(
      alone.network.parameters.map(\.name)
        == ["maps.4.0.weight", "maps.4.0.bias", "maps.4.1.weight", "maps.4.1.bias"])
    let whole = try supernet().network.bits
    for (name, bits) in alone.network.bits { #expect(whole[name] == bits) }
    let batch = try alone.dataset.batch(.train, positions: [0])
    let other = try space().architecture(at: 0)
    let error = #expect(throws: NetworkError.self) {
      try alone.network.forward(batch.images, other, statistics: .running)
    }
    #expect(error?.description.contains("width=4,other=b alone") == true)
    #expect(throws: NetworkError.self) { try alone.network.normalisations(of: other) }
  }

  @Test func aSupernetComesBackWhereItsSpaceIsDefined() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "lunas-\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    let supernet = try supernet()
    try supernet.save(to: Path(file.path))
    func open(_ registry: SpaceRegistry) throws -> Supernet {
      try Supernet(path: Path(file.path), spaces: registry) { _ in try SmallDataset.make() }
    }
    let registry = SpaceRegistry()
    let error = #expect(throws: SpaceError.self) { try open(registry) }
    #expect(error?.description.contains("unknown search space 'maps'") == true)
    let space = try space()
    try registry.define("maps") { try space.with($0) }
    let opened = try open(registry)
    #expect(opened.network.bits == supernet.network.bits)
    #expect(opened.space.options == supernet.space.options)
  }

  @Test func scoresOfAnotherShapeAreErrors() throws {
    let space = DefinedSpace(try choices()) { try Maps($0, $1, surplus: 1) }
    let supernet = try Supernet(space, SmallDataset.make(), NetworkOptions())
    let batch = try supernet.dataset.batch(.train, positions: [0, 1])
    let error = #expect(throws: NetworkError.self) {
      try supernet.step(space.architecture(at: 0), batch, StepOptions(GradientDescent()))
    }
    #expect(
      error?.description
        == "the model of width=direct,other=a: expected scores of shape 2x3 of float32, found "
        + "2x4 of float32 in plain layout")
  }

  @Test func imagesOfAnotherSizeAreErrors() throws {
    let error = #expect(throws: NetworkError.self) {
      try Supernet(
        space().with(["image": 16]), SmallDataset.make(), NetworkOptions())
    }
    #expect(error?.description.contains("make the space with image = 8") == true)
  }
}

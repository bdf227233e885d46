import Kernels
import Networks
import Randomness
import SearchSpaces
import Supernets
import Tensors
import Testing

/// The network of one architecture, beside the supernet that holds it.
@MainActor @Suite struct SinglePathTests {
  private static let spaces: [(channels: Int, cells: Int, image: Int, classes: Int, inputs: Int)] =
    [
      (8, 1, 8, 10, 1), (6, 2, 4, 7, 3), (16, 1, 12, 100, 3), (1, 1, 4, 1, 2), (3, 3, 4, 2, 1),
    ]

  private func spaces() throws -> [CellSpace] {
    try Self.spaces.map {
      try CellSpace.nasBench201(
        channels: $0.channels, cells: $0.cells, image: $0.image, classes: $0.classes,
        inputChannels: $0.inputs)
    }
  }

  private func architectures(_ space: CellSpace, _ count: Int) throws -> [Architecture] {
    var generator = Generator(seed: 1)
    return try [space.architecture(at: 0)]
      + (1..<count).map { _ in try space.sample(using: &generator) }
  }

  private func images(_ space: CellSpace, _ count: Int) throws -> Tensor {
    var generator = Generator(seed: 2)
    let shape = [count, space.skeleton.inputChannels, space.skeleton.image, space.skeleton.image]
    return try Tensor(
      (0..<shape.reduce(1, *)).map { _ in generator.uniform(-1, 1) }, shape: shape, layout: .image)
  }

  @Test func aPathHasItsSpacesNumberOfParameters() throws {
    for space in try spaces() {
      for architecture in try architectures(space, 12) {
        let network = try space.makeNetwork(NetworkOptions(only: architecture))
        let numbers = network.parameters.filter(\.isTrained).reduce(0) { $0 + $1.tensor.count }
        #expect(numbers == (try space.parameters(of: architecture)))
      }
    }
  }

  @Test func aPathBeginsWhereTheSupernetsPathBegins() throws {
    for space in try spaces().prefix(3) {
      let options = NetworkOptions(seed: 7)
      let supernet = try space.makeNetwork(options).bits
      for architecture in try architectures(space, 4) {
        let path = try space.makeNetwork(NetworkOptions(seed: 7, only: architecture)).bits
        for (name, bits) in path { #expect(bits == supernet[name], "\(name)") }
        let other = try space.makeNetwork(NetworkOptions(seed: 8, only: architecture)).bits
        #expect(other["stem.0.weight"] != path["stem.0.weight"])
      }
    }
  }

  @Test(arguments: [BatchNormalisation.Statistics.batch, .running])
  func aPathComputesTheSameBits(statistics: BatchNormalisation.Statistics) throws {
    for space in try spaces().prefix(3) {
      let images = try images(space, 5)
      let labels = (0..<5).map { Int32($0 % space.skeleton.classes) }
      for architecture in try architectures(space, 4) {
        func results(_ only: Architecture?) throws -> [[UInt32]] {
          let network = try space.makeNetwork(NetworkOptions(seed: 7, only: only))
          let logits = try network.forward(images, architecture, statistics: statistics)
          try logits.crossEntropy(labels: labels).backward()
          let tensors = [logits] + network.parameters.compactMap(\.tensor.gradient)
          return tensors.map { $0.floats().map(\.bitPattern) }
        }
        let (path, supernet) = (try results(architecture), try results(nil))
        #expect(path == supernet)
        #expect(path.count > 1)
      }
    }
  }

  @Test func otherPathsAreErrors() throws {
    let space = try spaces()[0]
    let few = try architectures(space, 4)
    let network = try space.makeNetwork(NetworkOptions(only: few[0]))
    let images = try images(space, 2)
    for other in few.dropFirst() {
      let error = #expect(throws: NetworkError.self) {
        try network.forward(images, other, statistics: .batch)
      }
      #expect(error?.description.contains(try space.text(of: few[0])) == true)
      #expect(throws: NetworkError.self) { try network.normalisations(of: other) }
    }
  }

  @Test func whatIsNoArchitectureIsAnError() throws {
    let space = try spaces()[0]
    let supernet = try space.makeNetwork(NetworkOptions())
    let images = try images(space, 2)
    let wrong = [
      Architecture(space: "nasbench101", choices: [1, 1, 1, 1, 1, 1]),
      Architecture(space: "nasbench201", choices: []),
      Architecture(space: "nasbench201", choices: [1, 1, 1, 1, 1, 5]),
      Architecture(space: "nasbench201", choices: [1, 1, 1, 1, 1, -1]),
      Architecture(space: "nasbench201", choices: [1, 1, 1, 1, 1, .max]),
      Architecture(space: "nasbench201", choices: [0, 0, 0, 0, 0, 0]),
    ]
    for architecture in wrong {
      #expect(throws: SpaceError.self) {
        try space.makeNetwork(NetworkOptions(only: architecture))
      }
      #expect(throws: SpaceError.self) {
        try supernet.forward(images, architecture, statistics: .batch)
      }
      #expect(throws: SpaceError.self) { try supernet.normalisations(of: architecture) }
    }
  }

  @Test func imagesOfAnotherSizeAreErrors() throws {
    let space = try spaces()[0]
    let network = try space.makeNetwork(NetworkOptions())
    let architecture = try space.architecture(at: 100)
    for shape in [[2, 1, 16, 16], [2, 3, 8, 8], [0, 1, 8, 8]] {
      let wrong = try Tensor.zeros(shape: shape, layout: .image)
      #expect(throws: TensorError.self) {
        try network.forward(wrong, architecture, statistics: .batch)
      }
    }
    for wrong in [
      try Tensor.zeros(shape: [2, 1, 8, 8]), try Tensor.zeros(shape: []),
      try Tensor.zeros(shape: [2, 1, 8, 8], layout: .image, elementType: .float64),
    ] {
      #expect(throws: TensorError.self) {
        try network.forward(wrong, architecture, statistics: .batch)
      }
    }
  }
}

import Kernels
import Randomness
import SearchSpaces
import Supernets
import Tensors
import Testing

/// The network of one architecture, beside the supernet that holds it.
@MainActor @Suite struct SinglePathTests {
  private func spaces() throws -> [any NetworkSpace] {
    [
      try CellSpace.nasBench201(channels: 8, cells: 1, image: 8, classes: 10, inputChannels: 1),
      try DARTSCifar10(options: [
        "channels": 3, "layers": 4, "stem_multiplier": 2, "image": 8, "classes": 7,
      ]),
      try ProxylessNAS(options: ["width": 0.06, "image": 17, "classes": 7, "input_channels": 1]),
      try CellSpace.nasBench201(channels: 6, cells: 2, image: 4, classes: 7, inputChannels: 3),
      try CellSpace.nasBench201(channels: 16, cells: 1, image: 12, classes: 100),
      try CellSpace.nasBench201(channels: 1, cells: 1, image: 4, classes: 1, inputChannels: 2),
      try CellSpace.nasBench201(channels: 3, cells: 3, image: 4, classes: 2, inputChannels: 1),
      try DARTSCifar10(options: [
        "channels": 1, "layers": 1, "stem_multiplier": 1, "image": 1, "classes": 1,
        "batchnorm_affine": 0,
      ]),
      try DARTSCifar10(options: ["channels": 2, "layers": 8, "image": 5, "input_channels": 1]),
      try ProxylessNAS(options: [
        "width": 0.3, "image": 4, "classes": 3, "stem_stride": 1, "batchnorm_affine": 0,
      ]),
    ]
  }

  private func option(_ name: String, _ space: any NetworkSpace) -> Int {
    space.options.first { $0.name == name }?.whole ?? 0
  }

  private func architectures(_ space: any NetworkSpace, _ count: Int) throws -> [Architecture] {
    var generator = Generator(seed: 1)
    return try (0..<count).map { _ in try space.sample(using: &generator) }
  }

  private func images(_ space: any NetworkSpace, _ count: Int) throws -> Tensor {
    var generator = Generator(seed: 2)
    let side = option("image", space)
    let shape = [count, option("input_channels", space), side, side]
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
        #expect(other.keys == path.keys)
        let drawn = ["stem.0.weight", "op.1.weight", "conv.weight", "classifier.weight"]
        for (name, bits) in path where drawn.contains(where: name.hasSuffix) {
          #expect(bits != other[name], "\(name)")
        }
      }
    }
  }

  @Test(arguments: [BatchNormalisation.Statistics.batch, .running])
  func aPathComputesTheSameBits(statistics: BatchNormalisation.Statistics) throws {
    for space in try spaces().prefix(3) {
      let images = try images(space, 5)
      let labels = (0..<5).map { Int32($0 % option("classes", space)) }
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
    for space in try spaces().prefix(3) {
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
  }

  @Test func whatIsNoArchitectureIsAnError() throws {
    for space in try spaces().prefix(3) {
      let supernet = try space.makeNetwork(NetworkOptions())
      let images = try images(space, 2)
      let sound = try architectures(space, 1)[0].choices
      let wrong = [
        Architecture(space: "another", choices: sound),
        Architecture(space: space.name, choices: []),
        Architecture(space: space.name, choices: sound.dropLast() + [7]),
        Architecture(space: space.name, choices: sound.dropLast() + [-1]),
        Architecture(space: space.name, choices: sound.dropLast() + [.max]),
        Architecture(space: space.name, choices: sound + [0]),
      ]
      for architecture in wrong
        + (space.name == "proxylessnas"
          ? []
          : [
            // Nothing reaches the output; both branches of a node read one state.
            Architecture(space: space.name, choices: sound.map { _ in 0 })
          ])
      {
        #expect(throws: SpaceError.self) {
          try space.makeNetwork(NetworkOptions(only: architecture))
        }
        #expect(throws: SpaceError.self) {
          try supernet.forward(images, architecture, statistics: .batch)
        }
        #expect(throws: SpaceError.self) { try supernet.normalisations(of: architecture) }
      }
    }
  }

  @Test func imagesOfAnotherSizeAreErrors() throws {
    for space in try spaces().prefix(3) {
      let network = try space.makeNetwork(NetworkOptions())
      let architecture = try architectures(space, 1)[0]
      let sound = try images(space, 2).shape
      for (place, size) in [(0, 0), (1, 2), (2, 4), (3, 16)] {
        var shape = sound
        shape[place] = size
        let wrong = try Tensor.zeros(shape: shape, layout: .image)
        #expect(throws: TensorError.self) {
          try network.forward(wrong, architecture, statistics: .batch)
        }
      }
      for wrong in [
        try Tensor.zeros(shape: sound), try Tensor.zeros(shape: []),
        try Tensor.zeros(shape: sound, layout: .image, elementType: .float64),
      ] {
        #expect(throws: TensorError.self) {
          try network.forward(wrong, architecture, statistics: .batch)
        }
      }
    }
  }
}

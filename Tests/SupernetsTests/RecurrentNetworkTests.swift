import Datasets
import FileAccess
import Kernels
import Optimisers
import Randomness
import SearchSpaces
import Supernets
import Tensors
import TestSupport
import Testing

/// The language model of the recurrent space as a whole: its gradients, what it carries along a text and
/// what it drops, and the network of one cell beside the supernet.
@MainActor @Suite struct RecurrentNetworkTests {
  private static let text =
    "Genotype(recurrent=[('tanh', 0), ('relu', 1), ('sigmoid', 0), ('identity', 2), ('relu', 4), "
    + "('tanh', 2), ('identity', 6), ('sigmoid', 7)], concat=range(1, 9))"

  private func space(_ options: [String: Double] = [:]) throws -> DARTSPTB {
    try DARTSPTB(
      options: ["tokens": 11, "hidden": 6].merging(options) { $1 })
  }

  private let penalties = ["activation_penalty": 0.7, "slowness_penalty": 1.3]

  private func batch(
    _ steps: Int = 5, columns: Int = 3, seed: UInt64 = 2, from state: Tensor? = nil
  ) throws -> TextBatch {
    var generator = Generator(seed: seed)
    let count = steps * columns
    return TextBatch(
      inputs: try Tensor(
        whole: (0..<count).map { _ in generator.index(below: 11) }, shape: [steps, columns]),
      labels: (0..<count).map { _ in Int32(generator.index(below: 11)) },
      before: CarriedState(state))
  }

  private func loss(
    _ network: any PathNetwork, _ batch: TextBatch, _ architecture: Architecture, step: Int = 0
  ) throws -> Tensor {
    let prediction = try network.predict(batch, architecture, statistics: .batch, step: step)
    let loss = try prediction.crossEntropy(labels: batch.labels).loss
    return try prediction.penalty.map { try loss.apply(.add, $0) } ?? loss
  }

  /// Weights of some size, so that no part of the cell is nearly linear.
  private func network(_ space: DARTSPTB, _ element: ElementType) throws -> any PathNetwork {
    let network = try space.makeNetwork(NetworkOptions(seed: 3, elementType: element))
    var generator = Generator(seed: 5)
    for parameter in network.parameters {
      try parameter.tensor.set(
        (0..<parameter.tensor.count).map { _ in generator.uniform(-0.8, 0.8) })
    }
    return network
  }

  // MARK: sizes

  /// What the formula says is what is built: for a supernet and for one cell's network alike.
  @Test func parametersAreThoseBuilt() throws {
    for (hidden, tokens) in [(6, 11), (1, 1), (33, 70)] {
      let options = ["hidden": Double(hidden), "tokens": Double(tokens)]
      let space = try space(options)
      let architecture = try space.parse(Self.text)
      for only in [nil, architecture] {
        let network = try space.makeNetwork(NetworkOptions(only: only))
        let numbers = network.parameters.reduce(0) { $0 + $1.tensor.count }
        #expect(numbers == (try space.parameters(of: architecture)))
        #expect(network.parameters.allSatisfy { $0.isTrained })
      }
    }
  }

  @Test func multiplyAddsAreThoseCounted() throws {
    let space = try space()
    let network = try space.makeNetwork(NetworkOptions())
    let (architecture, tokens) = (try space.parse(Self.text), try batch().inputs)
    let counted = try MultiplyAdds.counting {
      try Tape.withoutRecording {
        try network.forward(tokens, architecture, statistics: .running)
      }
    }
    #expect(counted.count == 15 * (try space.flops(of: architecture)))
  }

  // MARK: gradients

  /// With all that is dropped and added while training; what is dropped is the same each time, since the
  /// step is.
  @Test(arguments: [true, false]) func gradients(dropping: Bool) throws {
    var options = penalties
    for name in ["output", "hidden", "input", "embedding", "word"] {
      options["\(name)_dropout"] = dropping ? 0.3 : 0
    }
    let space = try space(options)
    let network = try network(space, .float64)
    var generator = Generator(seed: 9)
    let state = try Tensor(
      (0..<18).map { _ in generator.uniform(-1, 1) }, shape: [3, 6], elementType: .float64)
    let batch = try batch(from: state)
    for text in [Self.text, try space.text(of: space.sample(using: &generator))] {
      let architecture = try space.parse(text)
      for parameter in network.parameters { parameter.tensor.clearGradient() }
      func loss() throws -> Tensor { try self.loss(network, batch, architecture, step: 4) }
      try loss().backward()
      for parameter in network.parameters {
        let tensor = parameter.tensor
        let gradient = try #require(tensor.gradient, "\(parameter.name)").doubles()
        let values = tensor.doubles()
        var (scale, worst) = (1e-3, 0.0)
        for index in stride(from: 0, to: values.count, by: max(1, values.count / 12)) {
          func value(_ change: Double) throws -> Double {
            var changed = values
            changed[index] += change
            try tensor.set(changed)
            return try Tape.withoutRecording { try loss().doubles()[0] }
          }
          let derivative = (try value(1e-5) - value(-1e-5)) / 2e-5
          scale = max(scale, abs(derivative))
          worst = max(worst, abs(derivative - gradient[index]))
        }
        try tensor.set(values)
        #expect(worst < 1e-6 * scale, "\(parameter.name): \(worst) of \(scale)")
      }
    }
  }

  /// Smoothed labels take the scores as a whole; nothing smoothed is the loss without them.
  @Test func labelsMayBeSmoothed() throws {
    let space = try space()
    let network = try network(space, .float64)
    let batch = try batch()
    let prediction = try network.predict(
      batch, space.parse(Self.text), statistics: .running, step: 0)
    let scores = try prediction.scores
    for smoothing in [0, 0.1] {
      let (loss, correct) = try prediction.crossEntropy(
        labels: batch.labels, smoothing: smoothing)
      let expected = try scores.crossEntropy(labels: batch.labels, smoothing: smoothing)
      #expect(abs(loss.doubles()[0] - expected.doubles()[0]) < 1e-13)
      #expect(correct == (try scores.correct(labels: batch.labels)))
    }
  }

  // MARK: dropping and penalties

  /// A penalty is nil where its factors are 0.
  @Test func penaltiesAreTheirFormulas() throws {
    let none = try space(["activation_penalty": 0, "slowness_penalty": 0])
    let architecture = try none.parse(Self.text)
    let batch = try batch()
    let plain = try network(none, .float64)
    #expect(
      try plain.predict(batch, architecture, statistics: .batch, step: 0).penalty == nil)

    let undropped = Dictionary(
      uniqueKeysWithValues: ["output", "hidden", "input", "embedding", "word"].map {
        ("\($0)_dropout", 0.0)
      })
    let space = try space(penalties.merging(undropped) { $1 })
    let network = try #require(try network(space, .float64) as? RecurrentNetwork)
    let states = try network.run(batch.inputs, architecture).states.doubles()
    let squares = states.reduce(0) { $0 + $1 * $1 } / Double(states.count)
    let changes = zip(states.dropFirst(18), states).map { ($0 - $1) * ($0 - $1) }
    let slowness = changes.reduce(0, +) / Double(changes.count)
    let penalty = try #require(
      try network.predict(batch, architecture, statistics: .batch, step: 0).penalty)
    #expect(abs(penalty.doubles()[0] - (0.7 * squares + 1.3 * slowness)) < 1e-12)
    // One step has no differences; evaluation has no penalty.
    let short = try self.batch(1)
    let one = try network.run(short.inputs, architecture).states.doubles()
    let alone = try #require(
      try network.predict(short, architecture, statistics: .batch, step: 0).penalty)
    #expect(
      abs(alone.doubles()[0] - 0.7 * one.reduce(0) { $0 + $1 * $1 } / Double(one.count)) < 1e-12)
    #expect(
      try network.predict(batch, architecture, statistics: .running, step: 0).penalty == nil)
  }

  @Test func whatIsDroppedDependsOnSeedAndStep() throws {
    let space = try space()
    let architecture = try space.parse(Self.text)
    func scores(seed: UInt64, step: Int, _ statistics: BatchNormalisation.Statistics = .batch)
      throws -> [UInt64]
    {
      let network = try RecurrentNetwork(space, NetworkOptions(seed: seed))
      let shared = try self.network(space, .float32)
      for (own, other) in zip(network.parameters, shared.parameters) {
        try own.tensor.set(other.tensor.doubles())
      }
      return try network.predict(batch(), architecture, statistics: statistics, step: step)
        .scores.doubles().map(\.bitPattern)
    }
    let first = try scores(seed: 1, step: 0)
    #expect(try scores(seed: 1, step: 0) == first)
    #expect(try scores(seed: 1, step: 1) != first)
    #expect(try scores(seed: 2, step: 0) != first)
    // Nothing is dropped in evaluation.
    #expect(try scores(seed: 1, step: 0, .running) == scores(seed: 2, step: 1, .running))
  }

  /// Chances and scale of a mask, and that turning one off changes no other.
  @Test func masksKeepWhatTheirChancesSay() throws {
    let options = NetworkOptions(seed: 7, elementType: .float64)
    let wide = try DARTSPTB(options: ["tokens": 4000, "hidden": 100, "hidden_dropout": 0])
    let masks = try DropoutMasks(of: wide, columns: 40, step: 3, options)
    #expect(masks.hidden == nil)
    for (mask, chance) in [
      (masks.words, 0.1), (masks.embedding, 0.2), (masks.input, 0.75), (masks.output, 0.75),
    ] {
      let values = try #require(mask).doubles()
      #expect(values.count == 4000)
      #expect(values.allSatisfy { $0 == 0 || $0 == 1 / (1 - chance) })
      let dropped = Double(values.count { $0 == 0 }) / 4000
      #expect(abs(dropped - chance) < 5 * (chance * (1 - chance) / 4000).squareRoot())
    }
    let all = try DropoutMasks(
      of: wide.with(["hidden_dropout": 0.25]), columns: 40, step: 3, options)
    #expect(all.input?.doubles() == masks.input?.doubles())
    #expect(all.input?.doubles() != all.output?.doubles())
  }

  // MARK: text

  /// A text in two pieces gives the scores of the text in one.
  @Test func theStateIsCarriedFromPieceToPiece() throws {
    let space = try space()
    let architecture = try space.parse(Self.text)
    let network = try network(space, .float64)
    let tokens = (0..<7 * 2).map { $0 * 5 % 11 }
    func scores(_ batch: TextBatch) throws -> [Double] {
      try network.predict(batch, architecture, statistics: .running, step: 0).scores.doubles()
    }
    func piece(_ rows: Range<Int>, before: CarriedState = CarriedState()) throws -> TextBatch {
      TextBatch(
        inputs: try Tensor(
          whole: Array(tokens[2 * rows.lowerBound..<2 * rows.upperBound]), shape: [rows.count, 2]),
        labels: Array(repeating: 0, count: 2 * rows.count), before: before)
    }
    let whole = try scores(piece(0..<7))
    let first = try piece(0..<4)
    let split = try scores(first) + scores(piece(4..<7, before: first.after))
    #expect(relativeError(split, whole) < 1e-13)
    let anew = try scores(piece(4..<7))
    #expect(relativeError(anew, Array(whole[88...])) > 1e-3)
  }

  /// No gradient passes from a piece to the one before: the state it begins with has none.
  @Test func noGradientPassesThePiecesBeginning() throws {
    let space = try space()
    let architecture = try space.parse(Self.text)
    func gradient(_ carrying: Bool) throws -> [Double] {
      let network = try network(space, .float64)
      let first = try batch()
      _ = try loss(network, first, architecture)
      let state = try #require(first.after.value)
      let second = try batch(
        seed: 3,
        from: carrying
          ? state : Tensor(state.doubles(), shape: state.shape, elementType: .float64))
      try loss(network, second, architecture, step: 1).backward()
      return network.parameters.flatMap { $0.tensor.gradient?.doubles() ?? [] }
    }
    #expect(try gradient(true) == gradient(false))
  }

  // MARK: bits

  @Test func sameBitsForAnyNumberOfThreads() throws {
    let pool = WorkerPool.shared
    let before = pool.threads
    defer { pool.setThreads(before) }
    let space = try space(["hidden": 20])
    let architecture = try space.parse(Self.text)
    func bits(_ threads: Int) throws -> [[UInt64]] {
      pool.setThreads(threads)
      let network = try network(space, .float32)
      try loss(network, batch(9, columns: 37), architecture, step: 2).backward()
      return network.parameters.map {
        $0.tensor.gradient?.doubles().map(\.bitPattern) ?? []
      }
    }
    let alone = try bits(1)
    #expect(alone.allSatisfy { !$0.isEmpty })
    for threads in [2, 3] { #expect(try bits(threads) == alone, "\(threads) threads") }
  }

  @Test func aCellsOwnNetworkComputesTheSupernetsBits() throws {
    let space = try space()
    let architecture = try space.parse(Self.text)
    func results(_ only: Architecture?) throws -> [[UInt64]] {
      let network = try space.makeNetwork(NetworkOptions(seed: 7, only: only))
      try loss(network, batch(), architecture, step: 3).backward()
      return network.parameters.flatMap { parameter in
        [parameter.tensor.doubles(), parameter.tensor.gradient?.doubles() ?? []].map {
          $0.map(\.bitPattern)
        }
      }
    }
    #expect(try results(nil) == results(architecture))
  }

  // MARK: supernets

  private func dataset(_ folder: TemporaryFolder) throws -> TextDataset {
    for (name, lines) in [("train", 60), ("valid", 20), ("test", 20)] {
      let text = (0..<lines).map { "the \(["cat", "dog"][$0 % 2]) sat on a mat of \($0 % 3)\n" }
      try folder.write(Array(text.joined().utf8), "\(name).txt")
    }
    return try TextDataset(name: "cats", folder: Path(folder.path))
  }

  private func train(
    _ supernet: Supernet, _ architecture: Architecture, epochs: Int = 1
  ) throws {
    for epoch in 0..<epochs {
      let batches = try supernet.dataset.batches(.train, BatchOrder(size: 4, shuffle: (1, epoch)))
      while let batch = try batches.next() {
        _ = try supernet.step(
          architecture, batch,
          StepOptions(
            GradientDescent(
              learningRate: 20, momentum: 0, weightDecay: 0, nesterov: false, gradientClip: 0.25)))
      }
    }
  }

  @Test func trainingLowersPerplexity() throws {
    let folder = try TemporaryFolder()
    let supernet = try Supernet(
      space(["hidden": 16, "output_dropout": 0, "input_dropout": 0]), dataset(folder),
      NetworkOptions(seed: 1))
    let architecture = try supernet.space.parse(Self.text)
    func perplexity() throws -> Double {
      try supernet.evaluate(architecture, split: .validation, batch: 2, statistics: .running)
        .perplexity
    }
    // Nothing is known at first: all words are as likely.
    let words = Double(try dataset(folder).vocabulary.count)
    #expect(abs(try perplexity() - words) < 0.2)
    try train(supernet, architecture, epochs: 60)
    #expect(try perplexity() < words / 2)
  }

  @Test func networksAreSavedAndOpened() throws {
    let folder = try TemporaryFolder()
    let data = try dataset(folder)
    let supernet = try Supernet(space(), data, NetworkOptions(seed: 1))
    let architecture = try supernet.space.parse(Self.text)
    try train(supernet, architecture)
    for net in [supernet, try supernet.extract(architecture)] {
      let path = Path(folder.file("net.safetensors"))
      try net.save(to: path)
      let opened = try Supernet(path: path, spaces: SpaceRegistry()) { _ in data }
      #expect(opened.network.bits == net.network.bits)
      #expect(opened.space.options == net.space.options)
      #expect(opened.options.only == net.options.only)
      #expect(opened.steps == net.steps)
      func loss(_ net: Supernet) throws -> Double {
        try net.evaluate(architecture, split: .test, batch: 3, statistics: .running).loss
      }
      #expect(try loss(opened) == loss(net))
      // The file says how many steps were taken, so the next one drops the same.
      try train(net, architecture)
      try train(opened, architecture)
      #expect(opened.network.bits == net.network.bits)
    }
  }

  @Test func otherPathsAndInputsAreErrors() throws {
    let space = try space()
    let architecture = try space.parse(Self.text)
    var generator = Generator(seed: 1)
    let other = try space.sample(using: &generator)
    let alone = try space.makeNetwork(NetworkOptions(only: architecture))
    let tokens = try batch().inputs
    #expect(throws: NetworkError.self) {
      try alone.forward(tokens, other, statistics: .running)
    }
    for wrong in [
      try Tensor(whole: [0, 1, 11, 2], shape: [2, 2]), try Tensor(whole: [0, -1], shape: [1, 2]),
    ] {
      #expect(throws: TensorError.self) {
        try alone.forward(wrong, architecture, statistics: .running)
      }
    }
    for wrong in [
      try Tensor(whole: [0, 1], shape: [2]), try Tensor(whole: [], shape: [0, 2]),
      try Tensor.zeros(shape: [2, 2]),
    ] {
      #expect(throws: NetworkError.self) {
        try alone.forward(wrong, architecture, statistics: .running)
      }
    }
    #expect(throws: TensorError.self) {
      try alone.predict(
        batch(from: .zeros(shape: [4, 6])), architecture, statistics: .running, step: 0)
    }
    #expect(throws: NetworkError.self) { try Supernet(space, SmallDataset.make(), .init()) }
  }
}

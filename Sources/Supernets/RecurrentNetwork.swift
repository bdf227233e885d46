import Datasets
import Kernels
import Parameters
import Randomness
import SearchSpaces
import Tensors

/// The language model of DARTS-PTB: words become vectors, a recurrent cell goes over them, and its states
/// become scores of the word that follows (Liu, Simonyan and Yang, "DARTS", ICLR 2019, section 3.2.2;
/// `RNNModel` in its code, which is AWD-LSTM's with another cell).
///
/// The decoder's weights are the embedding. Every path uses all weights, since a node's are the same
/// whichever predecessor and activation it takes; a path is which nodes follow which, and by what.
///
/// Parameters are named as in the original: `encoder.weight`, tokens x units; `rnns.0._W0`,
/// 2 units x 2 units; `rnns.0._Ws.0` to `.7`, units x 2 units; `decoder.bias`. (`decoder.weight` is the
/// encoder's, and is kept once.) There is no batch normalisation: the original has it while searching,
/// the weight-sharing paper's supernet does not.
///
/// A batch carries the state that its text begins with, and takes the one that it ends with; no gradient
/// passes from one piece of text to the one before.
///
/// Invariant: what is dropped depends on the network's seed, the step and the number of columns alone.
public final class RecurrentNetwork: PathNetwork {
  public let parameters: [Parameter]
  private let space: DARTSPTB
  private let options: NetworkOptions
  private let embedding: Tensor
  private let bias: Tensor
  private let weights: RecurrentCell.Weights

  /// All weights begin uniform within ±0.04, the bias at 0. Throws `SpaceError` where the only
  /// architecture that the options name is none.
  public init(_ space: DARTSPTB, _ options: NetworkOptions) throws {
    try options.only.map { try space.check($0) }
    let (tokens, units) = (space.tokens, space.hidden)
    let builder = ParameterBuilder(seed: options.seed, elementType: options.elementType)
    func weights(_ name: String, _ rows: Int, _ columns: Int) throws -> Tensor {
      try builder.uniform(name, [rows, columns], within: 0.04)
    }
    embedding = try weights("encoder.weight", tokens, units)
    self.weights = RecurrentCell.Weights(
      first: try weights("rnns.0._W0", 2 * units, 2 * units),
      nodes: try (0..<DARTSPTB.nodes).map { try weights("rnns.0._Ws.\($0)", units, 2 * units) })
    bias = try builder.zeros("decoder.bias", tokens)
    parameters = builder.parameters
    self.space = space
    self.options = options
  }

  /// What a pass over a piece of text gives.
  public struct Pass {
    /// States after each step, steps x columns x units, as they are and as the decoder reads them.
    public let states: Tensor
    public let read: Tensor
    /// The state after the last step, columns x units, which no gradient passes.
    public let last: Tensor
  }

  /// Scores of the word that follows, a row for each token of a pass.
  public func prediction(_ pass: Pass, penalty: Tensor? = nil) throws -> Prediction {
    Prediction(
      features: try pass.read.reshaped([pass.read.count / space.hidden, space.hidden]),
      weights: embedding, bias: bias, penalty: penalty)
  }

  /// Runs a path over tokens, steps x columns as whole numbers from 0, from a state of columns x units
  /// (zeros where there is none). Throws `TensorError` for a token that is no word, and for sizes that do
  /// not fit.
  public func run(
    _ tokens: Tensor, from state: Tensor? = nil, _ architecture: Architecture,
    dropping masks: DropoutMasks = DropoutMasks()
  ) throws -> Pass {
    let nodes = try nodes(of: architecture)
    guard tokens.rank == 2, tokens.count > 0, !tokens.elementType.isReal else {
      throw NetworkError(
        "\(space.name) takes whole numbers of words, steps x columns, not "
          + "\(tokens.elementType.rawValue) numbers of shape \(shown(tokens.shape))")
    }
    let (steps, columns) = (tokens.shape[0], tokens.shape[1])
    let state =
      try state ?? .zeros(shape: [columns, space.hidden], elementType: options.elementType)
    var inputs = try embedding.rows(tokens)
    if let words = masks.words { inputs = try inputs.apply(.multiply, words.rows(tokens)) }
    for mask in [masks.embedding, masks.input] {
      if let mask { inputs = try inputs.apply(.multiply, mask) }
    }
    let states = try RecurrentCell.states(inputs, from: state, nodes, weights, mask: masks.hidden)
    let read = try masks.output.map { try states.apply(.multiply, $0) } ?? states
    let last = try Tape.withoutRecording { try states.select(0, steps - 1).copied() }
    return Pass(states: states, read: read, last: last)
  }

  public func check(_ architecture: Architecture) throws {
    try space.check(architecture, heldAlone: options.only)
  }

  private func nodes(of architecture: Architecture) throws -> [RecurrentCell.Node] {
    try check(architecture)
    return try space.nodes(of: architecture).map { node in
      let activation: HighwayGate.Activation =
        switch node.activation {
        case .tanh: .hyperbolicTangent
        case .relu: .rectifier
        case .sigmoid: .sigmoid
        case .identity: .identity
        }
      return RecurrentCell.Node(predecessor: node.predecessor, activation: activation)
    }
  }

  // MARK: as a network of paths

  /// Scores of tokens, steps x columns, from an empty state and with nothing dropped. The trunk is the
  /// tokens: looking up their vectors costs next to nothing.
  public func forward(
    from tokens: Tensor, _ architecture: Architecture, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    try prediction(run(tokens, architecture)).scores
  }

  public func normalisations(of architecture: Architecture) throws -> [BatchNormalisation] {
    _ = try nodes(of: architecture)
    return []
  }

  /// While training, with what the step drops and the penalties.
  public func predict(
    _ batch: any Batch, from trunk: Tensor, _ architecture: Architecture,
    statistics: BatchNormalisation.Statistics, step: Int
  ) throws -> Prediction {
    guard let text = batch as? TextBatch else {
      throw NetworkError("\(space.name) is a space of language models: the batch is no text")
    }
    guard statistics.isTraining else {
      let pass = try run(text.inputs, from: text.before.value, architecture)
      text.after.value = pass.last
      return try prediction(pass)
    }
    let masks = try DropoutMasks(
      of: space, columns: text.inputs.rank == 2 ? text.inputs.shape[1] : 0, step: step, options)
    let pass = try run(text.inputs, from: text.before.value, architecture, dropping: masks)
    text.after.value = pass.last
    return try prediction(pass, penalty: penalty(pass))
  }

  /// α times the mean square of what the decoder reads, and β times that of the differences between
  /// successive states (Merity, McCann and Socher, "Revisiting activation regularization for language
  /// RNNs", 2017); nil where both are 0.
  public func penalty(_ pass: Pass) throws -> Tensor? {
    func weighted(_ factor: Double, _ numbers: Tensor) throws -> Tensor {
      let mean = try numbers.apply(.square).mean().reshaped([1])
      return try mean.apply(
        .multiply, Tensor([factor], shape: [1], elementType: mean.elementType))
    }
    var terms: [Tensor] = []
    let (activation, slowness) = (
      space.option("activation_penalty"), space.option("slowness_penalty")
    )
    if activation > 0 { terms.append(try weighted(activation, pass.read)) }
    let steps = pass.states.shape[0]
    if slowness > 0, steps > 1 {
      let change = try pass.states.narrow(0, from: 1, count: steps - 1)
        .apply(.subtract, pass.states.narrow(0, from: 0, count: steps - 1))
      terms.append(try weighted(slowness, change))
    }
    guard let first = terms.first else { return nil }
    return try terms.dropFirst().reduce(first) { try $0.apply(.add, $1) }
  }
}

extension DARTSPTB: NetworkSpace {
  /// With the data set's words.
  public func adapted(to dataset: any Dataset) throws -> any NetworkSpace {
    guard let text = dataset as? TextDataset else {
      throw NetworkError("\(name) is a space of language models: \(dataset.name) has no text")
    }
    return try with(["tokens": Double(text.vocabulary.count)])
  }

  public func makeNetwork(_ options: NetworkOptions) throws -> any PathNetwork {
    try RecurrentNetwork(self, options)
  }
}

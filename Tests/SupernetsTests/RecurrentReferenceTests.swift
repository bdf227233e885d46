import FileAccess
import Kernels
import SearchSpaces
import Supernets
import Tensors
import Testing
import WeightFiles

/// The recurrent network against PyTorch's figures: see `Tests/Reference/make_darts_ptb.py`.
@MainActor @Suite struct RecurrentReferenceTests {
  private let space: DARTSPTB
  private let weights: Safetensors
  private let expected: Safetensors
  private let lines: [String]

  init() throws {
    space = try DARTSPTB(options: [
      "tokens": 23, "hidden": 12, "activation_penalty": 0.5, "slowness_penalty": 0.25,
    ])
    weights = try Safetensors(path: Path(Reference.path("darts_ptb-weights.safetensors")))
    expected = try Safetensors(path: Path(Reference.path("darts_ptb-expected.safetensors")))
    lines = try String(contentsOfFile: Reference.path("darts_ptb-cells.txt"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }

  private func network(_ element: ElementType) throws -> RecurrentNetwork {
    let network = try RecurrentNetwork(space, NetworkOptions(elementType: element))
    #expect(Set(network.parameters.map(\.name)) == Set(weights.names))
    for parameter in network.parameters {
      let entry = try #require(weights[parameter.name])
      #expect(entry.shape == parameter.tensor.shape, "\(parameter.name)")
      try parameter.tensor.set(entry.tensor().doubles())
    }
    return network
  }

  private func values(_ name: String) throws -> [Double] {
    try #require(expected[name], "\(name)").tensor().doubles()
  }

  private func tensor(_ name: String, _ element: ElementType) throws -> Tensor {
    let entry = try #require(expected[name], "\(name)")
    return try Tensor(entry.tensor().doubles(), shape: entry.shape, elementType: element)
  }

  private func tolerance(_ element: ElementType) -> Double { element == .float64 ? 3e-7 : 1e-4 }

  /// Two pieces of text one after the other: the second begins where the first ended.
  @Test(arguments: 0..<4, ElementType.real)
  func evaluation(cell: Int, element: ElementType) throws {
    let network = try network(element)
    let architecture = try space.parse(lines[cell])
    let tokens = try values("evaluated.tokens").map { Int($0) }
    var state: Tensor?
    for (piece, rows) in [0..<6, 6..<11].enumerated() {
      let (pass, scores) = try Tape.withoutRecording {
        let pass = try network.run(
          Tensor(
            whole: Array(tokens[rows.lowerBound * 3..<rows.upperBound * 3]), shape: [rows.count, 3]),
          from: state, architecture)
        return (pass, try network.prediction(pass).scores)
      }
      for (name, found) in [("evaluated", scores), ("state", pass.last)] {
        let error = relativeError(found.doubles(), try values("cell\(cell).\(name)\(piece)"))
        #expect(error < tolerance(element), "\(name)\(piece): \(error)")
      }
      state = pass.last
    }
  }

  /// Scores, the three parts of the loss, and the gradients of all parameters.
  @Test(arguments: 0..<4, ElementType.real)
  func training(cell: Int, element: ElementType) throws {
    let network = try network(element)
    var masks = DropoutMasks()
    masks.words = try tensor("mask.words", element)
    masks.embedding = try tensor("mask.embedding", element)
    masks.input = try tensor("mask.input", element)
    masks.hidden = try tensor("mask.hidden", element)
    masks.output = try tensor("mask.output", element)
    let pass = try network.run(
      Tensor(whole: values("trained.tokens").map { Int($0) }, shape: [6, 3]),
      from: tensor("trained.state", element), space.parse(lines[cell]), dropping: masks)
    let prediction = try network.prediction(pass)
    let scores = try prediction.scores
    let found = relativeError(scores.doubles(), try values("cell\(cell).trained"))
    #expect(found < tolerance(element), "scores: \(found)")

    let labels = try values("trained.labels").map { Int32($0) }
    let (loss, correct) = try prediction.crossEntropy(labels: labels)
    #expect(correct == (try scores.correct(labels: labels)))
    let penalty = try #require(try network.penalty(pass))
    let parts = try values("cell\(cell).loss")
    #expect(abs(loss.doubles()[0] - parts[0]) < tolerance(element) * parts[0])
    let added = parts[1] + parts[2]
    #expect(abs(penalty.doubles()[0] - added) < tolerance(element) * added)

    try loss.apply(.add, penalty).backward()
    for parameter in network.parameters {
      let gradient = try #require(parameter.tensor.gradient, "\(parameter.name)").doubles()
      let error = relativeError(gradient, try values("cell\(cell).gradient.\(parameter.name)"))
      #expect(error < tolerance(element), "\(parameter.name): \(error)")
    }
  }
}

import Randomness
import SearchSpaces
import Tensors

/// What a training step of a language model drops: numbers to multiply by, 0 where something goes, and
/// 1 / (1 − chance) elsewhere.
///
/// A mask holds for the whole piece of text (Gal and Ghahramani, "A theoretically grounded application of
/// dropout in recurrent neural networks", 2016), so none has steps.
///
/// Invariant: each mask comes from a stream of its own, so that turning one off changes no other.
public struct DropoutMasks {
  /// For each word of the vocabulary, tokens x 1: whole words go.
  public var words: Tensor?
  /// Of embeddings, columns x units: the original's `dropouti`.
  public var embedding: Tensor?
  /// Of the cell's inputs, columns x units: `dropoutx`.
  public var input: Tensor?
  /// Of states within the cell, columns x units: `dropouth`.
  public var hidden: Tensor?
  /// Of the states that the decoder reads, columns x units: `dropout`.
  public var output: Tensor?

  /// Nothing is dropped.
  public init() {}

  /// The masks of a step, with the chances that are the space's options.
  public init(
    of space: DARTSPTB, columns: Int, step: Int, _ options: NetworkOptions
  ) throws {
    func mask(_ name: String, _ shape: [Int]) throws -> Tensor? {
      let chance = space.option(name)
      guard chance > 0 else { return nil }
      var generator = Generator.derived(
        seed: options.seed, purpose: name, index: UInt64(bitPattern: Int64(step)))
      let kept = 1 / (1 - chance)
      return try Tensor(
        (0..<shape.reduce(1, *)).map { _ in generator.uniform() < chance ? 0 : kept },
        shape: shape, elementType: options.elementType)
    }
    words = try mask("word_dropout", [space.tokens, 1])
    let shape = [columns, space.hidden]
    embedding = try mask("embedding_dropout", shape)
    input = try mask("input_dropout", shape)
    hidden = try mask("hidden_dropout", shape)
    output = try mask("output_dropout", shape)
  }
}

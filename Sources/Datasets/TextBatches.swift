import Checksums
import Randomness
import Tensors

/// A piece of text as a network takes it: some tokens of each of several columns, with the tokens that
/// follow them.
public final class TextBatch: Batch {
  /// Tokens, steps x columns, as whole numbers from 0.
  public let inputs: Tensor
  /// The token after each, row by row.
  public let labels: [Int32]
  public let rateFactor: Double
  /// What the network remembers of each column's text before this piece. Whoever runs the piece reads
  /// the one and writes the other, which is where the next piece begins.
  public let before: CarriedState
  public let after: CarriedState

  public var memory: (before: CarriedState, after: CarriedState)? { (before, after) }

  public init(
    inputs: Tensor, labels: [Int32], rateFactor: Double = 1, before: CarriedState = CarriedState(),
    after: CarriedState = CarriedState()
  ) {
    self.inputs = inputs
    self.labels = labels
    self.rateFactor = rateFactor
    self.before = before
    self.after = after
  }
}

/// A state between two pieces of text.
public final class CarriedState {
  /// Nil before the first piece, and where a piece was passed over: a network begins anew.
  public var value: Tensor?

  public init(_ value: Tensor? = nil) { self.value = value }
}

/// A split's text in pieces, as AWD-LSTM cuts it (Merity, Keskar and Socher, 2018; `batchify` and
/// `get_batch` in the DARTS code).
///
/// The text becomes columns of equal length, side by side; what is left over at its end goes. A piece
/// is the next few rows of all columns.
///
/// While training, the number of rows is drawn: from N(length, 5), with a chance of 5 % from
/// N(length / 2, 5), cut to a whole number and to 5 … length + 20; and the learning rate is multiplied
/// by it over `length`. As in the original, a piece that the text's end shortens keeps the factor of what
/// was drawn, and a last piece of one row is left out. The numbers drawn are others: they depend on seed
/// and epoch. In evaluation every piece has `length` rows, and none is left out. (The original divides
/// the sum of its losses by the rows of the text, one more than are predicted, so its losses are lower
/// by one part in that number.)
///
/// Invariant: in an epoch each column's tokens come in order, each once.
public final class TextBatches: BatchSequence {
  /// The parts of an epoch.
  struct Piece: Equatable {
    let start: Int
    let rows: Int
    /// The rows that were drawn.
    let drawn: Int
  }

  public var count: Int { pieces.count - position }
  private let tokens: [Int32]
  private let columns: Int
  private let rows: Int
  private let length: Int
  private let pieces: [Piece]
  private var position = 0
  private var carried = CarriedState()

  /// Throws `DataError` where the columns are not positive, or too many for the text.
  public init(_ tokens: [Int32], _ order: BatchOrder) throws {
    guard order.size > 0 else {
      throw DataError("a batch of text has at least one column, not \(order.size)")
    }
    guard (1...1_000_000).contains(order.length) else {
      throw DataError("a piece of text has 1 to 1000000 tokens a column, not \(order.length)")
    }
    columns = order.size
    rows = tokens.count / columns
    // In training a piece has two rows, and the row that they are to predict.
    let needed = order.shuffle == nil ? 2 : 3
    guard rows >= needed else {
      throw DataError(
        "\(tokens.count) tokens are too few for \(columns) columns of at least \(needed)")
    }
    self.tokens = tokens
    length = order.length
    pieces = Self.pieces(rows: rows, length: length, order.shuffle)
  }

  static func pieces(
    rows: Int, length: Int, _ shuffle: (seed: UInt64, epoch: Int)?
  ) -> [Piece] {
    var pieces: [Piece] = []
    var start = 0
    guard let shuffle else {
      while start < rows - 1 {
        pieces.append(Piece(start: start, rows: min(length, rows - 1 - start), drawn: length))
        start += length
      }
      return pieces
    }
    var generator = Generator.derived(
      seed: shuffle.seed, purpose: "lengths of text",
      index: UInt64(bitPattern: Int64(shuffle.epoch)))
    while start < rows - 2 {
      let mean = generator.uniform() < 0.95 ? Double(length) : Double(length) / 2
      let drawn = min(max(5, Int(mean + 5 * generator.normal())), length + 20)
      pieces.append(Piece(start: start, rows: min(drawn, rows - 1 - start), drawn: drawn))
      start += drawn
    }
    return pieces
  }

  public func skip(_ count: Int) {
    let left = pieces.count - position
    guard count > 0, left > 0 else { return }
    position += min(count, left)
    // What lay before was not read.
    carried = CarriedState()
  }

  public func next() throws -> (any Batch)? {
    guard position < pieces.count else { return nil }
    let piece = pieces[position]
    position += 1
    var inputs: [Int] = []
    var labels: [Int32] = []
    inputs.reserveCapacity(piece.rows * columns)
    labels.reserveCapacity(piece.rows * columns)
    for row in piece.start..<piece.start + piece.rows {
      for column in 0..<columns {
        inputs.append(Int(tokens[column * rows + row]))
        labels.append(tokens[column * rows + row + 1])
      }
    }
    let before = carried
    carried = CarriedState()
    return TextBatch(
      inputs: try Tensor(whole: inputs, shape: [piece.rows, columns]), labels: labels,
      rateFactor: Double(piece.drawn) / Double(length), before: before, after: carried)
  }
}

extension TextDataset: Dataset {
  public var measure: Measure { .perplexity }

  /// As the original has it for the validation text (`eval_batch_size`; for the test text it takes 1).
  public var evaluationBatch: Int { 10 }

  public func size(_ split: Split) -> Int { tokens(split).count }

  public func checksum(_ split: Split) -> UInt32 { CRC32.of(tokens(split)) }

  public func batches(_ split: Split, _ order: BatchOrder) throws -> any BatchSequence {
    try TextBatches(tokens(split), order)
  }

  public var description: String {
    "\(name): \(vocabulary.count) words, \(train.count) train, \(validation.count) validation, "
      + "\(test.count) test tokens"
  }
}

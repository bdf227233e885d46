import Datasets
import Testing

/// Text in columns and pieces.
@Suite struct TextBatchTests {
  private func batches(_ tokens: [Int32], _ order: BatchOrder) throws -> [TextBatch] {
    let sequence = try TextBatches(tokens, order)
    let count = sequence.count
    var found: [TextBatch] = []
    while let batch = try sequence.next() {
      found.append(try #require(batch as? TextBatch))
    }
    #expect(found.count == count)
    return found
  }

  private func order(
    _ size: Int, length: Int = 35, _ shuffle: (seed: UInt64, epoch: Int)? = nil
  ) -> BatchOrder {
    var order = BatchOrder(size: size, shuffle: shuffle)
    order.length = length
    return order
  }

  private func tokens(_ batch: TextBatch) throws -> [[Int]] {
    let columns = batch.inputs.shape[1]
    let all = try batch.inputs.integers(for: "test")
    return stride(from: 0, to: all.count, by: columns).map { Array(all[$0..<$0 + columns]) }
  }

  /// As the DARTS code's own example would be cut: 26 letters in four columns of six, two left over.
  @Test func columnsAreConsecutiveText() throws {
    let batches = try batches((0..<26).map { Int32($0) }, order(4, length: 3))
    #expect(batches.count == 2)
    #expect(
      try tokens(batches[0]) == [[0, 6, 12, 18], [1, 7, 13, 19], [2, 8, 14, 20]])
    #expect(batches[0].labels == [1, 7, 13, 19, 2, 8, 14, 20, 3, 9, 15, 21])
    #expect(try tokens(batches[1]) == [[3, 9, 15, 21], [4, 10, 16, 22]])
    #expect(batches[1].labels == [4, 10, 16, 22, 5, 11, 17, 23])
    #expect(batches.map(\.count) == [12, 8])
    #expect(batches.allSatisfy { $0.rateFactor == 1 })
  }

  /// Joined again, the pieces of each column are its text, and labels are the text one later.
  @Test(arguments: [1, 3, 10, 64], [nil, 1, 2] as [Int?])
  func piecesGiveTheTextBack(columns: Int, epoch: Int?) throws {
    let text = (0..<2000).map { Int32($0 * 7 % 2003) }
    let rows = text.count / columns
    let batches = try batches(text, order(columns, epoch.map { (seed: 5, epoch: $0) }))
    for column in 0..<columns {
      let inputs = try batches.flatMap { try tokens($0).map { Int32($0[column]) } }
      let labels = batches.flatMap { batch in
        stride(from: column, to: batch.labels.count, by: columns).map { batch.labels[$0] }
      }
      let whole = Array(text[column * rows..<(column + 1) * rows])
      // A last piece of one row is left out in training.
      #expect(inputs.count == rows - 1 || (epoch != nil && inputs.count == rows - 2))
      #expect(inputs == Array(whole.prefix(inputs.count)))
      #expect(labels == Array(whole.dropFirst().prefix(labels.count)))
    }
  }

  @Test func lengthsAreDrawnAsDescribed() throws {
    let text = Array(repeating: Int32(0), count: 400_000)
    let batches = try batches(text, order(1, (seed: 1, epoch: 1))).dropLast()
    let lengths = batches.map { $0.inputs.shape[0] }
    #expect(lengths.allSatisfy { (5...55).contains($0) })
    for batch in batches {
      #expect(batch.rateFactor == Double(batch.inputs.shape[0]) / 35)
    }
    // 5 % around 17.5, the others around 35, each cut to a whole number.
    let short = Double(lengths.count { $0 < 26 }) / Double(lengths.count)
    #expect(abs(short - (0.05 * 0.95 + 0.95 * 0.035)) < 0.01)
    let mean = Double(lengths.reduce(0, +)) / Double(lengths.count)
    #expect(abs(mean - (0.95 * 35 + 0.05 * 17.5 - 0.5)) < 0.3)
    let long = lengths.filter { $0 >= 26 }.map(Double.init)
    let center = long.reduce(0, +) / Double(long.count)
    let variance = long.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(long.count)
    #expect(abs(variance.squareRoot() - 4.7) < 0.3)
  }

  @Test func lengthsDependOnSeedAndEpoch() throws {
    let text = Array(repeating: Int32(0), count: 5000)
    func lengths(_ seed: UInt64, _ epoch: Int) throws -> [Int] {
      try batches(text, order(2, (seed: seed, epoch: epoch))).map { $0.inputs.shape[0] }
    }
    #expect(try lengths(1, 1) == lengths(1, 1))
    #expect(try lengths(1, 1) != lengths(1, 2))
    #expect(try lengths(1, 1) != lengths(2, 1))
    #expect(try lengths(.max, .min) == lengths(.max, .min))
  }

  /// A piece ends where the next begins; the first begins anew, and so does one after a piece that
  /// nobody ran.
  @Test func statesAreCarriedFromPieceToPiece() throws {
    let batches = try batches((0..<40).map { Int32($0) }, order(2, length: 5))
    #expect(batches[0].before.value == nil)
    for (batch, next) in zip(batches, batches.dropFirst()) {
      #expect(batch.after === next.before)
      #expect(next.before.value == nil)
    }
    #expect(try self.batches([0, 1, 2], order(1))[0].before !== batches[0].before)
  }

  @Test func impossibleColumnsAreErrors() throws {
    let text = (0..<10).map { Int32($0) }
    for size in [0, -1, .min, 6, .max] {
      #expect(throws: DataError.self) { try TextBatches(text, order(size)) }
    }
    #expect(throws: Never.self) { try TextBatches(text, order(5)) }
    // Training needs a row more: a piece of one is left out.
    #expect(throws: DataError.self) { try TextBatches(text, order(5, (seed: 1, epoch: 1))) }
    #expect(throws: Never.self) { try TextBatches(text, order(3, (seed: 1, epoch: 1))) }
    for length in [0, -1, .min, .max] {
      #expect(throws: DataError.self) { try TextBatches(text, order(2, length: length)) }
    }
    let error = #expect(throws: DataError.self) { try TextBatches(text, order(8)) }
    #expect(error?.description == "10 tokens are too few for 8 columns of at least 2")
  }
}

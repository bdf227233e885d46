import Kernels
import Randomness
import Tensors
import Testing

/// What operations record, what changes in place do to it, and whose the gradients are.
@MainActor @Suite struct RecordingTests {
  private func leaf(_ values: [Double], _ shape: [Int]? = nil) throws -> Tensor {
    let tensor = try Tensor(values, shape: shape ?? [values.count], elementType: .float64)
    tensor.requireGradient()
    return tensor
  }

  private func plain(_ values: [Double], _ shape: [Int]? = nil) throws -> Tensor {
    try Tensor(values, shape: shape ?? [values.count], elementType: .float64)
  }

  private func message(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return "no error"
  }

  // MARK: backward

  @Test func aRetainedGraphGivesItsGradientTwice() throws {
    let x = try leaf([1, 2, 3])
    let loss = try x.apply(.square).sum()
    try loss.backward(retainsGraph: true)
    #expect(x.gradient?.doubles() == [2, 4, 6])
    try loss.backward()
    #expect(x.gradient?.doubles() == [4, 8, 12])
    let text = message { try loss.backward() }
    #expect(text.contains("used up") && text.contains("retain"))
    #expect(x.gradient?.doubles() == [4, 8, 12])
  }

  @Test func backwardStartsFromAGivenGradient() throws {
    let x = try leaf([1, 2, 3, 4], [2, 2])
    try x.apply(.square).backward(gradient: plain([1, 10, 100, 1000], [2, 2]))
    #expect(x.gradient?.doubles() == [2, 40, 600, 8000])
    let square = try x.apply(.square)
    let text = message { try square.backward(gradient: try plain([1, 1, 1])) }
    #expect(text.contains("2x2") && text.contains("3"))
    #expect(message { try square.backward() }.contains("2x2"))
    // In another type, and as a view.
    x.clearGradient()
    try square.backward(gradient: Tensor([1.0, 2, 3, 4], shape: [2, 2]).transposed(0, 1))
    #expect(x.gradient?.doubles() == [2, 12, 12, 32])
    #expect(x.gradient?.elementType == .float64)
  }

  @Test func aLeafIsItsOwnLoss() throws {
    let x = try leaf([5])
    try x.backward()
    try x.backward()
    #expect(x.gradient?.doubles() == [2])
  }

  @Test func whatNeedsNoGradientGetsNone() throws {
    let (x, y) = (try leaf([1, 2]), try plain([3, 4]))
    let product = try x.apply(.multiply, y)
    #expect(product.requiresGradient && !product.isLeaf)
    try product.sum().backward()
    #expect(x.gradient?.doubles() == [3, 4])
    #expect(y.gradient == nil && product.gradient == nil)
    #expect(try !y.apply(.multiply, y).requiresGradient)
    #expect(try !x.apply(.less, y).requiresGradient)
    #expect(try !x.as(.int64).requiresGradient)
  }

  @Test func detachedNumbersAreSharedAndPassNothing() throws {
    let x = try leaf([1, 2])
    let detached = x.detached()
    #expect(!detached.requiresGradient && detached.address == x.address)
    try x.apply(.multiply, detached).sum().backward()
    #expect(x.gradient?.doubles() == [1, 2])
  }

  @Test func gradientsComeBackInTheTypeOfTheirTensor() throws {
    let x = try Tensor([1.0, 2], shape: [2])
    x.requireGradient()
    try x.as(.float64).apply(.multiply, plain([3, 4])).sum().backward()
    #expect(x.gradient?.elementType == .float32)
    #expect(x.gradient?.doubles() == [3, 4])
  }

  // MARK: whose a gradient is

  /// A leaf's gradient is its own memory: whoever changes it changes nothing else.
  @Test func gradientsOfLeavesAreSharedWithNothing() throws {
    let operations: [(name: String, function: (Tensor, Tensor) throws -> Tensor)] = [
      ("add", { try $0.apply(.add, $1) }), ("subtract", { try $0.apply(.subtract, $1) }),
      ("twice", { try $0.apply(.add, $0).apply(.add, $1) }),
      ("views", { try $0.reshaped([4]).apply(.add, $1.reshaped([4])).reshaped([2, 2]) }),
      ("clone", { try $0.cloned().apply(.add, $1.contiguous()) }),
      ("cat", { try Tensor.concatenated([$0, $1], 0) }),
      ("remainder", { try $0.apply(.remainder, $1) }),
      ("expand", { try $0.unsqueezed(0).expanded([1, 2, 2]).apply(.add, $1) }),
      ("scatter", { try $0.scatterAdding(0, Tensor(whole: [0, 1, 1, 0], shape: [2, 2]), $1) }),
    ]
    for (name, function) in operations {
      let (x, y) = (try leaf([1, 2, 3, 4], [2, 2]), try leaf([5, 6, 7, 8], [2, 2]))
      let result = try function(x, y)
      let given = try plain((0..<result.count).map { Double($0 + 1) }, result.shape)
      try result.backward(gradient: given, retainsGraph: true)
      let expected = given.doubles()
      let others = try #require(y.gradient).doubles()
      try #require(x.gradient).fillInPlace(77)
      #expect(given.doubles() == expected, "\(name)")
      #expect(y.gradient?.doubles() == others, "\(name)")
      // What was put there is what the next one is added to.
      try result.backward(gradient: given)
      x.clearGradient()
      #expect(y.gradient?.doubles() == others.map { 2 * $0 }, "\(name)")
      #expect(given.doubles() == expected, "\(name)")
    }
  }

  // MARK: changes in place

  @Test func numbersChangedAfterRecordingAreRefused() throws {
    let (x, y) = (try leaf([1, 2, 3, 4, 5, 6], [2, 3]), try plain([1, 1, 1, 2, 2, 2], [2, 3]))
    let product = try x.apply(.multiply, y, named: "mul").sum()
    try y.change(.add, plain([1]), named: "add_")
    let text = message { try product.backward() }
    #expect(text.contains("'mul'") && text.contains("2x3") && text.contains("'add_'"))
    #expect(x.gradient == nil)
    // Through a view as well; and the graph behind it is still there to be refused again.
    let exponential = try x.apply(.exponential, named: "exp")
    let view = try Tape.withoutRecording { try exponential.detached().select(0, 1) }
    try view.fillInPlace(0)
    #expect(message { try exponential.sum().backward() }.contains("'exp'"))
  }

  @Test func numbersThatNobodySavedMayChange() throws {
    let (x, y) = (try leaf([1, 2]), try plain([3, 4]))
    let sum = try x.apply(.add, y).sum()
    try y.fillInPlace(9)
    try sum.backward()
    #expect(x.gradient?.doubles() == [1, 1])
    // The product needs y alone for the gradient of x.
    let product = try x.apply(.multiply, y).sum()
    try Tape.withoutRecording { try x.fillInPlace(0) }
    x.clearGradient()
    try product.backward()
    #expect(x.gradient?.doubles() == [9, 9])
  }

  @Test func whatIsRecordedIsNotChangedInPlace() throws {
    let (x, y) = (try leaf([1, 2]), try plain([3, 4]))
    let changes: [(name: String, change: () throws -> Void)] = [
      ("add_", { try x.change(.add, y, named: "add_") }),
      ("mul_", { try y.change(.multiply, x, named: "mul_") }),
      ("neg_", { try x.change(.negate, named: "neg_") }),
      ("fill_", { try x.fillInPlace(1) }), ("copy_", { try x.assign(y) }),
      ("copy_", { try y.assign(x) }),
      ("[]=", { try x.select(0, 1).assign(y.select(0, 0), named: "[]=") }),
      ("[]=", { try y.assign(x, rows: [0, 1], named: "[]=") }),
    ]
    for (name, change) in changes {
      let text = message(change)
      #expect(text.contains(name) && text.contains("no_grad"), "\(name)")
    }
    #expect(x.doubles() == [1, 2] && y.doubles() == [3, 4])
    try Tape.withoutRecording {
      for (_, change) in changes { try change() }
    }
  }

  @Test func changesInPlace() throws {
    let x = try plain([1, 2, 3, 4], [2, 2])
    let view = try x.transposed(0, 1).select(0, 1)
    try view.change(.multiply, plain([10]), named: "mul_")
    #expect(x.doubles() == [1, 20, 3, 40])
    try x.change(.add, x.transposed(0, 1), named: "add_")
    #expect(x.doubles() == [2, 23, 23, 80])
    try x.change(.squareRoot, named: "sqrt_")
    try x.change(.square, named: "square_")
    #expect(abs(x.doubles()[3] - 80) < 1e-12)
    // Numbers that overlap with those they replace.
    let line = try plain([1, 2, 3, 4])
    try line.narrow(0, from: 1, count: 3).assign(line.narrow(0, from: 0, count: 3))
    #expect(line.doubles() == [1, 1, 2, 3])
    try line.narrow(0, from: 1, count: 3).change(
      .add, line.narrow(0, from: 0, count: 3), named: "add_")
    #expect(line.doubles() == [1, 2, 3, 5])
    // Of another type: converted to that of what is changed.
    let whole = try Tensor(whole: [1, 2], shape: [2])
    try whole.change(.multiply, Tensor([1.75], shape: []), named: "mul_")
    #expect(try whole.integers(for: "test") == [1, 3])
    #expect(message { try x.change(.add, try plain([1, 2, 3]), named: "add_") }.contains("2x2"))
    #expect(message { try line.assign(x) }.contains("copy_"))
    let expanded = try plain([1]).expanded([3])
    #expect(message { try expanded.fillInPlace(2) }.contains("expanded"))
  }

  @Test func rowsAreReplaced() throws {
    let x = try plain([1, 2, 3, 4, 5, 6], [3, 2])
    try x.assign(plain([7, 8]), rows: [2, 0])
    #expect(x.doubles() == [7, 8, 3, 4, 7, 8])
    try x.assign(plain([1, 1, 2, 2], [2, 2]), rows: [0, 1])
    #expect(x.doubles() == [1, 1, 2, 2, 7, 8])
    // The rows that are read are those of before.
    try x.assign(x.narrow(0, from: 0, count: 2), rows: [1, 2])
    #expect(x.doubles() == [1, 1, 1, 1, 2, 2])
    #expect(message { try x.assign(try plain([1, 1, 2, 2], [2, 2]), rows: [0]) }.contains("2x2"))
    #expect(message { try x.assign(try plain([0]), rows: [0, 3]) }.contains("no place 4"))
    #expect(x.doubles() == [1, 1, 1, 1, 2, 2])
  }

  // MARK: long chains

  @Test func hundredThousandAdditions() throws {
    let (x, one) = (try leaf([1]), try plain([1]))
    func chain() throws -> Tensor {
      var last = x
      for _ in 0..<100_000 { last = try last.apply(.add, one) }
      return last
    }
    _ = try chain()
    let last = try chain()
    #expect(last.doubles() == [100_001])
    try last.backward()
    #expect(x.gradient?.doubles() == [1])
    // Kept alive from the other end: the oldest tensors go last.
    var all: [Tensor] = []
    for _ in 0..<10_000 { all.append(try (all.last ?? x).apply(.multiply, one)) }
    while !all.isEmpty { all.removeFirst(min(100, all.count)) }
    // A chain whose operations hold their inputs in what they saved.
    var square = x
    for _ in 0..<100_000 { square = try square.apply(.multiply, square) }
    square = one
  }
}

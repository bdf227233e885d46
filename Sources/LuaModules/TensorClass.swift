import Kernels
import LuaHost
import Tensors

/// Methods and operators of tensors that compute numbers, as tables: most of them are a name and a
/// function of the engine.
///
/// Methods return new tensors; with a trailing underscore they change their own.
private let unaryMethods: [(name: String, function: UnaryFunction)] = [
  ("neg", .negate), ("abs", .absolute), ("sign", .sign), ("reciprocal", .reciprocal),
  ("square", .square), ("sqrt", .squareRoot), ("exp", .exponential),
  ("expm1", .exponentialLessOne), ("log", .logarithm), ("log1p", .logarithmOfOnePlus),
  ("sin", .sine), ("cos", .cosine), ("tanh", .hyperbolicTangent), ("sigmoid", .sigmoid),
  ("erf", .errorFunction), ("floor", .floor), ("ceil", .ceiling), ("round", .round),
  ("relu", .rectifier),
]

/// Functions with one or two parameters: their defaults, nil where one must be given.
private let parameterMethods: [(name: String, function: UnaryFunction, defaults: [Double?])] = [
  ("leaky_relu", .leakyRectifier, [0.01]), ("elu", .exponentialRectifier, [1]),
  ("clamp", .clamp, [nil, nil]), ("hardtanh", .hardClamp, [-1, 1]),
]

private let binaryMethods: [(name: String, operator: String?, function: BinaryFunction)] = [
  ("add", "__add", .add), ("sub", "__sub", .subtract), ("mul", "__mul", .multiply),
  ("div", "__div", .divide), ("floor_divide", "__idiv", .floorDivide),
  ("remainder", "__mod", .remainder), ("maximum", nil, .maximum), ("minimum", nil, .minimum),
  ("pow", "__pow", .power),
]

private let comparisons: [(name: String, function: BinaryFunction, swaps: Bool)] = [
  ("eq", .equal, false), ("ne", .notEqual, false), ("lt", .less, false),
  ("le", .lessOrEqual, false), ("gt", .less, true), ("ge", .lessOrEqual, true),
]

func defineTensorArithmetic(_ classes: Classes) {
  let type = classes.tensors
  for (name, function) in unaryMethods {
    type.method(name, arguments: 0) { tensor, call in
      classes.returns(call, try tensor.apply(function, named: name))
    }
    type.method("\(name)_", arguments: 0) { tensor, call in
      try tensor.change(function, named: "\(name)_")
      return call.returns(argument: 1)
    }
  }
  for (name, function, defaults) in parameterMethods {
    func parameters(_ call: LuaCall) throws -> UnaryFunction.Parameters {
      let values = try defaults.enumerated().map { place, standard in
        try call.optionalNumber(place + 2) ?? standard ?? call.number(place + 2)
      }
      return .init(values[0], values.count > 1 ? values[1] : 0)
    }
    type.method(name, arguments: .atMost(defaults.count)) { tensor, call in
      classes.returns(call, try tensor.apply(function, parameters(call), named: name))
    }
    type.method("\(name)_", arguments: .atMost(defaults.count)) { tensor, call in
      try tensor.change(function, parameters(call), named: "\(name)_")
      return call.returns(argument: 1)
    }
  }
  for (name, metamethod, function) in binaryMethods {
    let arguments: LuaArity = name == "add" || name == "sub" ? 2 : 1
    /// `other`, times the scale that `add` and `sub` take.
    func other(_ tensor: Tensor, _ call: LuaCall) throws -> Tensor {
      let other = try classes.operand(call, 2, like: tensor)
      guard let scale = try call.optionalNumber(3), scale != 1 else { return other }
      return try other.apply(.multiply, classes.operand(call, 3, like: other))
    }
    type.method(name, arguments: arguments) { tensor, call in
      classes.returns(call, try compute(function, tensor, other(tensor, call), name))
    }
    type.method("\(name)_", arguments: arguments) { tensor, call in
      try tensor.change(function, other(tensor, call), named: "\(name)_")
      return call.returns(argument: 1)
    }
    guard let metamethod else { continue }
    type.operation(metamethod) { call in
      let (left, right) = try classes.operands(call)
      return classes.returns(call, try compute(function, left, right, name))
    }
  }
  for (name, function, swaps) in comparisons {
    type.method(name, arguments: 1) { tensor, call in
      let other = try classes.operand(call, 2, like: tensor)
      let result =
        try swaps
        ? other.apply(function, tensor, named: name) : tensor.apply(function, other, named: name)
      return classes.returns(call, result)
    }
  }
  type.metamethod("__unm") { tensor, call in
    classes.returns(call, try tensor.apply(.negate, named: "neg"))
  }
  // Lua turns what these give into true or false, so they are for single numbers.
  for (name, holds) in [
    ("__lt", { (left: Double, right: Double) in left < right }), ("__le", { $0 <= $1 }),
  ] {
    type.operation(name) { call in
      let (left, right) = try classes.operands(call)
      guard left.count == 1, right.count == 1 else {
        throw LuaError(
          "only tensors of a single number compare as true or false "
            + "(\(Tensor.shown(left.shape)) · \(Tensor.shown(right.shape))): use lt, le, gt or ge")
      }
      return call.returns(holds(try left.item(), try right.item()))
    }
  }
  defineCompounds(classes)
}

/// A power with a number as its exponent has kernels of its own where it is simple.
private func compute(
  _ function: BinaryFunction, _ left: Tensor, _ right: Tensor, _ name: String
) throws -> Tensor {
  if function == .power, right.rank == 0, !right.requiresGradient, left.elementType.isReal,
    right.elementType == left.elementType
  {
    switch try right.item() {
    case 1: return try left.apply(.multiply, right, named: name)
    case 2: return try left.apply(.square, named: name)
    case 0.5: return try left.apply(.squareRoot, named: name)
    case -1: return try left.apply(.reciprocal, named: name)
    case let exponent: return try left.apply(.power, .init(exponent), named: name)
    }
  }
  return try left.apply(function, right, named: name)
}

private func defineCompounds(_ classes: Classes) {
  let type = classes.tensors
  let compounds: [(String, (Tensor) throws -> Tensor)] = [
    ("silu", { try $0.silu() }), ("gelu", { try $0.gelu() }),
    ("softplus", { try $0.softplus() }),
    ("relu6", { try $0.apply(.hardClamp, .init(0, 6), named: "relu6") }),
    ("rsqrt", { try $0.apply(.squareRoot).apply(.reciprocal, named: "rsqrt") }),
  ]
  for (name, function) in compounds {
    type.method(name, arguments: 0) { tensor, call in
      classes.returns(call, try function(tensor))
    }
  }
  type
    .method("matmul", arguments: 1) { tensor, call in
      classes.returns(call, try tensor.matrixProduct(classes.tensor(call, 2)))
    }
    .method("dot", arguments: 1) { tensor, call in
      let other = try classes.tensor(call, 2)
      guard tensor.rank == 1, other.rank == 1 else {
        throw LuaError(
          "dot: expected two vectors, got \(Tensor.shown(tensor.shape)) · "
            + Tensor.shown(other.shape))
      }
      return classes.returns(call, try tensor.matrixProduct(other))
    }
    .method("linear", arguments: 2) { tensor, call in
      classes.returns(
        call,
        try tensor.linearMap(
          weights: classes.tensor(call, 2), bias: call.optionalObject(3, classes.tensors)))
    }
    .method("softmax", arguments: 1) { tensor, call in
      classes.returns(call, try tensor.softmax(call.dimension(2)))
    }
    .method("log_softmax", arguments: 1) { tensor, call in
      classes.returns(call, try tensor.logSoftmax(call.dimension(2)))
    }
    .method("logsumexp", arguments: 2) { tensor, call in
      classes.returns(
        call, try tensor.logSumExp(call.dimension(2), keepingDimensions: call.keepsDimensions(3)))
    }
    .method("cross_entropy", arguments: 2) { tensor, call in
      let options = try call.options(3, known: ["smoothing"])
      return classes.returns(
        call,
        try tensor.crossEntropy(
          labels: classes.places(call, 2),
          smoothing: options.number("smoothing", default: 0, in: 0.0...1.0)))
    }
    .method("dropout", arguments: 2) { tensor, call in
      let chance = try call.number(2, "chance", in: 0.0..<1.0)
      let options = try call.options(3, known: ["generator", "seed"])
      let mask = try Tensor(shape: tensor.shape, elementType: tensor.elementType)
      try draw(mask, "dropout", classes.generator(options)) { $0.uniform() < chance ? 0 : 1 }
      return classes.returns(call, try tensor.dropped(chance, mask: mask))
    }
  defineReductions(classes)
}

private func defineReductions(_ classes: Classes) {
  let type = classes.tensors
  let reductions: [(String, (Tensor, [Int], Bool) throws -> Tensor)] = [
    ("sum", { try $0.sum($1, keepingDimensions: $2) }),
    ("mean", { try $0.mean($1, keepingDimensions: $2) }),
    ("norm", { try $0.norm($1, keepingDimensions: $2) }),
  ]
  for (name, function) in reductions {
    type.method(name, arguments: 2) { tensor, call in
      classes.returns(call, try function(tensor, call.dimensions(2), call.keepsDimensions(3)))
    }
  }
  let statistics: [(String, (Tensor, [Int], Bool, Bool) throws -> Tensor)] = [
    ("var", { try $0.variance($1, isUnbiased: $2, keepingDimensions: $3) }),
    ("std", { try $0.deviation($1, isUnbiased: $2, keepingDimensions: $3) }),
  ]
  for (name, function) in statistics {
    type.method(name, arguments: 2) { tensor, call in
      let options = try call.options(3, known: ["keepdim", "unbiased"])
      return classes.returns(
        call,
        try function(
          tensor, call.dimensions(2), options.boolean("unbiased", default: true),
          options.boolean("keepdim", default: false)))
    }
  }
  for (name, largest) in [("max", true), ("min", false)] {
    type.method(name, arguments: 2) { tensor, call in
      guard !call.isNil(2) else {
        try call.end(at: 3)
        return classes.returns(call, try tensor.extreme(largest: largest))
      }
      let (values, places) = try tensor.extreme(
        largest: largest, dimension: call.dimension(2),
        keepingDimensions: call.keepsDimensions(3))
      return call.returns(
        type.wrap(values), type.wrap(try classes.fromOne(places)))
    }
    type.method("arg\(name)", arguments: 2) { tensor, call in
      let flat = call.isNil(2) ? try tensor.detached().reshaped([-1]) : tensor
      let places = try Tape.withoutRecording {
        try flat.extreme(
          largest: largest, dimension: call.isNil(2) ? 0 : call.dimension(2),
          keepingDimensions: call.keepsDimensions(3)
        ).places
      }
      return classes.returns(call, try classes.fromOne(places))
    }
  }
  type
    .method("prod", arguments: 2) { tensor, call in
      let dimension = call.isNil(2) ? nil : try call.dimension(2)
      return classes.returns(
        call, try tensor.product(dimension, keepingDimensions: call.keepsDimensions(3)))
    }
    .method("cumsum", arguments: 1) { tensor, call in
      classes.returns(call, try tensor.runningSum(call.dimension(2)))
    }
    .method("sort", arguments: 2) { tensor, call in
      let dimension = call.isNil(2) ? -1 : try call.dimension(2)
      let options = try call.options(3, known: ["descending"])
      let (values, places) = try tensor.sorted(
        dimension, descending: options.boolean("descending", default: false))
      return call.returns(type.wrap(values), type.wrap(try classes.fromOne(places)))
    }
    .method("topk", arguments: 2) { tensor, call in
      let dimension = call.isNil(3) ? -1 : try call.dimension(3)
      let count = try call.integer(2, "k", in: 0...size(tensor, dimension))
      let (values, places) = try tensor.sorted(dimension, descending: true)
      return call.returns(
        type.wrap(try values.narrow(dimension, from: 0, count: count)),
        type.wrap(try classes.fromOne(places.narrow(dimension, from: 0, count: count))))
    }
}

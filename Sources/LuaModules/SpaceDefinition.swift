import Kernels
import LuaHost
import SearchSpaces
import Spelling
import Supernets

/// What `nas.space.define` calls once it has read its tables (`stdlib/nas/space.lua`): makes a space,
/// and gives it its name in this session.
///
/// A space of cells: `define_cells(name, nodes, sources, targets, counts, operators, options, own,
/// replaced, make, definition)`. Edge number i goes from `sources[i]` to `targets[i]`, and has the next
/// `counts[i]` of the names in `operators`. `own` names the operators that `make` makes, `replaced`
/// which of stem, reduction and head it makes; `definition` says by texts what tells all of it from
/// other definitions.
func defineCells(_ call: LuaCall, _ classes: Classes) throws -> LuaResults {
  let name = try call.string(1)
  let nodes = try call.integer(2)
  let targets = try call.integers(4)
  let counts = try call.integers(5)
  var names = try call.strings(6)[...]
  let own = try call.strings(8)
  let replaced = try call.strings(9)
  let make = try call.function(10)
  var edges: [(edge: CellEdge, operators: [CellOperator])] = []
  for (position, source) in try call.integers(3).enumerated() {
    guard targets.indices.contains(position), counts.indices.contains(position) else {
      throw call.blame(4, "expected a target and a count for each source")
    }
    let taken = names.prefix(max(0, counts[position]))
    names = names.dropFirst(taken.count)
    let operators = try taken.map {
      try own.contains($0) ? CellOperator.custom($0) : CellOperator.host(named: $0)
    }
    edges.append((CellEdge(source: source, target: targets[position]), operators))
  }
  let definition = try CellDefinition(
    name: name, graph: CellGraph(nodes: nodes, edges: edges),
    defaults: spaceOptions(call, 7, known: SkeletonRules.names))
  let space = try CellSpace(definition)
  guard !own.isEmpty || !replaced.isEmpty else { return try define(space, call, classes) }
  let layers = LuaLayers(make, classes)
  return try define(
    DefinedSpace(
      space, definition: call.textsByName(11), layers: layers.cellLayers(own, replaced)), call,
    classes)
}

/// A space of choices: `define_choices(name, decisions, counts, candidates, options, standards, rule,
/// count, make, definition, kinds)`. Decision number i has the next `counts[i]` of the texts in
/// `candidates`, and is of the kind `kinds[i]`; `rule` is asked with a list of candidates' numbers from
/// 1; `make` makes the model.
func defineChoices(_ call: LuaCall, _ classes: Classes) throws -> LuaResults {
  let counts = try call.integers(3)
  var candidates = try call.strings(4)[...]
  let kinds = try call.strings(11)
  let decisions = try call.strings(2).enumerated().map { position, name in
    guard counts.indices.contains(position), kinds.indices.contains(position) else {
      throw call.blame(3, "expected a count and a kind for each decision")
    }
    guard let kind = Decision.Kind(rawValue: kinds[position]) else {
      throw call.blame(
        11, unknown("kind", kinds[position], known: Decision.Kind.allCases.map(\.rawValue)))
    }
    let own = candidates.prefix(max(0, counts[position]))
    candidates = candidates.dropFirst(own.count)
    return Decision(name: name, candidates: Array(own), kind: kind)
  }
  let names = try call.strings(5)
  let standards = try call.numbers(6)
  var rule: ChoiceSpace.Rule?
  if let function = try call.optionalFunction(7) {
    rule = { choices in
      // One argument, a list.
      let arguments: [any LuaValue] = [choices.map { $0 + 1 }]
      return try function.call(arguments) { (results: LuaCall) in try results.boolean(1) }
    }
  }
  var knownCount: SpaceCount?
  if let count = try call.optionalNumber(8) {
    knownCount = Int(exactly: count).map { .exact($0) } ?? .approximate(count)
  }
  let make = try call.function(9)
  let space = try ChoiceSpace(
    name: call.string(1), decisions: decisions,
    options: zip(names, standards).map { (name: $0, standard: $1) }, rule: rule,
    knownCount: knownCount,
    interruption: LuaInterrupt.check)
  let layers = LuaLayers(make, classes)
  return try define(
    DefinedSpace(space, definition: call.textsByName(10)) { space, options in
      try layers.model(space, options)
    }, call, classes)
}

/// Has the session know a space by its name, and returns it.
private func define(
  _ space: some SearchSpace, _ call: LuaCall, _ classes: Classes
) throws -> LuaResults {
  try classes.registry.define(space.name) { try space.with($0) }
  return call.returns(SpaceBox(space), as: classes.spaces)
}

/// Makes the parts of networks that a script defines: `make(role, name, input, output, seed, prefix)`
/// for cells, `make(options, seed, only)` for models.
private struct LuaLayers: @unchecked Sendable {
  private let make: LuaFunction
  /// Used on the host's thread alone.
  private let classes: Classes

  init(_ make: LuaFunction, _ classes: Classes) {
    self.make = make
    self.classes = classes
  }

  private func layer(
    _ role: String, _ name: String, _ input: Int, _ output: Int, _ place: LayerPlace
  ) throws -> LuaLayer {
    try checkPrecision(place.elementType)
    return try LuaLayer(
      make, [role, name, input, output, Int(Int64(bitPattern: place.seed)), place.prefix], classes)
  }

  private func checkPrecision(_ element: ElementType) throws {
    guard element == .float32 else {
      throw NetworkError("layers written in Lua are float32, not \(element.rawValue)")
    }
  }

  func cellLayers(_ own: [String], _ replaced: [String]) -> CellLayers {
    func between(_ role: String) -> CellLayers.Between? {
      guard replaced.contains(role) else { return nil }
      return { input, output, place in
        let layer = try layer(role, role, input, output, place)
        return role == "head" ? LuaScoreLayer(layer) : LuaImageLayer(layer)
      }
    }
    var operators: [String: CellLayers.Operator] = [:]
    for name in own {
      operators[name] = { channels, place in
        LuaImageLayer(try layer("operator", name, channels, channels, place))
      }
    }
    return CellLayers(
      operators: operators, stem: between("stem"), reduction: between("reduction"),
      head: between("head"))
  }

  func model(_ space: ChoiceSpace, _ options: NetworkOptions) throws -> any PathModel {
    try checkPrecision(options.elementType)
    let values = LuaTable(fields: space.options.map { (key: $0.name, value: $0.value) })
    return LuaModel(
      try LuaLayer(
        make,
        [values, Int(Int64(bitPattern: options.seed)), options.only?.choices.map { $0 + 1 }],
        classes))
  }
}

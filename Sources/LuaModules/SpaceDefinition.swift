import LuaHost
import SearchSpaces

/// What `nas.space.define` calls once it has read its tables (`stdlib/nas/space.lua`): makes a space,
/// and gives it its name in this session.
///
/// A space of cells: `define_cells(name, nodes, sources, targets, counts, operators, options)`. Edge
/// number i goes from `sources[i]` to `targets[i]`, and has the next `counts[i]` of the names in
/// `operators`.
func defineCells(_ call: LuaCall, _ classes: Classes) throws -> LuaResults {
  let name = try call.string(1)
  let nodes = try call.integer(2)
  let targets = try call.integers(4)
  let counts = try call.integers(5)
  var names = try call.strings(6)[...]
  var edges: [(edge: CellEdge, operators: [CellOperator])] = []
  for (position, source) in try call.integers(3).enumerated() {
    guard targets.indices.contains(position), counts.indices.contains(position) else {
      throw call.blame(4, "expected a target and a count for each source")
    }
    let own = names.prefix(max(0, counts[position]))
    names = names.dropFirst(own.count)
    edges.append(
      (CellEdge(source: source, target: targets[position]), try own.map(CellOperator.host(named:)))
    )
  }
  let definition = try CellDefinition(
    name: name, graph: CellGraph(nodes: nodes, edges: edges),
    defaults: spaceOptions(call, 7, known: SkeletonRules.names))
  return try define(try CellSpace(definition), call, classes)
}

/// Has the session know a space by its name, and returns it.
private func define(
  _ space: some SearchSpace, _ call: LuaCall, _ classes: Classes
) throws -> LuaResults {
  try classes.registry.define(space.name) { try space.with($0) }
  return call.returns(SpaceBox(space), as: classes.spaces)
}

import LuaHost
import SearchSpaces

/// `nas.space`: search spaces and their architectures.
final class SpaceBox {
  let value: any SearchSpace
  init(_ value: any SearchSpace) { self.value = value }
}

/// An architecture, and the space that gives it a text and a price.
final class ArchitectureBox {
  let space: SpaceBox
  let value: Architecture

  init(_ value: Architecture, of space: SpaceBox) {
    self.value = value
    self.space = space
  }

  var text: String { (try? space.value.text(of: value)) ?? "\(value.choices)" }
}

/// `nas.native.space`: the spaces that lunas has, and what defines others.
func spaceModule(_ classes: Classes) -> LuaTable {
  [
    "spaces": builtInSpaces(classes),
    "names": SpaceRegistry.builtInNames,
    "kinds": Decision.Kind.allCases.map(\.rawValue),
    "skeleton": SkeletonRules.names,
    "most_nodes": CellGraph.allowedNodes.upperBound,
    "define_cells": LuaClosure(arguments: 11) { call in try defineCells(call, classes) },
    "define_choices": LuaClosure(arguments: 11) { call in try defineChoices(call, classes) },
  ]
}

/// One function for each space, from a table of options to the space.
private func builtInSpaces(_ classes: Classes) -> LuaTable {
  var makers = LuaTable([:])
  for name in SpaceRegistry.builtInNames {
    let maker = LuaClosure(arguments: 1) { call in
      let standard = try classes.registry.space(named: name)
      let given = try spaceOptions(call, 1, known: standard.options.map(\.name))
      return call.returns(SpaceBox(try standard.with(given)), as: classes.spaces)
    }
    makers.fields.append((key: name, value: maker))
  }
  return makers
}

/// The options of a space that a table gives, as numbers by name.
func spaceOptions(
  _ call: LuaCall, _ position: Int, known: [String]
) throws -> [String: Double] {
  let given = try call.options(position, known: known)
  var options: [String: Double] = [:]
  for option in known { options[option] = try given.number(option) }
  return options
}

extension LuaCall {
  /// A number, or nil and why there is none.
  fileprivate func returns(count: SpaceCount) -> LuaResults {
    switch count {
    case .exact(let count): returns(count)
    case .approximate(let count): returns(count)
    case .unknown(let reason): returns(Int?.none, "the count is not known: \(reason)")
    }
  }
}

extension SpaceOption {
  /// Whole numbers are Lua's integers.
  fileprivate var luaValue: any LuaValue { whole ?? value }
}

func defineSpace(_ classes: Classes) {
  classes.spaces
    .property("name") { box, call in call.returns(box.value.name) }
    .property("options") { box, call in
      call.returns(LuaTable(fields: box.value.options.map { (key: $0.name, value: $0.luaValue) }))
    }
    .property("decisions") { box, call in
      call.returns(
        box.value.decisions.map { decision in
          LuaTable([
            "name": decision.name, "candidates": decision.candidates,
            "kind": decision.kind.rawValue, "source": decision.edge?.source,
            "target": decision.edge?.target,
          ])
        })
    }
    .method("with", arguments: 1) { box, call in
      let changes = try spaceOptions(call, 2, known: box.value.options.map(\.name))
      return call.returns(SpaceBox(try box.value.with(changes)), as: classes.spaces)
    }
    .method("count", arguments: 1) { box, call in
      // By default architectures, isomorphic or not; else classes of isomorphic ones.
      let options = try call.options(2, known: ["isomorphic"])
      if try options.boolean("isomorphic", default: true) {
        return call.returns(count: try box.value.count)
      }
      return call.returns(
        count: try box.value.countClasses {
          try LuaInterrupt.check()
        })
    }
    .method("sample", arguments: 2) { box, call in
      // With a table, how many and a list of them; else one, of a seed or a generator.
      guard call.kind(3) == .table else {
        guard call.isNil(3) else { throw call.mismatch(3, expected: "table") }
        let generator = try classes.generator(call, 2)
        return call.returns(
          ArchitectureBox(try box.value.sample(from: generator), of: box),
          as: classes.architectures)
      }
      let count = try call.integer(2, "count", in: 0...10_000_000)
      let options = try call.options(3, known: ["distinct", "generator", "seed"])
      let drawn = try box.value.sample(
        count, distinct: options.boolean("distinct", default: false),
        from: classes.generator(options)
      ) { try LuaInterrupt.check() }
      return call.returns(
        drawn.map { classes.architectures.wrap(ArchitectureBox($0, of: box)) })
    }
    .method("parse", arguments: 1) { box, call in
      call.returns(
        ArchitectureBox(try box.value.parse(call.string(2)), of: box), as: classes.architectures)
    }
    .method("make", arguments: 1) { box, call in
      call.returns(
        ArchitectureBox(
          try box.value.architecture(
            choosing: call.textsByName(2)), of: box),
        as: classes.architectures)
    }
    .method("architecture", arguments: 1) { box, call in
      // Indices of scripts begin at 1.
      let index = try call.integer(2, "index", in: 1...)
      return call.returns(
        ArchitectureBox(try box.value.architecture(at: index - 1), of: box),
        as: classes.architectures)
    }
    .method("architectures", arguments: 0) { box, call in
      var left = try box.value.indices
      return call.returns(iterator: { call in
        guard let next = left.popFirst() else { return .none }
        return call.returns(
          ArchitectureBox(try box.value.architecture(at: next), of: box),
          as: classes.architectures)
      })
    }
    .metamethod("__tostring") { box, call in
      let options = box.value.options.map { "\($0.name) = \($0.text)" }.joined(separator: ", ")
      return call.returns("\(box.value.name){ \(options) }")
    }

  classes.architectures
    .property("space") { box, call in call.returns(box.space, as: classes.spaces) }
    .method("parameters", arguments: 0) { box, call in
      call.returns(try box.space.value.parameters(of: box.value))
    }
    .method("flops", arguments: 0) { box, call in
      call.returns(try box.space.value.flops(of: box.value))
    }
    .method("choices", arguments: 0) { box, call in
      let candidates = try box.space.value.candidates(of: box.value)
      return call.returns(
        LuaTable(
          fields: zip(box.space.value.decisions, candidates).map { (key: $0.name, value: $1) }))
    }
    .method("hash", arguments: 0) { box, call in
      call.returns(try box.space.value.hash(of: box.value))
    }
    .method("neighbours", arguments: 0) { box, call in
      let neighbours = try box.space.value.neighbours(of: box.value)
      return call.returns(
        neighbours.map { classes.architectures.wrap(ArchitectureBox($0, of: box.space)) })
    }
    .metamethod("__tostring") { box, call in call.returns(box.text) }
    .operation("__eq") { call in
      let left = try call.object(1, classes.architectures)
      let right = try call.object(2, classes.architectures)
      return call.returns(left.value == right.value)
    }
}

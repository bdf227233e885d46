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

/// One function for each space, from a table of options to the space.
func spaceModule(_ classes: Classes) -> LuaTable {
  var module = LuaTable([:])
  for name in searchSpaceNames {
    let maker = LuaClosure { call in
      let known = try searchSpace(named: name).options.map(\.name)
      let given = try call.options(1, known: known)
      var options: [String: Double] = [:]
      for option in known { options[option] = try given.number(option) }
      return call.returns(
        SpaceBox(try searchSpace(named: name, options: options)), as: classes.spaces)
    }
    module.fields.append((key: name, value: maker))
  }
  return module
}

func defineSpace(_ classes: Classes) {
  classes.spaces
    .property("name") { box, call in call.returns(box.value.name) }
    .property("options") { box, call in
      call.returns(LuaTable(fields: box.value.options.map { (key: $0.name, value: $0.value) }))
    }
    .method("count") { box, call in
      switch box.value.count {
      case .exact(let count): call.returns(count)
      case .approximate(let count): call.returns(count)
      }
    }
    .method("sample") { box, call in
      let generator = try classes.generator(call, 2)
      return call.returns(
        ArchitectureBox(box.value.sample(using: &generator.value), of: box),
        as: classes.architectures)
    }
    .method("parse") { box, call in
      call.returns(
        ArchitectureBox(try box.value.parse(call.string(2)), of: box), as: classes.architectures)
    }
    .method("architecture") { box, call in
      // Indices of scripts begin at 1.
      let index = try call.integer(2, "index", in: 1...)
      return call.returns(
        ArchitectureBox(try box.value.architecture(at: index - 1), of: box),
        as: classes.architectures)
    }
    .method("architectures") { box, call in
      guard case .exact(let count) = box.value.count else {
        throw LuaError("\(box.value.name) has too many architectures to go through: sample them")
      }
      var next = 0
      return call.returns(function: { call in
        guard next < count else { return .none }
        defer { next += 1 }
        return call.returns(
          ArchitectureBox(try box.value.architecture(at: next), of: box),
          as: classes.architectures)
      })
    }
    .metamethod("__tostring") { box, call in
      let options = box.value.options.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
      return call.returns("\(box.value.name){ \(options) }")
    }

  classes.architectures
    .property("space") { box, call in call.returns(box.space, as: classes.spaces) }
    .method("parameters") { box, call in
      call.returns(try box.space.value.parameters(of: box.value))
    }
    .method("flops") { box, call in call.returns(try box.space.value.flops(of: box.value)) }
    .method("hash") { box, call in call.returns(try box.space.value.hash(of: box.value)) }
    .method("neighbours") { box, call in
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

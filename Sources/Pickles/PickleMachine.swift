import ByteText

/// The machine that a pickle is a program for, as far as `Pickle` says.
struct PickleMachine {
  let name: String
  let content: [UInt8]
  private var offset = 0
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]

  init(name: String, content: [UInt8]) {
    self.name = name
    self.content = content
  }

  /// The dictionary that the pickle is.
  mutating func run() throws -> PickledDictionary {
    guard content.first == 0x80 else {
      throw PickleError(
        "\(name): is not a Python pickle of protocol 2 or above: expected 0x80 at 0")
    }
    while true {
      let start = offset
      let code = try number(bytes: 1)
      guard code != 0x2e else { break }  // STOP
      try execute(UInt8(code), at: start)
    }
    guard case .dictionary(let dictionary)? = stack.last, stack.count == 1 else {
      throw PickleError("\(name): the pickle is not a dictionary")
    }
    return dictionary
  }

  private mutating func execute(_ code: UInt8, at start: Int) throws {
    switch code {
    case 0x80:  // PROTO
      let version = try number(bytes: 1)
      guard (2...5).contains(version) else {
        throw wrong("protocol \(version): expected 2 to 5", start)
      }
    case 0x95: _ = try number(bytes: 8)  // FRAME
    case 0x4e: stack.append(.nothing)  // NONE
    case 0x88: stack.append(.truth(true))
    case 0x89: stack.append(.truth(false))
    case 0x4b: stack.append(.integer(try number(bytes: 1)))  // BININT1
    case 0x4d: stack.append(.integer(try number(bytes: 2)))  // BININT2
    case 0x4a:  // BININT
      stack.append(.integer(Self.integer(content[try take(4)], isSigned: true)))
    case 0x8a:  // LONG1
      let count = try number(bytes: 1)
      guard count <= 8 else { throw wrong("a whole number of \(count) bytes", start) }
      stack.append(.integer(Self.integer(content[try take(count)], isSigned: true)))
    case 0x47:  // BINFLOAT, big-endian
      let bits = content[try take(8)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      stack.append(.number(Double(bitPattern: bits)))
    case 0x8c: stack.append(.text(try bytes(countedBy: 1)))  // SHORT_BINUNICODE
    case 0x58: stack.append(.text(try bytes(countedBy: 4)))  // BINUNICODE
    case 0x8d: stack.append(.text(try bytes(countedBy: 8)))  // BINUNICODE8
    case 0x55, 0x43: stack.append(.bytes(try bytes(countedBy: 1)))  // SHORT_BINSTRING, _BINBYTES
    case 0x54, 0x42: stack.append(.bytes(try bytes(countedBy: 4)))  // BINSTRING, BINBYTES
    case 0x8e: stack.append(.bytes(try bytes(countedBy: 8)))  // BINBYTES8
    case 0x5d, 0x8f: stack.append(.list(PickledList()))  // EMPTY_LIST, EMPTY_SET
    case 0x7d: stack.append(.dictionary(PickledDictionary()))  // EMPTY_DICT
    case 0x28: marks.append(stack.count)  // MARK
    case 0x29: stack.append(.tuple([], depth: 1))  // EMPTY_TUPLE
    case 0x85...0x87: try appendTuple(try pop(Int(code) - 0x84, start), start)  // TUPLE1 to TUPLE3
    case 0x74: try appendTuple(try popToMark(start), start)  // TUPLE
    case 0x61: try extendList(by: try pop(1, start), start)  // APPEND
    case 0x65, 0x90: try extendList(by: try popToMark(start), start)  // APPENDS, ADDITEMS
    case 0x73: try setItems(try pop(2, start), start)  // SETITEM
    case 0x75: try setItems(try popToMark(start), start)  // SETITEMS
    case 0x71: try remember(number(bytes: 1), start)  // BINPUT
    case 0x72: try remember(number(bytes: 4), start)  // LONG_BINPUT
    case 0x94: try remember(memo.count, start)  // MEMOIZE
    case 0x68: try recall(number(bytes: 1), start)  // BINGET
    case 0x6a: try recall(number(bytes: 4), start)  // LONG_BINGET
    case 0x63: stack.append(.callee("\(try line(start)).\(try line(start))"))  // GLOBAL
    case 0x93:  // STACK_GLOBAL
      let names = try pop(2, start).map { try text($0, start) }
      stack.append(.callee(names.joined(separator: ".")))
    case 0x52:  // REDUCE
      let pair = try pop(2, start)
      guard case .callee(let name) = pair[0], case .tuple(let arguments, _) = pair[1] else {
        throw wrong("a call of what can't be called", start)
      }
      stack.append(try result(of: name, arguments, start))
    case 0x62:  // BUILD
      let pair = try pop(2, start)
      try build(pair[0], pair[1], start)
      stack.append(pair[0])
    default: throw wrong("an instruction that data have no need of", start)
    }
  }

  // MARK: What is called

  /// What a call makes of its arguments.
  private func result(
    of name: String, _ arguments: [PickleValue], _ start: Int
  ) throws -> PickleValue {
    switch name {
    case "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct":
      return .array(PickledArray())
    case "numpy.dtype":
      let code = try arguments.first.map { try text($0, start) } ?? ""
      guard let width = Int(code.dropFirst()), (1...16).contains(width) else {
        throw wrong("numbers of type '\(code.prefix(20))'", start)
      }
      return .type(PickledType(name: code, width: width))
    case "_codecs.encode":
      guard case .text(var bytes)? = arguments.first, arguments.count == 2,
        try text(arguments[1], start) == "latin1"
      else { throw wrong("text in an encoding that is not latin1", start) }
      bytes.isText = true
      return .bytes(bytes)
    case "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar":
      return try scalar(arguments, start)
    case "collections.OrderedDict" where arguments.isEmpty:
      return .dictionary(PickledDictionary())
    default:
      throw wrong("a call of '\(name.prefix(64))', which is not called", start)
    }
  }

  /// NumPy's number of a type and its bytes.
  private func scalar(_ arguments: [PickleValue], _ start: Int) throws -> PickleValue {
    guard arguments.count == 2, case .type(let type) = arguments[0],
      case .bytes(let bytes) = arguments[1], type.width <= 8, !type.isBigEndian
    else { throw wrong("a NumPy number of an unknown type", start) }
    guard let content = bytes.content(in: content), content.count == type.width else {
      throw wrong("a number cut short", start)
    }
    let whole = Self.integer(content, isSigned: type.name.hasPrefix("i"))
    switch type.name {
    case "f8": return .number(Double(bitPattern: Self.word(content)))
    case "f4": return .number(Double(Float(bitPattern: UInt32(truncatingIfNeeded: whole))))
    default:
      guard "ui".contains(type.name.prefix(1)) else {
        throw wrong("a NumPy number of type '\(type.name.prefix(20))'", start)
      }
      return .integer(whole)
    }
  }

  /// What `__setstate__` makes of an array or a type.
  private func build(_ object: PickleValue, _ state: PickleValue, _ start: Int) throws {
    guard case .tuple(let items, _) = state else { throw wrong("a state that is no tuple", start) }
    switch object {
    case .type(let type):
      guard items.count > 1 else { throw wrong("an incomplete type", start) }
      type.isBigEndian = try text(items[1], start) == ">"
    case .array(let array):
      guard items.count == 5, case .tuple(let sizes, _) = items[1], case .type(let type) = items[2],
        case .truth(let isFortran) = items[3], case .bytes(let bytes) = items[4]
      else { throw wrong("an incomplete array", start) }
      guard !type.isBigEndian || type.width == 1 else { throw wrong("big-endian numbers", start) }
      let shape = try sizes.map { size in
        guard case .integer(let number) = size else { throw wrong("an impossible shape", start) }
        return number
      }
      array.state = PickledArray.State(
        type: type.name, width: type.width, shape: shape, isFortran: isFortran, bytes: bytes)
    default: throw wrong("a state for what has none", start)
    }
  }

  // MARK: The stack

  private mutating func pop(_ count: Int, _ start: Int) throws -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw wrong("an empty stack", start) }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark(_ start: Int) throws -> [PickleValue] {
    guard let mark = marks.popLast(), mark <= stack.count else { throw wrong("no mark", start) }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private mutating func appendTuple(_ items: [PickleValue], _ start: Int) throws {
    let holder = PickledContainer()
    for item in items { holder.hold(item) }
    guard holder.depth <= Pickle.deepest else {
      throw wrong("values nested deeper than data are", start)
    }
    stack.append(.tuple(items, depth: holder.depth))
  }

  private mutating func extendList(by items: [PickleValue], _ start: Int) throws {
    guard case .list(let list)? = stack.last else { throw wrong("no list", start) }
    try put(items, into: list, start)
    list.items += items
  }

  private mutating func setItems(_ items: [PickleValue], _ start: Int) throws {
    guard case .dictionary(let dictionary)? = stack.last, items.count % 2 == 0 else {
      throw wrong("no dictionary", start)
    }
    let places = stride(from: 0, to: items.count, by: 2)
    try put(places.map { items[$0 + 1] }, into: dictionary, start)
    for place in places {
      dictionary.entries[try key(items[place], start)] = items[place + 1]
    }
  }

  private func put(
    _ items: [PickleValue], into container: PickledContainer, _ start: Int
  ) throws {
    for item in items { container.hold(item) }
    guard !container.isSealed else {
      throw wrong("a list or dictionary that grows where it is already part of another", start)
    }
    guard container.depth <= Pickle.deepest else {
      throw wrong("values nested deeper than data are", start)
    }
  }

  private func key(_ value: PickleValue, _ start: Int) throws -> PickleKey {
    switch value {
    case .integer(let number): .integer(number)
    case .tuple(let items, _): .tuple(try items.map { try key($0, start) })
    default: .text(try bytes(of: value, start))
    }
  }

  private mutating func remember(_ key: Int, _ start: Int) throws {
    guard let value = stack.last else { throw wrong("an empty stack", start) }
    memo[key] = value
  }

  private mutating func recall(_ key: Int, _ start: Int) throws {
    guard let value = memo[key] else { throw wrong("a value that was never kept", start) }
    stack.append(value)
  }

  // MARK: Reading

  private mutating func take(_ count: Int) throws -> Range<Int> {
    guard count >= 0, count <= content.count - offset else {
      throw PickleError(
        "\(name): truncated at offset \(content.count): expected \(count) bytes from offset \(offset)"
      )
    }
    defer { offset += count }
    return offset..<offset + count
  }

  private mutating func number(bytes count: Int) throws -> Int {
    Int(clamping: content[try take(count)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  private mutating func bytes(countedBy width: Int) throws -> PickledBytes {
    PickledBytes(range: try take(try number(bytes: width)))
  }

  /// A line of text, which names a part of what is called.
  private mutating func line(_ start: Int) throws -> String {
    guard let end = content[offset...].prefix(256).firstIndex(of: 0x0a) else {
      throw wrong("a name that does not end", start)
    }
    defer { offset = end + 1 }
    return String(decoding: content[offset..<end], as: UTF8.self)
  }

  private func text(_ value: PickleValue, _ start: Int) throws -> String {
    String(decoding: try bytes(of: value, start).bytes, as: UTF8.self)
  }

  private func bytes(of value: PickleValue, _ start: Int) throws -> ByteText {
    switch value {
    case .text(let bytes), .bytes(let bytes):
      if let content = bytes.content(in: content) { return ByteText(content) }
    default: break
    }
    throw wrong("a value where a name was expected", start)
  }

  private func wrong(_ problem: String, _ start: Int) -> PickleError {
    let code = start < content.count ? String(content[start], radix: 16) : "?"
    return PickleError(
      "\(name): instruction 0x\(code) at offset \(start) of the pickle: \(problem)")
  }

  /// A little-endian whole number of up to eight bytes.
  static func integer(_ bytes: ArraySlice<UInt8>, isSigned: Bool) -> Int {
    guard !bytes.isEmpty else { return 0 }
    let word = word(bytes)
    guard isSigned else { return Int(clamping: word) }
    let unused = 64 - 8 * bytes.count
    return Int(Int64(bitPattern: word << unused) >> unused)
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  }
}

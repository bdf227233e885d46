import ByteText
import JSON

/// Architectures as other programs write them, and as the spaces do.
///
/// NNI keeps architectures as JSON without blanks, its keys sorted: an operator for each edge of a cell
/// of NAS-Bench-201 (`{"0_1":"conv_3x3",…}`), an operator and its inputs for each node of one of
/// NAS-Bench-101 (`{"input1":[0],…,"op1":"conv3x3-bn-relu",…}`), two operators and inputs for each node
/// of a cell of DARTS (`{"normal_0_input_x":0,"normal_0_op_x":"sep_conv_3x3",…}`).
enum ArchitectureText {
  /// What an architecture's text in any known form is in its space's.
  /// Throws `TableError` for JSON that is none of those forms.
  static func canonical(_ text: String) throws -> String {
    guard text.utf8.first == UInt8(ascii: "{") else { return text }
    let fields = try Fields(text)
    if fields.texts["0_1"] != nil { return try nasBench201(fields) }
    if fields.lists["input1"] != nil { return try nasBench101(fields) }
    if fields.texts["normal_0_op_x"] != nil { return try darts(fields) }
    throw TableError("JSON that is no architecture in a form that is known")
  }

  // MARK: NAS-Bench-201

  /// The operators' names in NNI's files, and those of the space.
  private static let operators201: KeyValuePairs = [
    "none": "none", "skip_connect": "skip_connect", "conv_1x1": "nor_conv_1x1",
    "conv_3x3": "nor_conv_3x3", "avg_pool_3x3": "avg_pool_3x3",
  ]

  private static func nasBench201(_ fields: Fields) throws -> String {
    let nodes = try (1...3).map { target in
      try (0..<target).map { source in
        guard let name = fields.texts["\(source)_\(target)"] else {
          throw TableError("the edge \(source)_\(target) is missing")
        }
        return "\(operators201.first { $0.key == name }?.value ?? name)~\(source)|"
      }.joined()
    }
    return nodes.map { "|" + $0 }.joined(separator: "+")
  }

  /// NNI's JSON of a cell's text; nil of what is none.
  static func json201(_ text: String) -> String? {
    let nodes = text.split(separator: "+", omittingEmptySubsequences: false)
    var edges: [(key: String, name: String)] = []
    for (place, node) in nodes.enumerated() {
      for edge in node.split(separator: "|") {
        let parts = edge.split(separator: "~", omittingEmptySubsequences: false)
        guard parts.count == 2, let source = Int(parts[1]) else { return nil }
        let name = operators201.first { $0.value == parts[0] }?.key ?? String(parts[0])
        edges.append(("\(source)_\(place + 1)", name))
      }
    }
    guard edges.count == 6 else { return nil }
    return object(edges.map { ($0.key, "\"\($0.name)\"") })
  }

  // MARK: NAS-Bench-101

  private static func nasBench101(_ fields: Fields) throws -> String {
    // Every node but the input has inputs, every one between it and the output an operator.
    let nodes = fields.lists.count + 1
    guard (2...20).contains(nodes) else { throw TableError("a cell of \(nodes) nodes") }
    var matrix = [[Bool]](repeating: [Bool](repeating: false, count: nodes), count: nodes)
    var operators: [String] = []
    for node in 1..<nodes {
      guard let sources = fields.lists["input\(node)"] else {
        throw TableError("'input\(node)' is missing")
      }
      for source in sources {
        guard (0..<node).contains(source) else {
          throw TableError("'input\(node)' has the input \(source)")
        }
        matrix[source][node] = true
      }
      guard node < nodes - 1 else { continue }
      guard let name = fields.texts["op\(node)"] else { throw TableError("'op\(node)' is missing") }
      operators.append(name)
    }
    let rows = matrix.map { row in row.map { $0 ? "1" : "0" }.joined() }.joined()
    return "\(rows);\((["input"] + operators + ["output"]).joined(separator: ","))"
  }

  /// NNI's JSON of a cell's text, which may have any number of nodes; nil of what is none.
  static func json101(_ text: String) -> String? {
    let parts = text.split(separator: ";", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let matrix = Array(parts[0].utf8)
    let names = parts[1].split(separator: ",", omittingEmptySubsequences: false)
    let nodes = names.count
    guard nodes >= 2, nodes <= 20, matrix.count == nodes * nodes else { return nil }
    var members: [(key: String, value: String)] = []
    for node in 1..<nodes {
      let inputs = (0..<nodes).filter { matrix[$0 * nodes + node] == UInt8(ascii: "1") }
      members.append(("input\(node)", "[\(inputs.map(String.init).joined(separator: ","))]"))
      if node < nodes - 1 { members.append(("op\(node)", "\"\(names[node])\"")) }
    }
    return object(members)
  }

  // MARK: DARTS

  private static func darts(_ fields: Fields) throws -> String {
    let cells = try ["normal", "reduce"].map { cell in
      var pairs: [String] = []
      var node = 0
      while fields.texts["\(cell)_\(node)_op_x"] != nil {
        for branch in ["x", "y"] {
          let key = "\(cell)_\(node)"
          guard let name = fields.texts["\(key)_op_\(branch)"],
            let input = fields.numbers["\(key)_input_\(branch)"]
          else { throw TableError("'\(key)_op_\(branch)' or its input is missing") }
          pairs.append("('\(name)', \(input))")
        }
        node += 1
      }
      guard let joined = fields.lists["\(cell)_concat"] else {
        throw TableError("'\(cell)_concat' is missing")
      }
      let all = Array(2..<2 + node)
      let states = joined.sorted() == all ? "range(2, \(2 + node))" : "\(joined)"
      return "\(cell)=[\(pairs.joined(separator: ", "))], \(cell)_concat=\(states)"
    }
    return "Genotype(\(cells.joined(separator: ", ")))"
  }

  /// NNI's JSON of a genotype with nodes that are all joined; nil of what is none.
  static func jsonOfGenotype(_ text: String) -> String? {
    let words = text.split { " ,()[]='\"".contains($0) }
    var members: [(key: String, value: String)] = []
    for cell in ["normal", "reduce"] {
      guard let start = words.firstIndex(of: Substring(cell)),
        let end = words.firstIndex(of: Substring("\(cell)_concat")), start < end,
        (end - start - 1).isMultiple(of: 4)
      else { return nil }
      let pairs = words[(start + 1)..<end]
      for (place, word) in pairs.enumerated() {
        let (key, branch) = ("\(cell)_\(place / 4)", place % 4 < 2 ? "x" : "y")
        if place.isMultiple(of: 2) {
          members.append(("\(key)_op_\(branch)", "\"\(word)\""))
        } else {
          guard let input = Int(word) else { return nil }
          members.append(("\(key)_input_\(branch)", "\(input)"))
        }
      }
      let states = (2..<2 + pairs.count / 4).map(String.init).joined(separator: ",")
      members.append(("\(cell)_concat", "[\(states)]"))
    }
    return object(members)
  }

  /// JSON as NNI's files have it.
  private static func object(_ members: [(key: String, value: String)]) -> String {
    let sorted = members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
    return "{" + sorted.joined(separator: ",") + "}"
  }

  /// The members of an object: texts, whole numbers, and lists of these.
  private struct Fields {
    var texts: [String: String] = [:]
    var numbers: [String: Int] = [:]
    var lists: [String: [Int]] = [:]

    init(_ text: String) throws {
      var reader = JSONReader(Array(text.utf8)[...])
      do {
        try reader.object { name, reader in
          let name = name.description
          switch reader.kind() {
          case .text: texts[name] = try reader.text().description
          case .number: numbers[name] = try reader.count()
          case .array:
            var items: [Int] = []
            try reader.array { items.append(try $0.count()) }
            lists[name] = items
          default: try reader.skip()
          }
        }
        try reader.end()
      } catch let failure as JSONReader.Failure {
        throw TableError("an architecture in JSON: \(failure)")
      }
    }
  }
}

import Checksums

/// NAS-Bench-101's key of isomorphic cells: `hash_module` of the published code (`graph_util.py`; Ying
/// et al., ICML 2019, appendix S1).
///
/// A node's label is −1 for the input, −2 for the output, else its operator's number. Its first hash
/// is that of the text `(out-degree, in-degree, label)`. Then, as often as there are nodes, each
/// node's hash becomes that of its parents' hashes sorted and joined, `|`, its children's likewise,
/// `|`, and its own. The key is the hash of all nodes' hashes, sorted and written as Python writes a
/// list of texts. Hashes are MD5, as hexadecimal digits.
///
/// The published code first leaves out nodes that do not lie between input and output; a cell whose
/// every node is read has none.
extension NASBench101Cell {
  var isomorphismKey: String {
    let nodes = 0..<Self.nodes
    let children = nodes.map { node in nodes.filter { parents[$0].contains(node) } }
    let neighbours = nodes.map { [parents[$0], children[$0]] }
    var hasher = MD5()
    var hashes = nodes.map { node in
      hasher.add("(\(children[node].count), \(parents[node].count), \(label(of: node)))")
      return hasher.finish()
    }
    for _ in nodes {
      hashes = nodes.map { node in
        for side in neighbours[node] {
          for hash in side.map({ hashes[$0] }).sorted() { hasher.add(hash) }
          hasher.add("|")
        }
        hasher.add(hashes[node])
        return hasher.finish()
      }
    }
    hasher.add("['")
    for (place, hash) in hashes.sorted().enumerated() {
      if place > 0 { hasher.add("', '") }
      hasher.add(hash)
    }
    hasher.add("']")
    return hasher.finish().text
  }

  private func label(of node: Int) -> Int {
    switch node {
    case 0: -1
    case Self.output: -2
    default: NASBench101Operator.allCases.firstIndex(of: self.operator(of: node)) ?? 0
    }
  }
}

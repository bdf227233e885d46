import Foundation

/// SciPy's values of fixed data, as `Fixtures/make_scipy_values.py` wrote them.
struct SciPyValues: Decodable {
  struct Case: Decodable {
    let name: String
    let x: [Double]
    let y: [Double]
    let ranks: [Double]
    let pearson: Double?
    let spearman: Double?
    let kendall: Double?
  }

  struct Bootstrap: Decodable {
    let x: [Double]
    let y: [Double]
    let low: Double
    let high: Double
  }

  let cases: [Case]
  let bootstrap: Bootstrap

  static func read() throws -> SciPyValues {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/scipy_values.json")
    return try JSONDecoder().decode(SciPyValues.self, from: Data(contentsOf: file))
  }
}

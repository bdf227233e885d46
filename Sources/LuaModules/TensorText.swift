import Kernels
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A tensor as the prompt shows it, in Torch7's way: columns aligned, a common scale where numbers
/// are very large or small, matrices of higher ranks one after the other, type and shape below.
///
/// Invariant: at most `most` numbers are shown; the middle of longer dimensions is left out, or all
/// of the numbers where there are too many dimensions.
struct TensorText {
  private static let most = 1000
  /// Places shown at either end of a dimension that is cut: as many as there is room for.
  private static let edges = [3, 2, 1]
  private static let lineWidth = 80

  private let tensor: Tensor
  init(_ tensor: Tensor) { self.tensor = tensor }

  /// "[float32 3x4]".
  var summary: String {
    "[\(tensor.elementType.rawValue)\(tensor.rank == 0 ? "" : " " + Tensor.shown(tensor.shape))]"
  }

  /// As Lua's `print` shows a number.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
    return formatted("%.6g", value)
  }

  /// The number of a tensor that has one.
  static func single(_ tensor: Tensor) -> String {
    if let whole = try? tensor.integers(for: "tostring") { return whole.map(String.init).joined() }
    return (try? tensor.item()).map(number) ?? TensorText(tensor).summary
  }

  private static func formatted(_ format: String, _ value: Double) -> String {
    withVaList([value]) { arguments in
      var buffer = [CChar](repeating: 0, count: 400)
      vsnprintf(&buffer, buffer.count, format, arguments)
      return String(
        decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  var text: String {
    guard tensor.rank > 0 else { return Self.single(tensor) }
    guard tensor.count > 0, let kept = shownPlaces(), let part = try? shownPart(kept) else {
      return summary
    }
    var lines: [String] = []
    let shown: [String]
    if let whole = try? part.integers(for: "tostring") {
      shown = whole.map(String.init)
    } else {
      let values = part.doubles()
      let style = Style(values)
      if style.exponent != 0 {
        let magnitude = abs(style.exponent)
        let sign = style.exponent < 0 ? "-" : "+"
        lines.append("1e\(sign)\(magnitude < 10 ? "0" : "")\(magnitude) *")
      }
      shown = values.map(style.text)
    }
    let width = shown.map(\.count).max() ?? 1
    var next = 0
    append(kept[...], prefix: [], shown, &next, width, &lines)
    return (lines + [summary]).joined(separator: "\n")
  }

  /// The places of each dimension that are shown, where nil stands for those left out; nil where even
  /// the ends would be too many.
  private func shownPlaces() -> [[Int?]]? {
    guard tensor.count > Self.most else { return tensor.shape.map { Array(0..<$0) } }
    for edge in Self.edges {
      let kept = tensor.shape.map { size -> [Int?] in
        size <= 2 * edge + 1
          ? Array(0..<size) : Array(0..<edge) + [nil] + Array(size - edge..<size)
      }
      var count = 1
      for places in kept where count <= Self.most { count *= places.count { $0 != nil } }
      if count <= Self.most { return kept }
    }
    return nil
  }

  private func shownPart(_ kept: [[Int?]]) throws -> Tensor {
    try Tape.withoutRecording {
      var part = tensor.detached()
      // The longest first, so that little is copied.
      let order = kept.indices.sorted { tensor.shape[$0] > tensor.shape[$1] }
      for dimension in order where kept[dimension].contains(nil) {
        part = try part.selecting(dimension, kept[dimension].compactMap { $0 })
      }
      return part
    }
  }

  private func append(
    _ kept: ArraySlice<[Int?]>, prefix: [Int], _ shown: [String], _ next: inout Int, _ width: Int,
    _ lines: inout [String]
  ) {
    guard let places = kept.first else { return }
    if kept.count > 2 {
      for place in places {
        guard let place else {
          lines.append("...")
          continue
        }
        append(kept.dropFirst(), prefix: prefix + [place], shown, &next, width, &lines)
      }
      return
    }
    if !prefix.isEmpty {
      lines.append("(" + prefix.map { String($0 + 1) }.joined(separator: ",") + ",.,.) =")
    }
    let rows = kept.count == 2 ? places : [0]
    let columns = kept.last ?? []
    for row in rows {
      guard row != nil else {
        lines.append("  ...")
        continue
      }
      let cells = columns.map { place -> String in
        guard place != nil else { return "..." }
        defer { next += 1 }
        return String(repeating: " ", count: max(0, width - shown[next].count)) + shown[next]
      }
      lines += wrapped(cells, width, indent: kept.count == 2 ? "  " : "")
    }
  }

  /// A row, on several lines where it is long; `indent` tells those from further rows.
  private func wrapped(_ cells: [String], _ width: Int, indent: String) -> [String] {
    let perLine = max(1, Self.lineWidth / (width + 2))
    return stride(from: 0, to: cells.count, by: perLine).map { start in
      let part = cells[start..<min(start + perLine, cells.count)].map { "  " + $0 }
      return (start > 0 ? indent : "") + part.joined()
    }
  }

  /// How all numbers of a tensor of real ones are written.
  private struct Style {
    var exponent = 0
    private let decimals: Int

    init(_ values: [Double]) {
      let finite = values.filter(\.isFinite)
      let largest = finite.map(abs).max() ?? 0
      if finite.allSatisfy({ $0 == $0.rounded() && abs($0) < 1e6 }) {
        decimals = 0
        return
      }
      decimals = 4
      if largest >= 1e5 || largest < 1e-3, largest > 0 {
        exponent = Int(log10(largest).rounded(.down))
      }
    }

    func text(_ value: Double) -> String {
      if value.isNaN { return "nan" }
      if value.isInfinite { return value < 0 ? "-inf" : "inf" }
      // In two steps: the power of ten alone may be too small to be a number.
      let half = exponent / 2
      let scaled = value / pow(10, Double(half)) / pow(10, Double(exponent - half))
      return TensorText.formatted("%.\(decimals)f", scaled)
    }
  }
}

import ByteText
import Spelling

/// A figure that a table has of each training: what it is of, in which unit, and which end is good.
///
/// Invariant: what a table gives is in the column's unit, whatever the file's numbers are in: accuracies
/// in percent, counts as whole numbers, times in seconds.
public struct TableColumn: Sendable {
  /// The units that figures are given in.
  public enum Unit: String, Sendable, CaseIterable {
    case percent, count, seconds
  }

  /// A unit that a file may have, and what makes a number of it one of those above.
  public struct Scale: Sendable {
    public let unit: Unit
    let multiplier: Double
    let divisor: Double

    init(_ unit: Unit, times multiplier: Double = 1, over divisor: Double = 1) {
      self.unit = unit
      self.multiplier = multiplier
      self.divisor = divisor
    }

    func converted(_ value: Double) -> Double {
      let scaled = value * multiplier / divisor
      return unit == .count ? scaled.rounded() : scaled
    }
  }

  /// The units that a file may say its columns have, by their names.
  public static let scales: KeyValuePairs<String, Scale> = [
    "percent": Scale(.percent), "fraction": Scale(.percent, times: 100),
    "count": Scale(.count), "thousands": Scale(.count, times: 1e3),
    "millions": Scale(.count, times: 1e6), "seconds": Scale(.seconds),
    "milliseconds": Scale(.seconds, over: 1000), "minutes": Scale(.seconds, times: 60),
    "hours": Scale(.seconds, times: 3600),
  ]

  /// What a figure is called, whatever the file.
  public let name: String
  /// What the file calls it, which is understood too.
  public let fileName: String
  /// "accuracy", "loss" or "perplexity"; nil of what architectures are not judged by, or where nobody
  /// has told.
  public let measure: String?
  /// Which end is good: "higher" or "lower"; nil where nobody has told.
  public let direction: String?
  /// What the file's numbers are in; nil of what has no unit, or where nobody has told.
  public let scale: Scale?

  public init(
    _ name: String, file: String? = nil, measure: String? = nil, direction: String? = nil,
    scale: Scale? = nil
  ) {
    self.name = name
    fileName = file ?? name
    self.measure = measure
    self.direction = direction
    self.scale = scale
  }

  public var unit: Unit? { scale?.unit }

  func converted(_ value: Double) -> Double { scale?.converted(value) ?? value }

  /// Whether what the table gives is another number than the file's.
  public var converts: Bool { scale.map { $0.multiplier != 1 || $0.divisor != 1 } ?? false }

  /// What the file's numbers are multiplied by, as text.
  public var scaleText: String { scale.map { "\($0.multiplier)/\($0.divisor)" } ?? "1" }

  /// An accuracy, of which a file has percent or fractions.
  static func accuracy(_ name: String, file: String? = nil, fraction: Bool = false) -> TableColumn {
    TableColumn(
      name, file: file, measure: "accuracy", direction: "higher",
      scale: Scale(.percent, times: fraction ? 100 : 1))
  }

  static func loss(_ name: String, file: String? = nil) -> TableColumn {
    TableColumn(name, file: file, measure: "loss", direction: "lower")
  }

  /// A number of parameters or of multiply-adds, of which less is better where all else is equal.
  static func count(_ name: String, file: String? = nil, millions: Bool = false) -> TableColumn {
    TableColumn(name, file: file, scale: Scale(.count, times: millions ? 1e6 : 1))
  }

  static func seconds(_ name: String, file: String? = nil, over divisor: Double = 1) -> TableColumn
  {
    TableColumn(name, file: file, scale: Scale(.seconds, over: divisor))
  }

  /// The same column with another unit of the file's numbers. Throws `TableError` for an unknown one.
  func with(unit: String, of table: String) throws -> TableColumn {
    guard let scale = Self.scales.first(where: { $0.key == unit })?.value else {
      throw TableError(
        "\(table): unit of '\(name)': \(unknown("unit", unit, known: Self.scales.map(\.key)))")
    }
    return TableColumn(
      name, file: fileName, measure: measure, direction: direction, scale: scale)
  }
}

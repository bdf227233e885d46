import ByteText
import FileAccess
import JSON

/// NAS-Bench-101's file of records, which knows no look-ups, made a database of lunas's.
///
/// The file has a record for each training, three of each cell and length, in any order; the database
/// has a cell once, by its class, and each training with its curve.
enum NASBench101Import {
  private static let columns: [TableColumn] = [
    .accuracy("train"), .accuracy("validation"), .accuracy("test"), .count("parameters"),
    .seconds("train_seconds"), .seconds("total_seconds"),
  ]

  /// Reads the records at `source` into a database at `target`, which is there once it is whole.
  /// `progress`, told how many bytes of how many are done, may throw to stop. Throws `TableError` with
  /// the offset of a damaged record.
  static func run(
    from source: Path, to target: Path, progress: (Int, Int) throws -> Void,
    interruption: @escaping () throws -> Void
  ) throws {
    var records = try RecordFile(source)
    let database = try DatabaseFile(
      target, columns: columns,
      metadata: [
        "space": "nasbench101", "source": source.name.description,
        "source.bytes": "\(records.size)", "one_of_each_class": "true",
      ], hasEpochs: true, hasCurves: true, interruption: interruption)
    var cells: [ByteText: (id: Int, seeds: [Int: Int])] = [:]
    var count = 0
    while let data = try records.next() {
      if count.isMultiple(of: 1000) { try progress(records.done, records.size) }
      count += 1
      let record: NASBench101Record
      do {
        record = try NASBench101Record(data)
      } catch let error as TableError {
        throw records.failure(error.description)
      } catch let error as JSONReader.Failure {
        throw records.failure("it is no record of NAS-Bench-101: \(error)")
      }
      let key = ByteText(record.hash)
      var cell =
        try cells[key]
        ?? (id: database.add(architecture: record.text, class: record.hash), seeds: [:])
      let seed = cell.seeds[record.epochs, default: 0] + 1
      cell.seeds[record.epochs] = seed
      cells[key] = cell
      let end = record.evaluations.last ?? .init()
      let training = try database.add(
        training: seed, of: cell.id, epochs: record.epochs,
        figures(end, record) + [record.totalSeconds])
      for evaluation in record.evaluations where !evaluation.fields[0].isNaN {
        try database.add(
          epoch: evaluation.fields[0], of: training, figures(evaluation, record) + [.nan])
      }
    }
    guard count > 0 else { throw TableError("\(source): holds no record") }
    try progress(records.size, records.size)
    try database.finish()
  }

  private static func figures(
    _ evaluation: NASBench101Record.Evaluation, _ record: NASBench101Record
  ) -> [Double] {
    evaluation.fields[2...].map { 100 * $0 } + [record.parameters, evaluation.fields[1]]
  }
}

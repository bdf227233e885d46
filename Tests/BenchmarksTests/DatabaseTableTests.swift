import Benchmarks
import ByteText
import FileAccess
import Foundation
import SQLite
import SearchSpaces
import TestSupport
import Testing

/// NNI's databases, as they are and broken.
@Suite struct DatabaseTableTests {
  let folder: TemporaryFolder
  let places: TablePlaces
  init() throws {
    folder = try TemporaryFolder()
    places = TablePlaces(shipped: "/no/such/folder", environment: [:])
  }

  private func open(_ path: String, _ choices: [String: String] = [:]) throws -> any TruthSource {
    try places.open(ByteText(path)).choosing(choices)
  }

  @Test func nasBench101IsReadInItsUnits() throws {
    let table = try open(NNIFiles.nasBench101(folder))
    let cell = NNIFiles.cell101
    #expect(table.metadata["space"] == "nasbench101")
    #expect(
      table.figures.map(\.name) == ["train", "validation", "test", "parameters", "train_seconds"])
    #expect(
      table.figures.map { $0.unit?.rawValue } == [
        "percent", "percent", "percent", "count", "seconds",
      ])
    #expect(table.settings.map(\.chosen) == ["108"])
    #expect(table.settings.map(\.choices) == [["4", "108"]])
    #expect(try table.value(of: cell.text, "validation") == 91)
    #expect(try table.value(of: cell.text, "valid_acc") == 91)
    #expect(try table.value(of: cell.text, "validation", seed: 3) == 92)
    #expect(try table.deviation(of: cell.text, "test") == 1)
    #expect(try table.value(of: cell.text, "parameters") == 3_468_500)
    // The file has 60 times the seconds.
    #expect(try table.value(of: cell.text, "train_seconds") == 100)
    #expect(try table.seeds(of: cell.text) == [1, 2, 3])
    #expect(try table.trainings(ofClass: cell.hash)?.count == 3)
    #expect(try table.value(of: cell.text, "validation", epoch: 54) == 45.5)
    #expect(try table.curve(of: cell.text, "test").map(\.epoch) == [54, 108])
    let short = try table.choosing(["epochs": "4"])
    #expect(try short.value(of: cell.text, "validation") == 81)
    var all: [String] = []
    try table.forEachArchitecture { all.append($0) }
    #expect(all == [cell.text, "010001000;input,conv3x3-bn-relu,output"])
    #expect(try table.value(of: all[1], "validation") == 91)
  }

  @Test func classesAnswerForTheirCells() throws {
    let space = try NASBench101Space()
    let table = ClassTable(try open(NNIFiles.nasBench101(folder)), space: space)
    let other = NNIFiles.cell101.other
    #expect(try space.hash(of: space.parse(other)) == NNIFiles.cell101.hash)
    #expect(try table.value(of: other, "validation") == 91)
    #expect(
      message { _ = try open(folder.file("nasbench101.db")).value(of: other, "test") }
        .contains("no architecture"))
  }

  @Test func nasBench201IsReadByItsDataSets() throws {
    let table = try open(NNIFiles.nasBench201(folder))
    let cell = NNIFiles.cell201.text
    #expect(table.settings.map(\.chosen) == ["cifar100", "200"])
    #expect(try table.value(of: cell, "validation") == 70.5)
    #expect(try table.value(of: cell, "test", seed: 888) == 73)
    #expect(try table.seeds(of: cell) == [777, 888])
    #expect(try table.value(of: cell, "parameters") == 802_426)
    #expect(try table.value(of: cell, "flops") == 113_951_370)
    #expect(try table.value(of: cell, "latency") == 0.0139)
    #expect(try table.value(of: cell, "train_loss", seed: 777) == 0.5)
    // A loss that was no number is NULL, and no mean hides it.
    #expect(try table.value(of: cell, "train_loss").isNaN)
    #expect(try table.curve(of: cell, "train").map(\.epoch) == [1, 200])
    #expect(try table.curve(of: cell, "validation").map(\.epoch) == [200])
    #expect(table.metadata["space.classes"] == "100")
    // Trained on all images there are none left to validate by: the file repeats the test figure.
    let whole = try table.choosing(["dataset": "cifar10"])
    #expect(whole.figures.map(\.name).filter { $0.hasPrefix("v") || $0.hasPrefix("ori") }.isEmpty)
    #expect(message { _ = try whole.value(of: cell, "validation") }.contains("unknown column"))
    #expect(
      message { _ = try table.choosing(["dataset": "cifar"]) }.contains(
        "dataset: unknown choice 'cifar' (did you mean 'cifar10'?)"))
    #expect(
      message { _ = try table.choosing(["data": "cifar10"]) }.contains(
        "unknown setting 'data'"))
    #expect(
      message { _ = try table.value(of: "|none~0|", "test") }.contains("no architecture '|none~0|'")
    )
  }

  @Test func ndsIsReadByItsSpaces() throws {
    let genotype =
      "Genotype(normal=[('sep_conv_3x3', 0), ('skip_connect', 1), ('max_pool_3x3', 0), ('dil_conv_5x5', 2), "
      + "('sep_conv_5x5', 1), ('skip_connect', 3), ('avg_pool_3x3', 0), ('dil_conv_3x3', 4)], "
      + "normal_concat=range(2, 6), reduce=[('sep_conv_3x3', 0), ('skip_connect', 1), ('max_pool_3x3', 0), "
      + "('dil_conv_5x5', 2), ('sep_conv_5x5', 1), ('skip_connect', 3), ('avg_pool_3x3', 0), "
      + "('dil_conv_3x3', 4)], reduce_concat=range(2, 6))"
    var members: [String] = []
    for cell in ["normal", "reduce"] {
      members.append("\"\(cell)_concat\":[2,3,4,5]")
      for (node, pairs) in [
        [("sep_conv_3x3", 0), ("skip_connect", 1)], [("max_pool_3x3", 0), ("dil_conv_5x5", 2)],
        [("sep_conv_5x5", 1), ("skip_connect", 3)], [("avg_pool_3x3", 0), ("dil_conv_3x3", 4)],
      ].enumerated() {
        for (branch, pair) in zip(["x", "y"], pairs) {
          members.append("\"\(cell)_\(node)_input_\(branch)\":\(pair.1)")
          members.append("\"\(cell)_\(node)_op_\(branch)\":\"\(pair.0)\"")
        }
      }
    }
    let json = "{\(members.sorted().joined(separator: ","))}"
    let path = try NNIFiles.make(
      folder, "nds.db",
      NNIFiles.schemaNDS + [
        "INSERT INTO ndstrialconfig VALUES (1, 'nas_cell', '{}', '\(json)', 'cifar10', 'random', "
          + "'darts', 0.1, 5e-4, 100)",
        "INSERT INTO ndstrialconfig VALUES (2, 'vanilla', '{\"ds\":[1]}', '{}', 'cifar10', 'random', "
          + "'vanilla', 0.1, 5e-4, 100)",
        "INSERT INTO ndstrialstats VALUES (1, 1, 5, 99, NULL, 94, 99, 0.1, 94.5, 3.5, 600.25, 0.2)",
        "INSERT INTO ndstrialstats VALUES (2, 2, 6, 90, 0.5, 84, 90, 0.1, 84.5, 3.5, 600.25, 0.2)",
        "INSERT INTO ndsintermediatestats VALUES (1, 1, 1, NULL, 50, 40)",
      ])
    let table = try open(path)
    #expect(try DARTSCifar10(options: [:]).parse(genotype).space == "darts_cifar10")
    #expect(try table.value(of: genotype, "test") == 94)
    #expect(try table.value(of: genotype, "train_loss").isNaN)
    #expect(try table.value(of: genotype, "flops") == 600_250_000)
    #expect(try table.curve(of: genotype, "test").map(\.value) == [40])
    var all: [String] = []
    try table.forEachArchitecture { all.append($0) }
    #expect(all == [genotype])
    let vanilla = try table.choosing(["proposer": "vanilla"])
    #expect(vanilla.metadata["space"] == nil)
    #expect(try vanilla.value(of: "{\"ds\":[1]}", "best_test") == 84.5)
  }

  @Test func whatIsNoTableIsNamed() throws {
    try folder.write(Array("architecture,seed,test\n".utf8), "text.db")
    let text = folder.file("text.db")
    #expect(message { _ = try open(text) } == "\(text): is no database of SQLite's")
    let other = try NNIFiles.make(folder, "other.db", ["CREATE TABLE birds (a)"])
    #expect(
      message { _ = try open(other) }
        == "\(other): holds none of the tables that are known: expected nb101trialconfig, "
        + "nb201trialconfig, ndstrialconfig of NNI's, or one that lunas wrote; it has birds")
    let half = try NNIFiles.make(folder, "half.db", Array(NNIFiles.schema101.prefix(4)))
    #expect(message { _ = try open(half) }.contains("half.db: holds no trainings"))
    let lacking = try NNIFiles.make(
      folder, "lacking.db",
      Array(NNIFiles.schema101.prefix(4)) + [
        "INSERT INTO nb101trialconfig VALUES (1, '{}', 7, 'x', 108)"
      ])
    #expect(
      message { _ = try open(lacking) }
        == "\(lacking): the table 'nb101trialstats' is missing (NNI's database of NAS-Bench-101)")
    let renamed = try NNIFiles.make(
      folder, "renamed.db",
      NNIFiles.schema101 + [
        "INSERT INTO nb101trialconfig VALUES (1, '{}', 7, 'x', 108)",
        "ALTER TABLE nb101trialstats RENAME COLUMN valid_acc TO accuracy",
      ])
    #expect(message { _ = try open(renamed) }.contains("has no column 'valid_acc'"))
  }

  @Test func wrongTypesAreNamed() throws {
    let path = try NNIFiles.nasBench101(folder)
    try NNIFiles.change(path, ["UPDATE nb101trialstats SET valid_acc = 'high' WHERE id = 5"])
    #expect(
      message { _ = try open(path).value(of: NNIFiles.cell101.text, "validation") }
        == "\(path): column 'valid_acc' holds text: expected a number")
    try NNIFiles.change(path, ["UPDATE nb101trialconfig SET num_epochs = 'many'"])
    #expect(
      message { _ = try open(path) }.contains("holds text: expected a whole number"))
  }

  /// A look-up in a table without an index would read all of it: it is refused, and the index named.
  @Test func lookUpsGoByIndex() throws {
    let path = try NNIFiles.nasBench101(folder)
    let table = try #require(try open(path) as? DatabaseTable)
    let plans = try table.plans()
    #expect(plans.count == 4)
    #expect(plans.allSatisfy { $0.hasPrefix("SEARCH") })
    #expect(plans[0].contains("INDEX nb101trialconfig_arch (arch=?)"))
    #expect(plans[1].contains("INDEX nb101trialstats_config_id (config_id=?)"))
    #expect(plans[2].contains("INDEX nb101trialconfig_hash (hash=?)"))
    let second = try #require(try open(NNIFiles.nasBench201(folder)) as? DatabaseTable)
    #expect(try second.plans()[0].contains("INDEX nb201trialconfig_arch (arch=?)"))
    let bare = try NNIFiles.nasBench101(folder, name: "bare.db")
    try NNIFiles.change(bare, ["DROP INDEX nb101trialstats_config_id"])
    let fault = message { _ = try open(bare).value(of: NNIFiles.cell101.text, "test") }
    #expect(fault.contains("a look-up would go through a whole table"))
    #expect(fault.contains("nb101trialstats(config_id); make it by SQLite's CREATE INDEX"))
  }

  /// Ten million rows with `LUNAS_LARGE_TABLES=1`, else a hundredth of that: a look-up takes as long.
  @Test func largeTablesAreLookedUp() throws {
    let isLarge = ProcessInfo.processInfo.environment["LUNAS_LARGE_TABLES"] != nil
    let count = isLarge ? 1_694_496 : 16_944
    func numbers(_ count: Int) -> String {
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count)) "
    }
    // Rows first, then indexes, as a database that was filled long ago.
    let tables = NNIFiles.schema101.filter { $0.hasPrefix("CREATE TABLE") }
    let indexes = NNIFiles.schema101.filter { $0.hasPrefix("CREATE INDEX") }
    let path = try NNIFiles.make(
      folder, "nasbench101.db",
      tables + [
        "BEGIN",
        numbers(count) + "INSERT INTO nb101trialconfig SELECT i, 'cell ' || (i / 4), 7, "
          + "printf('%032x', i / 4), (i % 4) * 36 FROM n",
        numbers(3 * count) + "INSERT INTO nb101trialstats SELECT i, (i + 2) / 3, 99, i % 97, 80, "
          + "1.5, 60 FROM n",
        numbers(6 * count)
          + "INSERT INTO nb101intermediatestats SELECT i, (i + 1) / 2, 54, 1, 2, 3, 4 FROM n",
        "UPDATE nb101trialconfig SET arch = '\(NNIFiles.cell101.json)', "
          + "hash = '\(NNIFiles.cell101.hash)' WHERE id / 4 = 0",
      ] + indexes + ["COMMIT"])
    let clock = ContinuousClock()
    var table: (any TruthSource)?
    let opening = try clock.measure { table = try open(path) }
    let opened = try #require(table)
    let key = String(format: "%032x", count / 5)
    var found: [Training]?
    let first = try clock.measure { found = try opened.trainings(ofClass: key) }
    let trainings = try #require(found)
    #expect(trainings.count == 3)
    let own = try opened.trainings(of: NNIFiles.cell101.text)
    #expect(own.count == 3)
    let many = try clock.measure {
      for index in 0..<1000 {
        let key = String(format: "%032x", 1 + index * (count / 4 - 2) / 1000)
        let found = try opened.trainings(ofClass: key)
        #expect(found?.count == 3)
      }
    }
    if isLarge {
      print(
        "\(count) + \(3 * count) + \(6 * count) rows: opened in \(opening), first look-up \(first), "
          + "1,000 look-ups \(many)")
    }
  }
}

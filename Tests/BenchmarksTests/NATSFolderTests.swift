import Benchmarks
import ByteText
import FileAccess
import TestSupport
import Testing

/// NATS-Bench's folders of pickles.
@Suite struct NATSFolderTests {
  private static let architectures = [
    "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|",
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|none~0|nor_conv_3x3~1|avg_pool_3x3~2|",
  ]
  let folder: TemporaryFolder
  let places = TablePlaces(shipped: "/no/such/folder", environment: [:])
  init() throws {
    folder = try TemporaryFolder()
    for name in NATSFixtures.files.keys { try folder.write(NATSFixtures.bytes(name), name) }
  }

  private func open(_ choices: [String: String] = [:]) throws -> any TruthSource {
    try places.open(ByteText(folder.path)).choosing(choices)
  }

  /// With the folder's list, and without it.
  @Test(arguments: [true, false])
  func foldersAreTables(hasList: Bool) throws {
    if !hasList { try folder.remove("meta.pickle.pbz2") }
    let table = try open()
    let (first, second) = (Self.architectures[0], Self.architectures[1])
    #expect(table.settings.map(\.chosen) == ["cifar100", "200"])
    #expect(table.settings[1].choices == ["12", "200"])
    #expect(try table.seeds(of: first) == [777, 888])
    #expect(try table.value(of: first, "train") == 59.5)
    #expect(try table.value(of: first, "ori_test", seed: 777) == 58)
    #expect(try table.value(of: first, "validation", seed: 777) == 57)
    #expect(try table.value(of: second, "test", seed: 888) == 67)
    #expect(try table.value(of: first, "parameters") == 129_306)
    #expect(try table.value(of: first, "flops") == 15_647_370)
    #expect(try table.value(of: first, "latency") == 0.0125)
    #expect(try table.value(of: first, "train_seconds") == 7.5)
    #expect(try table.value(of: second, "train_loss").isNaN)
    #expect(try table.curve(of: first, "train", seed: 888).map(\.value) == [58, 59, 60])
    #expect(try table.curve(of: first, "train").map(\.epoch) == [198, 199, 200])
    let short = try table.choosing(["epochs": "12", "dataset": "cifar10-valid"])
    #expect(try short.value(of: second, "test") == 56)
    #expect(try short.curve(of: second, "validation").map(\.value) == [56, 57])
    #expect(short.figures.allSatisfy { !$0.name.hasPrefix("ori") })
    #expect(try table.trainings(of: "|none~0|").isEmpty)
    var all: [String] = []
    try table.forEachArchitecture { all.append($0) }
    #expect(all == Self.architectures)
  }

  @Test func damageIsNamed() throws {
    let name = "000001.pickle.pbz2"
    let sound = try NATSFixtures.bytes(name)
    func fault(_ bytes: [UInt8]) throws -> String {
      try folder.write(bytes, name)
      return message { _ = try open().value(of: Self.architectures[1], "test") }
    }
    #expect(
      try fault(Array(sound.prefix(sound.count / 2))).contains("\(name): truncated at offset"))
    var broken = sound
    broken[sound.count / 2] ^= 0xff
    #expect(try fault(broken).contains("\(name): is damaged, or not compressed by bzip2"))
    #expect(try fault(Array("no".utf8)).contains("\(name): is damaged, or not compressed by bzip2"))
    #expect(try fault([]).contains("\(name): truncated at offset 0"))
    #expect(
      try fault(NATSFixtures.bytes("000000.pickle.pbz2")).contains(
        "is of another architecture than the folder's list says"))
    #expect(try fault(NATSFixtures.bytes("meta.pickle.pbz2")).contains("names no architecture"))
    try folder.write(sound, "000009.pickle.pbz2")
    #expect(message { _ = try open() }.contains("is none of the 2 architectures that"))
  }

  /// Any byte changed: figures or an error.
  @Test func anyDamageIsAnswered() throws {
    let name = "000001.pickle.pbz2"
    let sound = try NATSFixtures.bytes(name)
    for place in stride(from: 0, to: sound.count, by: 23) {
      var broken = sound
      broken[place] ^= 0x55
      try folder.write(broken, name)
      let fault = message { _ = try open().value(of: Self.architectures[1], "test") }
      #expect(fault == "no error" || fault.contains(name))
    }
  }
}

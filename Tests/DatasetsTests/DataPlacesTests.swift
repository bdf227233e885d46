import ByteText
import Datasets
import FileAccess
import Foundation
import TestSupport
import Testing

/// Where named sets are found.
@Suite struct DataPlacesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ place: String) throws {
    try FileManager.default.createDirectory(
      atPath: folder.file(place), withIntermediateDirectories: true)
    for name in ["train", "valid", "test"] {
      // The first word tells the place.
      try folder.write(Array("\(place) word\n".utf8), "\(place)/ptb.\(name).txt")
    }
  }

  private func open(_ environment: [String: String], folder: String? = nil) throws -> String {
    var options = OpenOptions()
    options.environment = environment.mapValues { ByteText($0) }
    options.folder = folder.map { Path($0) }
    let data = try #require(
      DatasetRegistry.open("ptb", shipped: "/nowhere", options) as? TextDataset)
    #expect(data.name == "ptb")
    return data.vocabulary.words[0].description
  }

  @Test(arguments: ["", "/ptb", "/simple-examples/data"])
  func eachPlaceIsLookedInDirectlyAndBelow(below: String) throws {
    let home = folder.path
    for place in ["given", "first", "second", "share/lunas/data", "home/.local/share/lunas/data"] {
      try write(place + below)
    }
    let named = "\(home)/nothing:\(home)/first:\(home)/second"
    let all = ["LUNAS_DATA": named, "XDG_DATA_HOME": "\(home)/share", "HOME": "\(home)/home"]
    #expect(try open(all, folder: "\(home)/given") == "given" + below)
    #expect(try open(all) == "first" + below)
    try FileManager.default.removeItem(atPath: folder.file("first"))
    #expect(try open(all) == "second" + below)
    let unnamed = all.filter { $0.key != "LUNAS_DATA" }
    #expect(try open(unnamed) == "share/lunas/data" + below)
    #expect(
      try open(["HOME": "\(home)/home"]) == "home/.local/share/lunas/data" + below)
  }

  @Test func whatIsMissingIsExplained() throws {
    let error = #expect(throws: DataError.self) {
      _ = try open(["LUNAS_DATA": "/one:/two", "HOME": "/home/x"])
    }
    let text = try #require(error).description
    for part in [
      "data set ptb: not found. Expected ptb.train.txt, ptb.valid.txt, ptb.test.txt",
      "looked in /one, /one/ptb, /one/simple-examples/data, /two, ",
      "/home/x/.local/share/lunas/data/ptb, ", "data/ptb", "LUNAS_DATA", "simple-examples.tgz",
    ] { #expect(text.contains(part), "\(part)") }
    // A folder that is given is the only one.
    let given = #expect(throws: DataError.self) {
      _ = try open(["LUNAS_DATA": "/one"], folder: folder.path)
    }
    #expect(try !#require(given).description.contains("/one"))
  }

  @Test func optionsOfOtherKindsAreErrors() throws {
    try write("ptb")
    for change in [
      { $0.skipsMissing = true }, { $0.tolerates = true }, { $0.split = .halvedTest },
      { $0.normalisation = try? Normalisation(mean: [0], deviation: [1]) },
    ] as [(inout OpenOptions) -> Void] {
      var options = OpenOptions()
      options.folder = Path(folder.path)
      change(&options)
      let error = #expect(throws: DataError.self) {
        try DatasetRegistry.open("ptb", shipped: "/nowhere", options)
      }
      #expect(error?.description == "data set ptb: text has no options of images")
    }
    var options = OpenOptions()
    options.folder = Path(folder.path)
    #expect(throws: DataError.self) {
      try DatasetRegistry.open("\(folder.path)/ptb", shipped: "/nowhere", options)
    }
  }

  @Test func foldersWithoutDataAreErrors() {
    let error = #expect(throws: DataError.self) {
      try DatasetRegistry.open(ByteText(folder.path), shipped: "/nowhere")
    }
    #expect(error?.description.contains("holds none of the formats that are known") == true)
  }
}

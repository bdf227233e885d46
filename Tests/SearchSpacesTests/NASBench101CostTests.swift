import Foundation
import Metrics
import SearchSpaces
import Testing

/// Parameters, multiply-adds and keys of NAS-Bench-101's cells against published figures.
@Suite struct NASBench101CostTests {
  /// The least and the most that the published file gives for a cell of the space.
  @Test func extremesArePublished() throws {
    let space = try NASBench101Space()
    let parameters = try space.indices.map {
      try space.parameters(of: space.architecture(at: $0))
    }
    #expect(parameters.min() == 445_706)
    #expect(parameters.max() == 13_381_898)
  }

  /// A case small enough to add up by hand: 4 channels, 1 cell, 2 stacks, images of 4×4, 2 classes, 1
  /// input channel.
  @Test func smallNetworkByHand() throws {
    let space = try NASBench101Space(options: [
      "channels": 4, "cells": 1, "stacks": 2, "image": 4, "classes": 2, "input_channels": 1,
    ])
    // Nodes 1 and 4 read the input; node 4 is a 3×3 convolution, node 5 a 1×1 one.
    let architecture = try space.parse(exampleText101)
    let first = 2 * (4 * 2 + 4) + (9 * 4 + 4) + (4 + 4)
    let second = 2 * (4 * 4 + 8) + (9 * 16 + 8) + (16 + 8)
    #expect(
      try space.parameters(of: architecture) == (9 * 4 + 8) + first + second + (8 * 2 + 2))
    let firstFlops = (2 * 8 + 36 + 4) * 16
    let secondFlops = (2 * 16 + 144 + 16) * 4
    #expect(
      try space.flops(of: architecture) == 36 * 16 + firstFlops + secondFlops + 18)
  }

  @Test func largestOptionsDoNotOverflow() throws {
    let space = try NASBench101Space(options: [
      "channels": 1024, "cells": 128, "stacks": 6, "image": 4096, "classes": 1_000_000,
      "input_channels": 4096,
    ])
    let convolutions = Array(repeating: "conv3x3-bn-relu", count: 5).joined(separator: ",")
    // Nodes 1 to 4 read the input.
    let cell = try space.parse(
      "0111100000010000000100000010000000100000010000000;input,"
        + "\(convolutions),output")
    #expect(try space.flops(of: cell) > 1 << 56)
    #expect(try space.flops(of: cell) < 1 << 58)
    #expect(try space.parameters(of: cell) > 1 << 36)
  }

  private static let keys: [(text: String, key: String)] = [
    (exampleText101, "b4590b24efbe740f9a6cd605f7b2eab1"),
    (
      "0110000000011000011000000001000001000000010000000;input,conv3x3-bn-relu,maxpool3x3,"
        + "conv3x3-bn-relu,conv3x3-bn-relu,conv3x3-bn-relu,output",
      "1a2fa96708ec5124bce67d121b38b2bb"
    ),
    (
      "0100010001000000011000000100000001100000010000000;input,conv1x1-bn-relu,conv1x1-bn-relu,"
        + "conv3x3-bn-relu,conv1x1-bn-relu,maxpool3x3,output",
      "c0596fac49a631edf6653e0f05007a42"
    ),
    (
      "0101110001000000000010000100000001000000010000000;input,conv3x3-bn-relu,maxpool3x3,"
        + "conv3x3-bn-relu,conv3x3-bn-relu,maxpool3x3,output",
      "0e8a20e6483e967bbdecf10a2944c9f5"
    ),
    (
      "0100010001010000010000000110000000100000010000000;input,conv3x3-bn-relu,conv1x1-bn-relu,"
        + "conv1x1-bn-relu,conv3x3-bn-relu,conv1x1-bn-relu,output",
      "bc3997f072b416eaf40c88cc76778d6a"
    ),
  ]

  /// Keys of `hash_module`, found with Python's hashlib by the published algorithm.
  @Test(arguments: keys)
  func keysAreHashModules(text: String, key: String) throws {
    let space = try NASBench101Space()
    #expect(try space.hash(of: space.parse(text)) == key)
  }

  private static let table = URL(fileURLWithPath: #filePath)
    .appending(path: "../../../../shared/data/nasbench101-valid-108epochs.csv").standardized.path

  /// Every cell of the table, as published: its text, its key, its parameters. Spearman's correlation
  /// of the parameters with the accuracies is 0.674 (the paper reads 0.67).
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: table), "needs the published accuracies"))
  func tableIsExact() throws {
    let space = try NASBench101Space()
    let lines = try String(contentsOfFile: Self.table, encoding: .utf8).split(separator: "\n")
    let rows = lines.dropFirst().map { $0.split(separator: ";").map(String.init) }
    try #require(rows.count == 3_060)
    var parameters: [Double] = []
    var accuracies: [Double] = []
    for row in rows {
      let text = "\(row[1]);\(row[2])"
      let architecture = try space.parse(text)
      #expect(try space.text(of: architecture) == text)
      #expect(try space.hash(of: architecture) == row[0])
      let count = try space.parameters(of: architecture)
      #expect(String(count) == row[3])
      parameters.append(Double(count))
      accuracies.append(try #require(Double(row[4])))
    }
    #expect(abs(try spearman(parameters, accuracies) - 0.674) < 0.0005)
  }
}

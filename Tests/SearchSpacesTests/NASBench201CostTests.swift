import Foundation
import Metrics
import SearchSpaces
import Testing

/// Parameters and multiply-adds against published figures.
@Suite struct NASBench201CostTests {
  private func cell(of six: String) -> String {
    "|\(six)~0|+|\(six)~0|\(six)~1|+|\(six)~0|\(six)~1|\(six)~2|"
  }

  /// The benchmark's figures for CIFAR-10: of an example, of the smallest networks (0.073306 million
  /// parameters, 7.78 million FLOPs) and of the largest (1.531546 million, 220.12 million).
  @Test func figuresArePublished() throws {
    let space = try CellSpace.nasBench201()
    let example = try space.parse(publishedText)
    #expect(try space.parameters(of: example) == 802_426)
    #expect(try space.flops(of: example) == 113_951_370)
    for name in ["skip_connect", "avg_pool_3x3"] {
      let smallest = try space.parse(cell(of: name))
      #expect(try space.parameters(of: smallest) == 73_306)
      #expect(abs(Double(try space.flops(of: smallest)) - 7.78e6) < 0.005e6)
    }
    let largest = try space.parse(cell(of: "nor_conv_3x3"))
    #expect(try space.parameters(of: largest) == 1_531_546)
    #expect(abs(Double(try space.flops(of: largest)) - 220.12e6) < 0.005e6)
  }

  /// A case small enough to add up by hand: 1 channel, 1 cell, images of 4×4, 1 class, 1 input channel.
  @Test func smallNetworkByHand() throws {
    let space = try CellSpace.nasBench201(
      channels: 1, cells: 1, image: 4, classes: 1, inputChannels: 1)
    let architecture = try space.parse(
      "|nor_conv_1x1~0|+|none~0|none~1|+|none~0|skip_connect~1|none~2|")
    let stem = 9 + 2
    let cells = (1 + 2) + (4 + 4) + (16 + 8)
    let reductions = (1 * 2 * 9 + 4 + 2 * 2 * 9 + 4 + 2) + (2 * 4 * 9 + 8 + 4 * 4 * 9 + 8 + 8)
    #expect(try space.parameters(of: architecture) == stem + cells + reductions + 8 + 5)
    let stemFlops = 9 * 16
    let cellFlops = 1 * 16 + 4 * 4 + 16 * 1
    let reductionFlops = (18 + 36 + 2) * 4 + (72 + 144 + 8) * 1
    #expect(try space.flops(of: architecture) == stemFlops + cellFlops + reductionFlops + 5)
    #expect(space.skeleton.stages.map(\.channels) == [1, 2, 4])
    #expect(space.skeleton.stages.map(\.side) == [4, 2, 1])
  }

  @Test func largestOptionsDoNotOverflow() throws {
    let space = try CellSpace.nasBench201(
      channels: 1024, cells: 128, image: 4096, classes: 1_000_000, inputChannels: 4096)
    #expect(try space.flops(of: space.parse(cell(of: "nor_conv_3x3"))) > 1 << 57)
  }

  private static let table = URL(fileURLWithPath: #filePath)
    .appending(path: "../../../../shared/data/nasbench201-test-200epochs.csv").standardized.path

  /// Spearman's correlation of parameters with the published CIFAR-100 accuracies over all valid cells
  /// is 0.73 (the paper reads 0.75 on its sample).
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: table), "needs the published accuracies"))
  func parametersCorrelateAsPublished() throws {
    let space = try CellSpace.nasBench201(classes: 100)
    let lines = try String(contentsOfFile: Self.table, encoding: .utf8).split(separator: "\n")
    let rows = lines.dropFirst().map { $0.split(separator: ",").map(String.init) }
    #expect(Set(rows.map { $0[0] }) == Set(allTexts))
    var parameters: [Double] = []
    var accuracies: [Double] = []
    for row in rows where try Cell(text: row[0], of: nasBench201).isConnected {
      parameters.append(Double(try space.parameters(of: space.parse(row[0]))))
      accuracies.append(try #require(Double(row[2])))
    }
    #expect(parameters.count == 15_284)
    #expect(abs(try spearman(parameters, accuracies) - 0.73) < 0.005)
  }
}

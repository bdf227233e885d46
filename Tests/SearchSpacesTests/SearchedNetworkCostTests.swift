import SearchSpaces
import Testing

/// Parameters and multiply-adds of DARTS's and ProxylessNAS's networks against published figures, and
/// against counts of the PyTorch networks in `scripts/bench/pytorch` (by
/// `python3 Tests/Reference/cost.py`).
@Suite struct SearchedNetworkCostTests {
  /// DARTS's published networks have 3.3 million parameters each (3.2 in the paper's table, which
  /// rounds down; 3,349,342 by the reference code for the second-order one), without auxiliary heads.
  @Test func dartsHasItsPublishedSize() throws {
    let space = try DARTSCifar10()
    let second = try space.parse(publishedGenotype)
    #expect(try space.parameters(of: second) == 3_349_342)
    #expect(try space.flops(of: second) == 528_359_050)
    let first = try space.parse(firstOrderGenotype)
    #expect(try space.parameters(of: first) == 3_169_414)
    #expect(try space.flops(of: first) == 500_987_530)
    // The auxiliary head is not counted.
    let auxiliary = try space.with(["auxiliary": 1, "drop_path": 0.2])
    #expect(try auxiliary.parameters(of: second) == 3_349_342)
    #expect(try auxiliary.flops(of: second) == 528_359_050)
  }

  /// Odd sides, odd widths.
  @Test func smallDartsNetworks() throws {
    let space = try DARTSCifar10(options: [
      "channels": 5, "layers": 7, "stem_multiplier": 2, "image": 27, "classes": 7,
      "input_channels": 1,
    ])
    let second = try space.parse(publishedGenotype)
    #expect(try space.parameters(of: second) == 27_197)
    #expect(try space.flops(of: second) == 3_403_167)
    #expect(try space.parameters(of: space.parse(firstOrderGenotype)) == 25_587)
  }

  /// ProxylessNAS-GPU is published with 7.1 million parameters and 465 million multiply-adds.
  @Test func proxylessHasItsPublishedSize() throws {
    let space = try ProxylessNAS()
    let published = try space.parse(publishedBlocks)
    #expect(try space.parameters(of: published) == 7_119_848)
    #expect(try space.flops(of: published) == 465_261_160)
    #expect(space.skeleton.stemChannels == 40)
    #expect(space.skeleton.firstBlock.outputChannels == 24)
    #expect(
      stride(from: 0, to: 21, by: 4).map { space.skeleton.blocks[$0].outputChannels }
        == [32, 56, 112, 128, 256, 432])
    #expect(space.skeleton.lastChannels == 1728)
    #expect(
      stride(from: 0, to: 21, by: 4).map { space.skeleton.blocks[$0].outputSide }
        == [56, 28, 14, 14, 7, 7])
  }

  @Test func smallProxylessNetworks() throws {
    let space = try ProxylessNAS(options: [
      "width": 0.35, "image": 27, "classes": 7, "input_channels": 1, "stem_stride": 1,
    ])
    let published = try space.parse(publishedBlocks)
    #expect(try space.parameters(of: published) == 530_247)
    #expect(try space.flops(of: published) == 3_559_439)
    // Narrow networks keep all of the last convolution's channels.
    #expect(space.skeleton.lastChannels == 1280)
  }

  @Test func normalisationWithoutScalesCostsNothing() throws {
    let darts = try DARTSCifar10(options: ["channels": 4, "layers": 3])
    let genotype = try darts.parse(publishedGenotype)
    #expect(
      try darts.with(["batchnorm_affine": 0]).parameters(of: genotype)
        < darts.parameters(of: genotype))
    let proxyless = try ProxylessNAS(options: ["width": 0.1])
    let blocks = try proxyless.parse(publishedBlocks)
    #expect(
      try proxyless.with(["batchnorm_affine": 0]).parameters(of: blocks)
        < proxyless.parameters(of: blocks))
  }

  @Test func largestOptionsDoNotOverflow() throws {
    let darts = try DARTSCifar10(options: [
      "channels": 1024, "layers": 128, "stem_multiplier": 16, "image": 4096, "classes": 1_000_000,
      "input_channels": 4096,
    ])
    let largest = publishedGenotype.replacing(#/'[a-z]+_[a-z]+_3x3'|'skip_connect'/#) { _ in
      "'sep_conv_5x5'"
    }
    #expect(try darts.flops(of: darts.parse(largest)) > 1 << 50)
    let proxyless = try ProxylessNAS(options: [
      "width": 15.99, "image": 4096, "classes": 1_000_000, "input_channels": 4096,
      "stem_stride": 1,
    ])
    let blocks = publishedBlocks.replacing(#/\dx\d_e\d|skip/#) { _ in "7x7_e6" }
    #expect(try proxyless.flops(of: proxyless.parse(blocks)) > 1 << 45)
  }

  @Test(arguments: [
    ("darts_cifar10", "drop_path", 1.0, "a number from 0.0 to below 1.0"),
    ("darts_cifar10", "drop_path", -0.1, "a number from 0.0 to below 1.0"),
    ("darts_cifar10", "drop_path", .nan, "a number from 0.0 to below 1.0"),
    ("darts_cifar10", "auxiliary", 2.0, "a whole number from 0 to 1"),
    ("darts_cifar10", "layers", 0.0, "a whole number from 1 to 128"),
    ("proxylessnas", "width", 0.0, "a number from 0.01 to below 16.0"),
    ("proxylessnas", "width", .infinity, "a number from 0.01 to below 16.0"),
    ("proxylessnas", "stem_stride", 3.0, "a whole number from 1 to 2"),
  ])
  func impossibleOptionsAreRefused(space: String, option: String, value: Double, expected: String) {
    do {
      _ = try SpaceRegistry().space(named: space, options: [option: value])
      Issue.record("no error")
    } catch {
      #expect("\(error)".hasPrefix("option \(option) of \(space) is "))
      #expect("\(error)".hasSuffix("expected " + expected))
    }
  }

  /// The head averages over 5×5 pixels, three apart, and convolves 2×2 of these.
  @Test func auxiliaryHeadNeedsImages() throws {
    #expect(throws: SpaceError.self) {
      try DARTSCifar10(options: ["auxiliary": 1, "image": 28])
    }
    #expect(try DARTSCifar10(options: ["auxiliary": 1, "image": 29]).skeleton.hasAuxiliaryHead)
  }
}

import SearchSpaces
import Testing

/// Options, and spaces by name.
@Suite struct OptionTests {
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func defaultsArePublishedNetwork() throws {
    let space = try SpaceRegistry().space(named: "nasbench201")
    #expect(space.name == "nasbench201")
    #expect(
      space.options.map(\.name) == ["channels", "cells", "image", "classes", "input_channels"])
    #expect(space.options.map(\.value) == [16, 5, 32, 10, 3])
  }

  @Test func optionsAreTaken() throws {
    let space = try CellSpace(
      .nasBench201, options: ["channels": 8, "image": 16, "input_channels": 1])
    #expect(space.skeleton.channels == 8)
    #expect(space.skeleton.image == 16)
    #expect(space.skeleton.inputChannels == 1)
    #expect(space.skeleton.cells == 5)
  }

  @Test(arguments: [
    ("channels", 0), ("channels", -8), ("channels", 1e300), ("channels", .nan),
    ("cells", .infinity), ("cells", 2.5), ("cells", 129), ("classes", 0), ("image", 0),
    ("image", 1e18), ("input_channels", -1),
  ])
  func impossibleValuesAreRefused(name: String, value: Double) {
    let answer = message { _ = try CellSpace(.nasBench201, options: [name: value]) }
    #expect(answer.hasPrefix("option \(name) of nasbench201 is "))
    #expect(answer.contains("expected a whole number from"))
  }

  @Test func imageMustHalveTwice() {
    let answer = message { _ = try CellSpace.nasBench201(image: 14) }
    #expect(answer.contains("is 14: expected a multiple of 4"))
  }

  @Test func unknownNamesGetTheNearest() {
    #expect(
      message { _ = try CellSpace(.nasBench201, options: ["chanels": 8]) }
        == "unknown option of nasbench201 'chanels' (did you mean 'channels'?)")
    #expect(
      message { _ = try SpaceRegistry().space(named: "nasbench210") }
        == "unknown search space 'nasbench210' (did you mean 'nasbench201'?)")
    #expect(SpaceRegistry.builtInNames.contains("nasbench201"))
  }
}

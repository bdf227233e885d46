import Spelling
import Testing

/// Suggestions for misspelt names.
@Suite struct NearestTests {
  private let operators = [
    "none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3",
  ]

  @Test(arguments: [
    ("nor_conv_3x4", "nor_conv_3x3"),  // a substitution
    ("skip_conect", "skip_connect"),  // a deletion
    ("nonne", "none"),  // an insertion
    ("nnoe", "none"),  // a transposition, one step and not two
    ("AVG_POOL_3X3", "avg_pool_3x3"),  // capitals
    ("skip_connect", "skip_connect"),
  ])
  func findsTheNearest(name: String, expected: String) {
    #expect(nearest(to: name, among: operators) == expected)
  }

  @Test(arguments: ["", "transformer", "xyz"])
  func findsNothingFar(name: String) {
    #expect(nearest(to: name, among: operators) == nil)
  }

  @Test func tiesDoNotDependOnOrder() {
    #expect(nearest(to: "bat", among: ["cat", "hat"]) == "cat")
    #expect(nearest(to: "bat", among: ["hat", "cat"]) == "cat")
  }

  @Test func messagesNameTheNearestOrAll() {
    #expect(
      unknown("operator", "nor_conv_3x4", known: operators)
        == "unknown operator 'nor_conv_3x4' (did you mean 'nor_conv_3x3'?)")
    #expect(
      unknown("split", "x", known: ["train", "test"]) == "unknown split 'x' (known: test, train)")
  }

  @Test func longNamesAreCut() {
    let long = String(repeating: "a", count: 1_000_000)
    let message = unknown("operator", long, known: operators)
    #expect(message.count < 250)
    #expect(message.contains("…"))
  }
}

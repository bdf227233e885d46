import ByteText
import Testing

/// Text that is bytes, and nothing but bytes.
@Suite struct ByteTextTests {
  /// What ISO 8859-1 makes of "café".
  private let latin = ByteText([0x63, 0x61, 0x66, 0xe9])

  @Test func twoSpellingsOfOneLetterAreTwoTexts() {
    let (one, two) = (ByteText("\u{e9}"), ByteText("e\u{301}"))
    #expect("\u{e9}" == "e\u{301}")
    #expect(one != two)
    #expect(Set([one, two, one]).count == 2)
  }

  @Test func theOrderIsThatOfBytes() {
    let sorted: [ByteText] = ["", "B", "a", "a\u{301}", "b", ByteText([0xc3]), "\u{e9}"]
    #expect(sorted.shuffled().sorted() == sorted)
  }

  @Test func bytesThatAreNoTextAreKeptAndShownEscaped() {
    #expect(latin.bytes == [0x63, 0x61, 0x66, 0xe9])
    #expect(latin.utf8 == nil)
    #expect("\(latin)" == #"caf\xe9"#)
    let mixed = ByteText([0xff, 0xc3, 0xa9, 0xe2, 0x82, 0x41, 0xf0, 0x9f])
    #expect("\(mixed)" == #"\xffé\xe2\x82A\xf0\x9f"#)
    #expect(ByteText("naïve\r\n").utf8 == "naïve\r\n")
  }

  @Test func interpolationPutsBytesIn() {
    let text: ByteText = "\(latin)/\(12)\("é")"
    #expect(text.bytes == latin.bytes + Array("/12é".utf8))
  }

  @Test func textsOfCComeAndGo() {
    #expect(latin.withCString { ByteText(cString: $0) } == latin)
    #expect(ByteText("").withCString { ByteText(cString: $0) } == "")
  }

  @Test func partsAreBytesToo() {
    #expect(latin.hasPrefix("caf") && !latin.hasPrefix("caff"))
    #expect(latin.hasSuffix(ByteText([0xe9])) && !latin.hasSuffix("xcafe"))
    let parts = ByteText("a=b=c").parted(by: UInt8(ascii: "="))
    #expect(parts?.before == "a" && parts?.after == "b=c")
    #expect(latin.parted(by: UInt8(ascii: "=")) == nil)
  }
}

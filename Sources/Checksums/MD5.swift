/// The message digest MD5 (Rivest, RFC 1321), in which NAS-Bench-101 writes its keys of isomorphic
/// cells; not for secrets.
///
/// A value collects one message after the other, in memory that it keeps.
///
/// Invariant: between messages nothing is left of those before.
public struct MD5 {
  /// Sixteen bytes, ordered as their hexadecimal texts are.
  public struct Digest: Hashable, Comparable {
    fileprivate let bytes: (UInt64, UInt64)

    public static func < (left: Digest, right: Digest) -> Bool { left.bytes < right.bytes }
    public static func == (left: Digest, right: Digest) -> Bool { left.bytes == right.bytes }

    public func hash(into hasher: inout Hasher) {
      hasher.combine(bytes.0)
      hasher.combine(bytes.1)
    }

    /// The 32 hexadecimal digits, in lower case.
    public var text: String {
      var message = MD5()
      message.add(self)
      return String(decoding: message.message, as: UTF8.self)
    }
  }

  private var message: [UInt8] = []

  public init() {}

  public mutating func add(_ text: String) { message.append(contentsOf: text.utf8) }

  /// Adds the digest's 32 hexadecimal digits.
  public mutating func add(_ digest: Digest) {
    for word in [digest.bytes.0, digest.bytes.1] {
      for half in [word >> 32, word & 0xffff_ffff] {
        // Eight digits at once: each gets a byte, and from 10 on what takes it to a letter.
        var digits = (half << 16 | half) & 0x0000_ffff_0000_ffff
        digits = (digits << 8 | digits) & 0x00ff_00ff_00ff_00ff
        digits = (digits << 4 | digits) & 0x0f0f_0f0f_0f0f_0f0f
        let letters = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        let text = digits &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
        withUnsafeBytes(of: text.bigEndian) { message.append(contentsOf: $0) }
      }
    }
  }

  /// The digest of what was added; the next message begins.
  public mutating func finish() -> Digest {
    // A one bit, zeros up to the last eight bytes of a block, and the message's length in bits.
    let bits = UInt64(message.count) &* 8
    message.append(0x80)
    message.append(contentsOf: repeatElement(0, count: (120 - message.count % 64) % 64))
    withUnsafeBytes(of: bits.littleEndian) { message.append(contentsOf: $0) }
    var state = Self.start
    let constants = Self.constants
    message.withUnsafeBytes { bytes in
      for block in stride(from: 0, to: bytes.count, by: 64) {
        state = Self.mix(state, constants) { word in
          UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: block + 4 * word, as: UInt32.self))
        }
      }
    }
    message.removeAll(keepingCapacity: true)
    func joined(_ low: UInt32, _ high: UInt32) -> UInt64 {
      (UInt64(high) << 32 | UInt64(low)).byteSwapped
    }
    return Digest(bytes: (joined(state.a, state.b), joined(state.c, state.d)))
  }

  // MARK: the algorithm

  private typealias State = (a: UInt32, b: UInt32, c: UInt32, d: UInt32)
  private static let start: State = (0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476)

  /// The state after a block of sixteen words: four rounds of sixteen steps.
  private static func mix(
    _ before: State, _ constants: [UInt32], _ word: (Int) -> UInt32
  ) -> State {
    var (a, b, c, d) = before
    func step(_ number: Int, _ mixed: UInt32, word place: Int, _ turns: SIMD4<UInt32>) {
      let sum = a &+ mixed &+ constants[number] &+ word(place % 16)
      let turn = turns[number % 4]
      (a, d, c, b) = (d, c, b, b &+ (sum &<< turn | sum &>> (32 &- turn)))
    }
    for number in 0..<16 { step(number, b & c | ~b & d, word: number, [7, 12, 17, 22]) }
    for number in 16..<32 { step(number, d & b | ~d & c, word: 5 * number + 1, [5, 9, 14, 20]) }
    for number in 32..<48 { step(number, b ^ c ^ d, word: 3 * number + 5, [4, 11, 16, 23]) }
    for number in 48..<64 { step(number, c ^ (b | ~d), word: 7 * number, [6, 10, 15, 21]) }
    return (before.a &+ a, before.b &+ b, before.c &+ c, before.d &+ d)
  }

  /// ⌊2³² |sin(i + 1)|⌋.
  private static let constants: [UInt32] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613,
    0xfd46_9501, 0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193,
    0xa679_438e, 0x49b4_0821, 0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d,
    0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8, 0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed,
    0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a, 0xfffa_3942, 0x8771_f681, 0x6d9d_6122,
    0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70, 0x289b_7ec6, 0xeaa1_27fa,
    0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665, 0xf429_2244,
    0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
    0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb,
    0xeb86_d391,
  ]
}

import ByteText
import FileAccess
import Glibc

/// Which process of which machine: what a claim says of its owner, so that others can tell whether it
/// still runs.
///
/// A number is given to one process after another, and each machine, boot and container counts its own;
/// so an identity holds all of these, and the moment at which the process began.
///
/// Invariant: two processes that ever lived have different identities, as far as machines have different
/// names.
public struct ProcessIdentity: Hashable, Sendable {
  /// Machine, boot and container, within which numbers can be compared.
  private let place: ByteText
  private let number: Int32
  /// In the system's ticks since it booted.
  private let start: ByteText

  /// This process.
  public static let own: ProcessIdentity = {
    let number = getpid()
    return ProcessIdentity(
      place: ownPlace, number: number, start: stat(of: number)?.start ?? ByteText("unknown"))
  }()

  private init(place: ByteText, number: Int32, start: ByteText) {
    (self.place, self.number, self.start) = (place, number, start)
  }

  /// As one line, which `init(text:)` reads.
  public var text: ByteText { "\(start) \(ByteText(String(number))) \(place)" }

  /// Nil for what is no identity.
  public init?(text: ByteText) {
    let parts = text.bytes.split(separator: UInt8(ascii: " "), maxSplits: 2)
    guard parts.count == 3, let number = ByteText(parts[1]).utf8.flatMap({ Int32($0) }), number > 0
    else { return nil }
    self.init(place: ByteText(parts[2]), number: number, start: ByteText(parts[0]))
  }

  /// Whether the process runs; nil where this machine cannot tell, since it is one of another.
  public var isAlive: Bool? {
    guard place == Self.ownPlace else { return nil }
    guard let found = Self.stat(of: number) else { return false }
    return found.start == start && !found.isOver
  }

  /// For messages: "process 12 on node3".
  public var description: String {
    let host = place.bytes.prefix { $0 != UInt8(ascii: " ") }
    return "process \(number) on \(ByteText(host))"
  }

  private static let ownPlace: ByteText = {
    var name = [CChar](repeating: 0, count: 256)
    let host = gethostname(&name, name.count - 1) == 0 ? ByteText(cString: name) : "unknown"
    let boot = firstLine("/proc/sys/kernel/random/boot_id") ?? "unknown"
    var link = [CChar](repeating: 0, count: 128)
    let length = readlink("/proc/self/ns/pid", &link, link.count - 1)
    let container = length > 0 ? ByteText(cString: link) : "unknown"
    let printable = ByteText(host.bytes.map { $0 > 0x20 && $0 != 0x7f ? $0 : UInt8(ascii: "_") })
    return "\(printable) \(boot) \(container)"
  }()

  /// What the system says of a process; nil where there is none of that number.
  private static func stat(of number: Int32) -> (start: ByteText, isOver: Bool)? {
    guard let line = firstLine("/proc/\(number)/stat"),
      // The second field is the program's name, in which anything may stand.
      let end = line.bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = line.bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
    guard fields.count > 19, let state = fields[0].first else { return nil }
    return (ByteText(fields[19]), state == UInt8(ascii: "Z") || state == UInt8(ascii: "X"))
  }

  /// The system's own files are no user's: a sandbox, which knows no claims, is not asked.
  private static func firstLine(_ path: String) -> ByteText? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    guard count > 0 else { return nil }
    return ByteText(bytes[..<count].prefix { $0 != UInt8(ascii: "\n") })
  }
}

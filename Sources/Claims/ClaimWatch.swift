import ByteText
import FileAccess

/// What a process has seen of others' claims: whether their owners live.
///
/// Of its own machine's processes the system knows. Of others' it remembers how long their heartbeats
/// were, and when it saw that first: an owner whose file did not grow for `patience` is taken for dead.
///
/// Invariant: an owner that beats is never taken for dead, as far as its beats come through within the
/// patience; a file system that shows other machines' writes late needs more of it.
public final class ClaimWatch {
  /// Seconds after which a heartbeat that did not grow is taken to have stopped.
  public let patience: Double
  private let clock: () -> Double
  private var seen: [Path: (size: Int, signature: ByteText, since: Double)] = [:]
  private var claims = 0

  /// - Parameter clock: seconds since some moment, which nothing sets back.
  public init(patience: Double, clock: @escaping () -> Double = ClaimWatch.seconds) {
    (self.patience, self.clock) = (patience, clock)
  }

  /// What a claim of this very process is told by.
  public static let own = "this process"

  /// Seconds since the program began to count.
  public static func seconds() -> Double {
    (ContinuousClock.now - origin) / .seconds(1)
  }
  private static let origin = ContinuousClock.now

  /// A line that no other claim is signed by.
  func newSignature() -> ByteText {
    claims += 1
    // What tells several watches of one process apart is where they lie.
    let own = UInt(bitPattern: ObjectIdentifier(self))
    return "\(ProcessIdentity.own.text) \(String(own)).\(claims)"
  }

  /// Who holds a claim, for messages; nil where it is free.
  func holder(of claim: Path) throws -> String? {
    guard let signature = try Claim.owner(of: claim) else {
      seen[claim] = nil
      return nil
    }
    // Behind the identity stands what tells one process's claims apart.
    let identity = signature.bytes.lastIndex(of: UInt8(ascii: " "))
      .flatMap { ProcessIdentity(text: ByteText(signature.bytes[..<$0])) }
    if identity == .own { return ClaimWatch.own }
    if let identity, let isAlive = identity.isAlive { return isAlive ? identity.description : nil }
    let now = clock()
    guard let size = try FileSystem.status(claim.child(Claim.ownerName))?.size else { return nil }
    guard let before = seen[claim], before.size == size, before.signature == signature else {
      seen[claim] = (size, signature, now)
      return identity?.description ?? "another process"
    }
    return now - before.since < patience ? identity?.description ?? "another process" : nil
  }
}

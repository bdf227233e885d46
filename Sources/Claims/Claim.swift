import ByteText
import FileAccess
import Glibc

/// One process's right to work on a run, among all that share a store of runs, on one machine or on
/// several over a shared file system.
///
/// In the run's folder each claim is a folder of its own, `claim.1`, `claim.2`, …, of which the last one
/// counts. It is made under another name, with its file `owner` in it, and given its own name by a
/// rename, which fails where another process was first: that holds on NFS too. Whoever has it writes
/// into that folder alone, so that no file is ever written by two processes, not even where one that was
/// taken for dead wakes up. What is finished is renamed into the run's folder.
///
/// `owner` names the process in its first line, and grows by a byte every few seconds. A claim is free
/// where that file is gone, where it names a process of this machine that has ended, or where it did not
/// grow for some patience while this process watched.
///
/// Invariant: of all claims of a run at most one counts; a claim that is given is the last one.
public final class Claim {
  /// Where the owner works.
  public let folder: Path
  /// Claims before this one, whose work may be gone on with, oldest first.
  public let predecessors: [Path]

  private let signature: ByteText
  private let heartbeat: Heartbeat

  private init(
    folder: Path, predecessors: [Path], signature: ByteText, heartbeat: Heartbeat
  ) {
    (self.folder, self.predecessors) = (folder, predecessors)
    (self.signature, self.heartbeat) = (signature, heartbeat)
  }

  /// Of a claim that is dropped, in a coroutine that never ended say, the next one goes on.
  deinit { try? release() }

  /// Who has a run that could not be claimed, for messages.
  public struct Holder: Error, Equatable {
    public let description: String
  }

  static let ownerName: ByteText = "owner"
  static let prefix: ByteText = "claim."
  /// How a claim is called before it is one.
  static let draftPrefix: ByteText = ".claim-"
  /// No line of an owner is longer.
  private static let longestSignature = 4096

  /// Claims the run in `folder`, which is there. Throws `Holder` where another has it, `FileError` where
  /// the system refuses.
  public static func take(
    in folder: Path, watching watch: ClaimWatch, beatSeconds: Double
  ) throws -> Claim {
    let claims = try numbers(in: folder)
    if let last = claims.last, let holder = try watch.holder(of: folder.child(name(last))) {
      throw Holder(description: holder)
    }
    let signature = watch.newSignature()
    let draft = folder.child(draftPrefix + ByteText("\(signature.bytes.hashed)"))
    try FileSystem.makeFolder(draft)
    var isNamed = false
    defer { if !isNamed { remove(draft) } }
    let file = try OpenFile(draft.child(ownerName), for: .appending)
    try file.write((signature + "\n").bytes)
    try file.sync()
    let own = folder.child(name((claims.last ?? 0) + 1))
    let failure: FileError?
    do {
      try FileSystem.rename(draft, to: own)
      failure = nil
    } catch let error as FileError {
      failure = error
    }
    // A server that was asked twice may have answered that there is nothing to rename: what decides is
    // whose the claim is.
    guard try owner(of: own) == signature else {
      let mayBeLate = [EEXIST, ENOTEMPTY, ENOTDIR, ENOENT]
      if let failure, !mayBeLate.contains(failure.code) { throw failure }
      throw Holder(description: "another process")
    }
    isNamed = true
    return Claim(
      folder: own, predecessors: claims.map { folder.child(name($0)) }, signature: signature,
      heartbeat: Heartbeat(file, everySeconds: beatSeconds))
  }

  /// Whether this process still has it: false where another took it for dead.
  public var isHeld: Bool {
    get throws { try Self.owner(of: folder) == signature }
  }

  /// Gives the claim up and leaves what is in its folder, for the next to go on with.
  public func release() throws {
    heartbeat.stop()
    if try isHeld { try FileSystem.remove(folder.child(Self.ownerName)) }
  }

  /// Removes the claims before this one: what was of use in them has been taken over.
  public func removePredecessors() { predecessors.forEach(Self.remove) }

  /// Removes the claims, and beginnings of claims, that a folder holds and nobody has. To be called where
  /// the run is finished: what they hold is of no use then.
  public static func tidy(_ folder: Path, watching watch: ClaimWatch) throws {
    for claim in try all(in: folder) where try watch.holder(of: claim) == nil { remove(claim) }
  }

  /// Stops the heartbeat, and removes this claim with all others of the run, which is finished: whoever
  /// has one notices that by its end.
  public func finish() throws {
    heartbeat.stop()
    try Self.all(in: folder.parent).forEach(Self.remove)
  }

  private static func all(in folder: Path) throws -> [Path] {
    try FileSystem.names(in: folder)
      .filter { $0.hasPrefix(prefix) || $0.hasPrefix(draftPrefix) }
      .map { folder.child($0) }
  }

  private static func name(_ number: Int) -> ByteText { prefix + ByteText(String(number)) }

  /// The numbers of the claims in a folder, ascending.
  static func numbers(in folder: Path) throws -> [Int] {
    try FileSystem.names(in: folder).compactMap { name in
      guard name.hasPrefix(prefix) else { return nil }
      return ByteText(name.bytes.dropFirst(prefix.count)).utf8.flatMap { Int($0) }.flatMap {
        (1..<Int.max).contains($0) ? $0 : nil
      }
    }.sorted()
  }

  /// The line by which a claim's owner signed; nil where there is none.
  static func owner(of claim: Path) throws -> ByteText? {
    let content: [UInt8]
    do {
      content = try FileSystem.contents(of: claim.child(ownerName))
    } catch let error as FileError where error.isAbsence {
      return nil
    }
    return ByteText(content.prefix(longestSignature).prefix { $0 != UInt8(ascii: "\n") })
  }

  /// Removes a folder of files, as far as that is possible: what another is removing too, or still
  /// writes, is its business.
  private static func remove(_ folder: Path) {
    for name in (try? FileSystem.names(in: folder)) ?? [] {
      _ = try? FileSystem.remove(folder.child(name))
    }
    _ = try? FileSystem.removeFolder(folder)
  }
}

extension Collection<UInt8> {
  /// A number of 16 digits that tells texts apart (FNV-1a).
  fileprivate var hashed: String {
    let sum = reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(sum, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

import ByteText
import Claims
import FileAccess
import Foundation
import TestSupport
import Testing

/// A run belongs to one process at a time, and to none that has ended.
@Suite struct ClaimTests {
  private let folder: TemporaryFolder
  private var run: Path { Path(folder.path) }

  init() throws { folder = try TemporaryFolder() }

  private func take(_ watch: ClaimWatch = ClaimWatch(patience: 60)) throws -> Claim {
    try Claim.take(in: run, watching: watch, beatSeconds: 60)
  }

  /// Makes a claim as another process would have left it.
  private func leave(_ owner: ByteText, as name: String = "claim.1") throws {
    try FileSystem.makeFolder(run.child(ByteText(name)))
    try folder.write((owner + "\n").bytes, name + "/owner")
  }

  /// A line by which a process of another machine signs.
  private let stranger: ByteText = "77 12 elsewhere 0-1 pid:[1] 5.1"

  @Test func ofManyThatClaimAtOnceOneSucceeds() throws {
    let lock = NSLock()
    nonisolated(unsafe) var taken: [Claim] = []
    nonisolated(unsafe) var refused = 0
    let run = run
    DispatchQueue.concurrentPerform(iterations: 16) { _ in
      do {
        let claim = try Claim.take(in: run, watching: ClaimWatch(patience: 60), beatSeconds: 60)
        lock.withLock { taken.append(claim) }
      } catch {
        if error is Claim.Holder { lock.withLock { refused += 1 } }
      }
    }
    #expect(taken.count == 1)
    #expect(refused == 15)
    #expect(try folder.names == ["claim.1"])
  }

  @Test func aClaimNamesWhoHasIt() throws {
    let claim = try take()
    #expect(try claim.isHeld)
    let holder = #expect(throws: Claim.Holder.self) { try take() }
    #expect(holder?.description == ClaimWatch.own)
  }

  @Test func aClaimThatIsDroppedIsReleased() throws {
    _ = try take()
    #expect(try take().folder.name == "claim.2")
  }

  @Test func whatIsReleasedIsGoneOnWith() throws {
    let first = try take()
    try folder.write([1, 2], "claim.1/checkpoint")
    try first.release()
    #expect(try !first.isHeld)
    let second = try take()
    #expect(second.folder.name == "claim.2")
    #expect(second.predecessors.map(\.name) == ["claim.1"])
    #expect(try contents(folder.file("claim.1/checkpoint")) == [1, 2])
    second.removePredecessors()
    #expect(try folder.names == ["claim.2"])
    try second.finish()
    #expect(try folder.names.isEmpty)
  }

  @Test func anEndedProcessOfThisMachineHasNothing() throws {
    // This process's number, but another moment at which it began.
    var parts = ProcessIdentity.own.text.bytes.split(separator: UInt8(ascii: " "))
    parts[0] = Array("1".utf8)[...]
    try leave(ByteText(parts.joined(separator: [UInt8(ascii: " ")])) + " 1.1")
    #expect(try take().folder.name == "claim.2")
  }

  @Test func aSilentStrangerIsTakenForDeadOnceItIsSilentForLong() throws {
    nonisolated(unsafe) var now = 100.0
    let watch = ClaimWatch(patience: 60) { now }
    try leave(stranger)
    let holder = #expect(throws: Claim.Holder.self) { try take(watch) }
    #expect(holder?.description == "process 12 on elsewhere")
    now += 59
    #expect(throws: Claim.Holder.self) { try take(watch) }
    now += 2
    #expect(try take(watch).folder.name == "claim.2")
  }

  @Test func aStrangerThatBeatsLives() throws {
    nonisolated(unsafe) var now = 0.0
    let watch = ClaimWatch(patience: 60) { now }
    try leave(stranger)
    let owner = try OpenFile(run.child("claim.1/owner"), for: .appending)
    for _ in 0..<5 {
      #expect(throws: Claim.Holder.self) { try take(watch) }
      now += 50
      try owner.write([UInt8(ascii: ".")])
    }
  }

  /// Whoever was taken for dead and wakes up notices, and its successor keeps what it has.
  @Test func whoWasTakenForDeadNotices() throws {
    let sleeper = try take()
    try FileSystem.remove(sleeper.folder.child("owner"))
    let successor = try take()
    #expect(try !sleeper.isHeld)
    successor.removePredecessors()
    try sleeper.release()
    #expect(try successor.isHeld)
  }

  @Test func aHeartbeatGrowsUntilTheClaimEnds() throws {
    let claim = try Claim.take(
      in: run, watching: ClaimWatch(patience: 60), beatSeconds: 0.001)
    let owner = claim.folder.child("owner")
    let start = try #require(try FileSystem.status(owner)).size
    while try #require(try FileSystem.status(owner)).size < start + 3 { usleep(1000) }
    #expect(try claim.isHeld)
    try claim.release()
    #expect(try FileSystem.status(owner) == nil)
  }

  @Test func tidyingLeavesWhatIsHeld() throws {
    let claim = try take()
    try leave("no identity at all", as: ".claim-left")
    try FileSystem.remove(run.child(".claim-left/owner"))
    try leave(stranger, as: "claim.7")
    let watch = ClaimWatch(patience: 60)
    try Claim.tidy(run, watching: watch)
    #expect(try folder.names == ["claim.1", "claim.7"])
    withExtendedLifetime(claim) {}
  }

  @Test func identitiesAreReadAsTheyAreWritten() {
    let own = ProcessIdentity.own
    #expect(ProcessIdentity(text: own.text) == own)
    #expect(own.isAlive == true)
    #expect(ProcessIdentity(text: "77 12 elsewhere 0-1 pid:[1]")?.isAlive == nil)
    for text: ByteText in ["", "x", "1 -4 host", "1 x host", "1 99999999999 host"] {
      #expect(ProcessIdentity(text: text) == nil)
    }
  }
}

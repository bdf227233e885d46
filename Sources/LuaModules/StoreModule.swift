import ByteText
import Claims
import FileAccess
import Glibc
import LuaHost

/// `nas.native.store`: what `stdlib/nas/study` asks of the system. Claims of runs, files that get their
/// names when they are whole, and processes that work side by side.
func storeModule(_ classes: StoreClasses) -> LuaTable {
  [
    "claim": LuaClosure(arguments: 3) { call in
      // A claim of the run in a folder; or nil and who has it. Then the seconds after which a silent
      // owner is taken for dead, and those between heartbeats.
      let patience = try call.number(2, "patience", in: 0.01...1e9)
      let beat = try call.number(3, "beat", in: 0.01...1e6)
      do {
        let claim = try Claim.take(
          in: call.path(1), watching: classes.watch(patience), beatSeconds: beat)
        return call.returns(claim, as: classes.claims)
      } catch let holder as Claim.Holder {
        return call.returns(Int?.none, holder.description)
      }
    },
    "tidy": LuaClosure(arguments: 2) { call in
      // Removes the claims that a finished run's folder holds and nobody has, with the patience of
      // `claim`.
      let patience = try call.number(2, "patience", in: 0.01...1e9)
      try Claim.tidy(call.path(1), watching: classes.watch(patience))
      return .none
    },
    "make_folder": LuaClosure(arguments: 1) { call in
      // With the folders that it is in; one that is there is left as it is.
      try makeFolders(call.path(1))
      return .none
    },
    "names": LuaClosure(arguments: 1) { call in
      // The names in a folder; nil where there is none, an error where that cannot be said.
      let folder = try call.path(1)
      do {
        return call.returns(try FileSystem.names(in: folder))
      } catch let error as FileError where error.isAbsence {
        return call.returns(Int?.none)
      }
    },
    "rename": LuaClosure(arguments: 2) { call in
      try FileSystem.rename(call.path(1), to: call.path(2))
      return .none
    },
    "remove": LuaClosure(arguments: 1) { call in
      // Whether there was a file of that name.
      call.returns(try FileSystem.remove(call.path(1)))
    },
    "spawn": LuaClosure(arguments: 2) { call in
      // Starts this program with a list of arguments, and for a purpose, a text.
      call.returns(
        try ChildProcess(call.byteTexts(1), purpose: call.string(2)), as: classes.children)
    },
    "purpose": LuaClosure(arguments: 0) { call in
      // What another process started this one for, and nil from then on; it ends with that process.
      let purpose = ChildProcess.takePurpose()
      if purpose != nil { LuaInterrupt.endWithParent() }
      return call.returns(purpose)
    },
    "sleep": LuaClosure(arguments: 1) { call in
      // Waits for so many seconds, or until an interrupt.
      let end = monotonicSeconds() + (try call.number(1, "seconds", in: 0...1e6))
      while monotonicSeconds() < end {
        try LuaInterrupt.check()
        usleep(10_000)
      }
      return .none
    },
    "interrupted": LuaClosure(arguments: 0) { call in
      // Whether what runs is to stop: then an error that was caught is no failure of what raised it.
      call.returns(LuaInterrupt.isRequested)
    },
  ]
}

private func makeFolders(_ path: Path) throws {
  var missing: [Path] = []
  var place = path
  while try FileSystem.status(place) == nil, place.parent != place {
    missing.append(place)
    place = place.parent
  }
  for folder in missing.reversed() {
    do { try FileSystem.makeFolder(folder) } catch let error as FileError {
      // Another process may have made it in the meantime.
      guard try FileSystem.isFolder(folder) else { throw error }
    }
  }
}

/// The classes of what `nas.native.store` gives.
final class StoreClasses {
  let claims: LuaClass<Claim>
  let children: LuaClass<ChildProcess>
  private var watches: [Double: ClaimWatch] = [:]

  init(_ host: LuaHost) {
    claims = host.makeClass("Claim", of: Claim.self)
    children = host.makeClass("ChildProcess", of: ChildProcess.self)
    claims
      .property("folder") { claim, call in call.returns(claim.folder) }
      .property("predecessors") { claim, call in call.returns(claim.predecessors) }
      .method("held", arguments: 0) { claim, call in call.returns(try claim.isHeld) }
      .method("release", arguments: 0) { claim, call in
        try claim.release()
        return .none
      }
      .method("finish", arguments: 0) { claim, call in
        try claim.finish()
        return .none
      }
      .method("remove_predecessors", arguments: 0) { claim, call in
        claim.removePredecessors()
        return .none
      }
    children
      .method("poll", arguments: 0) { child, call in call.returns(child.poll()) }
      .method("wait", arguments: 1) { child, call in
        // Its status, for which so many seconds are waited, in which nothing is interrupted.
        let end = monotonicSeconds() + (try call.number(2, "seconds", in: 0...1e6))
        while child.poll() == nil, monotonicSeconds() < end { usleep(10_000) }
        return call.returns(child.status)
      }
      .method("terminate", arguments: 0) { child, call in
        child.terminate()
        return .none
      }
  }

  /// What was seen of others' claims, by the patience that it is judged with.
  func watch(_ patience: Double) -> ClaimWatch {
    if let known = watches[patience] { return known }
    let watch = ClaimWatch(patience: patience)
    watches[patience] = watch
    return watch
  }
}

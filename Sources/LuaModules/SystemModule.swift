import ByteText
import FileAccess
import Glibc
import Kernels
import LuaHost

/// What this build is called, at the prompt and in reports.
public let lunasVersion = "0.1.0"

/// `nas.native`: what the standard library needs of the system.
func systemModule(_ host: LuaHost) -> LuaTable {
  var module: LuaTable = [
    "classes": LuaClosure(arguments: 0) { [unowned host] call in
      // By the class's name: the names of methods and of properties.
      call.returns(
        LuaTable(
          fields: host.classes.map {
            (key: $0.name, value: LuaTable(["methods": $0.methods, "properties": $0.properties]))
          }))
    },
    "list": LuaClosure(arguments: 1) { call in
      // A folder's names, those of folders with "/"; none where it can't be read.
      let folder = try call.path(1)
      let names = (try? FileSystem.names(in: folder)) ?? []
      return call.returns(
        names.map { name in
          (try? FileSystem.isFolder(folder.child(name))) == true ? name + "/" : name
        })
    },
    "version": lunasVersion,
    "clock": LuaClosure(arguments: 0) { call in call.returns(monotonicSeconds()) },
    "threads": LuaClosure(arguments: 1) { call in
      if let count = try call.optionalInteger(1) { WorkerPool.shared.setThreads(count) }
      return call.returns(WorkerPool.shared.threads)
    },
    "add": LuaClosure(arguments: 2) { call in
      // For scripts/bench/host.lua: a call of two numbers that costs nothing but itself.
      call.returns(try call.number(1) + call.number(2))
    },
    "memory": LuaClosure(arguments: 0) { call in
      let usage = RecycledMemory.usage
      return call.returns(usage.used, usage.peak)
    },
    "write": LuaClosure(arguments: 2) { call in
      try AtomicFile.write(call.byteText(2).bytes, to: call.path(1))
      return .none
    },
    "exists": LuaClosure(arguments: 1) { call in
      // Whether something is there; an error where that cannot be said.
      call.returns(try FileSystem.status(call.path(1)) != nil)
    },
    "requireWritable": LuaClosure(arguments: 1) { call in
      // An error unless a checkpoint can be written at a path, and the one before kept beside it.
      try AtomicFile.check(call.path(1), keepingPrevious: true)
      return .none
    },
  ]
  module.fields += terminalFunctions()
  return module
}

/// Seconds since some moment in the past, which no change of the wall clock affects.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

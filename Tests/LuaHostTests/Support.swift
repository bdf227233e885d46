import ByteText
import Glibc
import LuaHost
import Synchronization
import Testing

/// Counts the objects that are alive.
final class Population: Sendable {
  private let living = Atomic(0)
  var count: Int { living.load(ordering: .relaxed) }
  func change(by amount: Int) { living.add(amount, ordering: .relaxed) }
}

/// An object whose life is counted, and which may claim memory outside Lua's heap.
final class Probe {
  let value: Int
  private let population: Population
  private let memory: ExternalMemory?
  private let bytes: Int

  init(_ population: Population, value: Int = 0, memory: ExternalMemory? = nil, bytes: Int = 0) {
    self.value = value
    self.population = population
    self.memory = memory
    self.bytes = bytes
    population.change(by: 1)
    memory?.adjust(by: bytes)
  }

  deinit {
    population.change(by: -1)
    memory?.adjust(by: -bytes)
  }
}

/// A host with a class Probe, `probe(value)`, and the means to look at results.
final class Bench {
  let host: LuaHost
  let population = Population()
  let probes: LuaClass<Probe>

  init(memoryLimit: Int? = nil) throws {
    host = try LuaHost(memoryLimit: memoryLimit)
    probes = host.makeClass("Probe", of: Probe.self)
    probes.method("value", arguments: 0) { probe, call in call.returns(probe.value) }
    let (population, probes) = (population, probes)
    function("probe") { call in
      call.returns(Probe(population, value: try call.optionalInteger(1) ?? 0), as: probes)
    }
  }

  func function(
    _ name: String, arguments arity: LuaArity = .list, _ body: @escaping LuaBody
  ) {
    host.set(global: ByteText(name), to: LuaClosure(arguments: arity, body))
  }

  func run(_ source: String) throws { try host.run(source: ByteText(source), name: "=test") }

  /// The error that a chunk ends with.
  func failure(_ source: String) throws -> LuaError {
    let error = #expect(throws: LuaError.self) { try run(source) }
    return try #require(error)
  }

  /// The first result of a chunk, as `tostring` gives it.
  func result(_ source: String) throws -> String {
    try host.load(source: ByteText(source), name: "=test").call { $0.described(1) }
  }
}

/// A Swift error of no kind that the host knows.
struct Mishap: Error, CustomStringConvertible {
  let description: String
}

/// Bytes of this process in memory.
func residentBytes() throws -> Int {
  let file = try #require(fopen("/proc/self/statm", "r"))
  defer { fclose(file) }
  var pages = (0, 0)
  let read = withUnsafeMutablePointer(to: &pages.0) { total in
    withUnsafeMutablePointer(to: &pages.1) { resident in
      withVaList([total, resident]) { vfscanf(file, "%ld %ld", $0) }
    }
  }
  try #require(read == 2)
  return pages.1 * sysconf(Int32(_SC_PAGESIZE))
}

import Benchmarks
import ByteText
import Datasets
import FileAccess
import Kernels
import LuaHost
import Randomness
import SearchSpaces
import Tensors

/// Makes `nas` known to a host: the one global, whose modules load when first named.
///
/// Modules in Swift are preloaded under the names that `require` knows them by; modules in Lua lie in
/// the standard library's folder. `stdlib/nas/init.lua` joins both.
public func openLunasModules(_ host: LuaHost, options: HostOptions) throws {
  if let threads = options.threads { WorkerPool.shared.setThreads(threads) }
  let memory = host.externalMemory
  RecycledMemory.observe { memory.adjust(by: $0) }
  RecycledMemory.reclaim { memory.reclaim() }
  WorkerPool.shared.interrupt { try LuaInterrupt.check() }
  if let bytes = options.memoryLimit { RecycledMemory.limit(to: bytes) }
  let library = try StandardLibrary()
  let classes = Classes(host, seed: options.seed ?? 0)

  host.preload("nas.native") { [unowned host] call in call.returns(systemModule(host)) }
  host.preload("nas.native.kernels") { call in call.returns(kernelsModule()) }
  host.preload("nas.native.supernet") { call in call.returns(supernetModule(classes, library)) }
  host.preload("nas.native.json") { call in call.returns(jsonModule()) }
  host.preload("nas.native.description") { call in call.returns(descriptionModule(classes)) }
  host.preload("nas.native.benchmark") { call in call.returns(benchmarkModule(classes, library)) }
  let store = StoreClasses(host)
  host.preload("nas.native.store") { call in call.returns(storeModule(store)) }
  host.preload("nas.native.tensor") { call in call.returns(tensorModule(classes)) }
  host.preload("nas.native.nn") { call in call.returns(layersModule(classes)) }
  host.preload("nas.random") { call in call.returns(randomModule(classes)) }
  host.preload("nas.native.space") { call in call.returns(spaceModule(classes)) }
  host.preload("nas.data") { call in call.returns(dataModule(classes, library)) }
  host.preload("nas.metrics") { call in call.returns(metricsModule(classes)) }
  if let sandbox = options.sandbox { try close(host, sandbox, library) }
  host.packagePath = "\(library.packagePath);\(host.packagePath)"
  try host.run(source: "nas = require 'nas'", name: "=nas")
}

/// Takes from scripts what a sandbox does not allow, before they see anything else.
private func close(
  _ host: LuaHost, _ sandbox: HostOptions.Sandbox, _ library: StandardLibrary
) throws {
  FileAccess.confine(
    readable: [sandbox.folder, library.folder] + DatasetRegistry.folders + TablePlaces.folders,
    writable: sandbox.writable)
  func judge(_ judged: @escaping (Path) throws -> Path) -> LuaClosure {
    LuaClosure(arguments: 1) { call in
      let path = try call.path(1)
      do {
        return call.returns(try judged(path))
      } catch {
        return call.returns(Path?.none, "\(error)")
      }
    }
  }
  let restrict = try host.load(file: library.folder.child("nas/inner/sandbox.lua"))
  host.packagePath = library.packagePath
  defer { host.packagePath = sandbox.folder.child("?.lua").text }
  // What describes functions sees their upvalues, which scripts do not: it is loaded before them, and
  // before any of what the script may change.
  try host.run(source: "require 'nas.description'", name: "=nas")
  try restrict.call(judge(FileAccess.reading), judge(FileAccess.writing))
}

/// Throws where this machine's processor lacks what the kernels were built for; to be called first.
public func checkProcessor() throws { try Processor.check() }

/// The classes of objects that scripts hold.
final class Classes {
  let generators: LuaClass<GeneratorBox>
  let spaces: LuaClass<SpaceBox>
  let architectures: LuaClass<ArchitectureBox>
  let datasets: LuaClass<DatasetBox>
  let batches: LuaClass<BatchBox>
  let supernets: LuaClass<SupernetBox>
  let tables: LuaClass<TruthBox>
  let writers: LuaClass<WriterBox>
  let tensors: LuaClass<Tensor>
  let normalisations: LuaClass<NormalisationBox>
  let parameters: LuaClass<ParametersBox>
  /// What is drawn from where a script names neither seed nor generator: one stream a session.
  let generator: GeneratorBox
  /// What the standard library (`stdlib/nas/benchmark.lua`) does for tables: makes a list of figures of
  /// architectures one that knows them, and which end of it is good; tells what a column's name means;
  /// makes a list one that may be called.
  var figures: LuaFunction?
  var columnDescription: LuaFunction?
  var callableList: LuaFunction?
  /// The spaces that files of this session may name.
  let registry = SpaceRegistry()

  init(_ host: LuaHost, seed: UInt64) {
    generators = host.makeClass("Generator", of: GeneratorBox.self)
    spaces = host.makeClass("Space", of: SpaceBox.self)
    architectures = host.makeClass("Architecture", of: ArchitectureBox.self)
    datasets = host.makeClass("Dataset", of: DatasetBox.self)
    batches = host.makeClass("Batch", of: BatchBox.self)
    supernets = host.makeClass("Supernet", of: SupernetBox.self)
    tables = host.makeClass("Truth", of: TruthBox.self)
    writers = host.makeClass("TruthWriter", of: WriterBox.self)
    tensors = host.makeClass("Tensor", of: Tensor.self)
    parameters = host.makeClass("Parameters", of: ParametersBox.self)
    normalisations = host.makeClass("Normalisation", of: NormalisationBox.self)
    generator = GeneratorBox(Generator(seed: seed))
    defineGenerator(self)
    defineSpace(self)
    defineDataset(self)
    defineSupernet(self)
    defineTruth(self)
    defineTruthWriter(self)
    defineTensorShape(self)
    defineTensorArithmetic(self)
    defineTensorIndexing(self)
    defineTensorGradients(self)
    defineTensorImages(self)
  }
}

import ByteText
import FileAccess
import Optimisers
import Tensors
import WeightFiles

/// All that a training needs to go on where it was, in one file.
///
/// A safetensors file: the parameters by their names, what the optimiser keeps of each as
/// `name#velocity` and the like, each parameter's count of updates and the rate of the last in `#updates`
/// and `#rates`, and of text what the network remembers of the pieces before in `#carried`. The metadata
/// hold what `save` writes of space, data and seed, the run that the optimiser's state is of, the place in
/// the training, and what the script that trains adds: its options, its sampler's state. Random numbers need no more, since whatever is drawn depends on seed, epoch and step.
///
/// Invariant: a training that is taken up from a checkpoint ends with the bits of one that was never
/// interrupted. The file is there whole or not at all, and so is, as `path.previous`, the one before; all
/// of its numbers are finite.
extension Supernet {
  /// What a checkpoint holds besides the network.
  public struct CheckpointContent {
    /// What the script that trains added.
    public let fields: [String: String]
    /// What a recurrent network remembers of the text so far.
    public let carried: Tensor?

    public init(fields: [String: String], carried: Tensor?) {
      self.fields = fields
      self.carried = carried
    }
  }

  private static let checkpointFormat = "lunas checkpoint 3"
  private static let updates = "#updates"
  private static let rates = "#rates"
  private static let optimiserRun = "optimiser.run"
  private static let carriedState = "#carried"
  /// What optimisers keep between updates, of all kinds of them.
  private static var optimisersStates: [String] {
    let optimisers: [any Optimiser] = [GradientDescent(momentum: 0.9), Adam(), AveragedDescent()]
    return optimisers.flatMap { $0.stateNames }
  }
  /// Before the names of a script's own fields.
  private static let prefix = "run."

  /// Throws `NetworkError`, and leaves the file and the one before as they were, where a weight or what
  /// the optimiser keeps of it is not finite.
  public func saveCheckpoint(
    _ content: CheckpointContent, to path: Path
  ) throws {
    let parameters = network.parameters
    let kept = parameters.map { optimiserState[$0] }
    var tensors = parameters.map { ($0.name, $0.tensor) }
    for (parameter, kept) in zip(parameters, kept) {
      for (name, state) in (kept?.tensors ?? [:]).sorted(by: { $0.key < $1.key }) {
        tensors.append(("\(parameter.name)#\(name)", state))
      }
    }
    if let carried = content.carried { tensors.append((Self.carriedState, carried)) }
    for (name, tensor) in tensors where !tensor.isFinite {
      throw NetworkError(
        "'\(path)' was not written, and is as it was: '\(name)' holds numbers that are not finite")
    }
    tensors.append(
      (
        Self.updates,
        try Tensor(whole: kept.map { $0?.updates ?? 0 }, shape: [parameters.count])
      ))
    tensors.append(
      (
        Self.rates,
        try Tensor(kept.map { $0?.rate ?? 0 }, shape: [parameters.count], elementType: .float64)
      ))
    var metadata = try identity(format: Self.checkpointFormat)
    metadata.merge(place.fields) { $1 }
    metadata[Self.optimiserRun] = optimiserState.run
    for (name, text) in content.fields { metadata[Self.prefix + name] = text }
    try Safetensors.save(tensors, metadata: metadata, to: path, keepingPrevious: true)
  }

  /// Puts the network where it was when the checkpoint was written. `accepts` is shown the script's own
  /// fields before anything is changed, and throws where they are another training's.
  ///
  /// Throws for a file that is damaged, and `NetworkError` for one of another space, data set or seed, with the difference; the network is then as it was.
  public func loadCheckpoint(
    from path: Path, accepts: ([String: String]) throws -> Void = { _ in }
  ) throws -> CheckpointContent {
    let file = try Self.read(path)
    func refusal(_ problem: String) -> NetworkError {
      NetworkError("'\(path)' is no checkpoint of this training: \(problem)")
    }
    let expected = try identity(format: Self.checkpointFormat)
    guard file.metadata["format"] == Self.checkpointFormat else {
      throw refusal("its format is '\(file.metadata["format"] ?? "")'")
    }
    // By which name the data were opened changes no bit.
    let isSetting = { (name: String) in name != "steps" && name != "dataset" }
    let differences = expected.filter { isSetting($0.key) && file.metadata[$0.key] != $0.value }
      .sorted { $0.key < $1.key }
      .map { "\($0.key) is \(file.metadata[$0.key] ?? "not given"), here it is \($0.value)" }
    guard file.metadata["arithmetic"] != nil else {
      throw refusal(
        "an earlier lunas wrote it, which did not say all that tells trainings apart: begin anew, or "
          + "with another file")
    }
    guard differences.isEmpty else { throw refusal(differences.joined(separator: "; ")) }
    guard let steps = file.metadata["steps"].flatMap({ Int($0) }), (0...1 << 53).contains(steps),
      let place = TrainingPlace(fields: file.metadata)
    else { throw refusal("it does not say how far the training came") }
    var fields: [String: String] = [:]
    for (name, text) in file.metadata where name.hasPrefix(Self.prefix) {
      fields[String(name.dropFirst(Self.prefix.count))] = text
    }
    try accepts(fields)
    let carried = try restore(file, path)
    self.steps = steps
    self.place = place
    return CheckpointContent(fields: fields, carried: carried)
  }

  /// The file, or an error that names the whole one from before where there is such.
  private static func read(_ path: Path) throws -> Safetensors {
    do { return try Safetensors(path: path) } catch let damage as Safetensors.Failure {
      let previous = AtomicFile.previous(path)
      guard let status = try FileSystem.status(previous), status.kind == .file else { throw damage }
      throw NetworkError(
        "\(damage.description); the checkpoint before it is '\(previous)': give that file this name to "
          + "go on from it")
    }
  }

  /// Parameters and what the optimiser keeps, all of it or, where something is missing, nothing.
  private func restore(_ file: Safetensors, _ path: Path) throws -> Tensor? {
    func failure(_ problem: String) -> NetworkError { NetworkError("'\(path)': \(problem)") }
    let parameters = network.parameters
    guard let counts = try file.entries[ByteText(Self.updates)]?.tensor(),
      counts.shape == [parameters.count],
      counts.elementType == .int64
    else { throw failure("the counts of \(parameters.count) parameters' updates are missing") }
    guard let lastRates = try file.entries[ByteText(Self.rates)]?.tensor(),
      lastRates.shape == counts.shape, lastRates.elementType == .float64
    else { throw failure("the rates of \(parameters.count) parameters' updates are missing") }
    let owners = Dictionary(
      parameters.map { (ByteText($0.name), $0.tensor) }, uniquingKeysWith: { $1 })
    let apart: Set<ByteText> = [
      ByteText(Self.updates), ByteText(Self.rates), ByteText(Self.carriedState),
    ]
    let known = Self.optimisersStates
    var states: [ByteText: [String: Tensor]] = [:]
    for (name, entry) in file.entries where owners[name] == nil && !apart.contains(name) {
      let state = try entry.tensor()
      guard let mark = name.bytes.lastIndex(of: UInt8(ascii: "#")),
        case let owner = ByteText(name.bytes[..<mark]), let tensor = owners[owner],
        state.shape == tensor.shape, state.elementType == tensor.elementType
      else { throw failure("'\(name)' of shape \(shown(state.shape)) belongs to no parameter") }
      let kept = "\(ByteText(name.bytes[(mark + 1)...]))"
      guard known.contains(kept) else {
        throw failure("'\(name)' is nothing that an optimiser keeps of a parameter")
      }
      states[owner, default: [:]][kept] = state
    }
    let restored = OptimiserState()
    let (updates, rates) = (try counts.integers(for: "checkpoint"), lastRates.doubles())
    let places = Dictionary(
      parameters.enumerated().map { (ByteText($1.name), $0) }, uniquingKeysWith: { $1 })
    try restored.restore(file.metadata[Self.optimiserRun], parameters) { parameter in
      let name = ByteText(parameter.name)
      guard let place = places[name], updates[place] > 0 else { return nil }
      return OptimiserState.Kept(
        updates: updates[place], rate: rates[place], tensors: states[name] ?? [:])
    }
    try file.load(into: parameters, path: path, ignoring: { owners[$0] == nil })
    optimiserState = restored
    return try file.entries[ByteText(Self.carriedState)]?.tensor()
  }
}

/// A copy.
extension Supernet {
  /// A network of the same weights, running statistics, optimiser's state and counts, that shares
  /// nothing with this one.
  public func copy() throws -> Supernet {
    let copy = try Supernet(space, dataset, options)
    try Tape.withoutRecording {
      for (mine, other) in zip(network.parameters, copy.network.parameters) {
        try other.tensor.assign(mine.tensor, named: "copy")
      }
    }
    try copy.optimiserState.restore(optimiserState.run, copy.network.parameters) {
      optimiserState[$0]
    }
    copy.steps = steps
    copy.place = place
    copy.interruption = interruption
    return copy
  }

  /// Makes each weight the average that averaged descent has kept of it, where it has. The average
  /// itself stays.
  public func adoptAverages() throws {
    try Tape.withoutRecording {
      for parameter in network.parameters {
        guard let average = optimiserState[parameter]?.tensors["average"] else { continue }
        try parameter.tensor.assign(average, named: "averages")
      }
    }
  }
}

extension TrainingPlace {
  /// All of it as texts that give the same bits back.
  var fields: [String: String] {
    [
      "place.epoch": String(epoch), "place.batches": String(batches), "place.steps": String(steps),
      "place.loss": String(loss.bitPattern), "place.correct": String(correct.bitPattern),
      "place.labels": String(labels), "place.gradient_norm": String(gradientNorm.bitPattern),
      "place.learning_rate": learningRate.map { String($0.bitPattern) } ?? "",
      "place.smoothed_loss": smoothedLoss.map { String($0.bitPattern) } ?? "",
    ]
  }

  /// Nil where a text is missing, or no number that a place can have.
  init?(fields: [String: String]) {
    func count(_ name: String) -> Int? {
      fields["place.\(name)"].flatMap { Int($0) }.flatMap { (0...1 << 53).contains($0) ? $0 : nil }
    }
    func number(_ name: String) -> Double? {
      fields["place.\(name)"].flatMap { UInt64($0) }.map { Double(bitPattern: $0) }
    }
    guard let epoch = count("epoch"), let batches = count("batches"), let steps = count("steps"),
      let loss = number("loss"), let correct = number("correct"), let labels = count("labels"),
      let gradientNorm = number("gradient_norm")
    else { return nil }
    self.epoch = epoch
    self.batches = batches
    self.steps = steps
    self.loss = loss
    self.correct = correct
    self.labels = labels
    self.gradientNorm = gradientNorm
    learningRate = number("learning_rate")
    smoothedLoss = number("smoothed_loss")
  }
}

/// What the command line says to the modules that a host opens.
public struct HostOptions: Sendable, Equatable {
  /// The seed of everything drawn without a seed of its own; nil where none was given.
  public var seed: UInt64?
  /// The number of threads for kernels; nil means as many as the machine has cores.
  public var threads: Int?

  public init(seed: UInt64? = nil, threads: Int? = nil) {
    self.seed = seed
    self.threads = threads
  }
}

public import FileAccess

/// What the command line says to the modules that a host opens.
public struct HostOptions: Sendable, Equatable {
  /// The seed of everything drawn without a seed of its own; nil where none was given.
  public var seed: UInt64?
  /// The number of threads for kernels; nil means as many as the machine has cores.
  public var threads: Int?
  /// Seconds that the session may take.
  public var timeLimit: Double?
  /// Bytes that Lua's heap and tensors may take together.
  public var memoryLimit: Int?
  /// The least memory limit: enough to start, and to say what went wrong.
  public static let leastMemory = 4 << 20
  public var sandbox: Sandbox?

  /// What a script may do with files, where it may not do everything.
  public struct Sandbox: Sendable, Equatable {
    /// The script's folder, below which it may read.
    public var folder: Path = "."
    /// The folders below which it may read and write.
    public var writable: [Path] = []
    /// The limits of a sandbox that names none.
    public static let timeLimit = 300.0
    public static let memoryLimit = 1 << 30

    public init() {}
  }

  public init(seed: UInt64? = nil, threads: Int? = nil) {
    self.seed = seed
    self.threads = threads
  }
}

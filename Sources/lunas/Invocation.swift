import ByteText
import FileAccess
import LuaHost

/// What a command line asks for. The grammar is that of Lua's own interpreter, to which it adds
/// `--seed`, `--threads`, limits, `--sandbox`, `-h` and `--help`.
///
/// Invariant: options end at the first argument that is none; `steps` keeps their order.
struct Invocation: Equatable {
  enum Step: Equatable {
    case execute(ByteText)
    case require(module: ByteText, global: ByteText)
    case enableWarnings
  }

  enum Mistake: Error, Equatable {
    case unrecognized(ByteText)
    case needsArgument(ByteText)
    case badValue(option: ByteText, value: ByteText, expected: String)
    case needsSandbox(ByteText)

    var message: String {
      switch self {
      case .unrecognized(let option): "unrecognized option '\(option)'"
      case .needsArgument(let option): "'\(option)' needs argument"
      case .badValue(let option, let value, let expected):
        "'\(option)' needs \(expected), got '\(value)'"
      case .needsSandbox(let option): "'\(option)' is for a sandbox, and needs '--sandbox'"
      }
    }
  }

  var steps: [Step] = []
  var hostOptions = HostOptions()
  var showsHelp = false
  var showsVersion = false
  var isInteractive = false
  var ignoresEnvironment = false
  /// The place of the script's name among the arguments; their number if there is no script.
  var scriptIndex = 0
  /// The script's path; nil for standard input, or where there is no script.
  var scriptPath: Path?
  var hasScript = false

  /// - Parameter arguments: the process's, its name first.
  init(_ arguments: [ByteText]) throws(Mistake) {
    var place = 1
    var writable: [Path] = []
    options: while place < arguments.count, arguments[place].hasPrefix("-") {
      let argument = arguments[place]
      if argument == "-" { break }
      if argument == "--" {
        place += 1
        break
      }
      if argument.hasPrefix("--") {
        try parseLong(argument, arguments, &place, &writable)
      } else {
        try parseShort(argument, arguments, &place)
      }
      place += 1
    }
    try settleSandbox(writable)
    scriptIndex = place
    if place < arguments.count {
      hasScript = true
      let isInput = arguments[place] == "-" && arguments[place - 1] != "--"
      scriptPath = isInput ? nil : Path(arguments[place])
      if let script = scriptPath { hostOptions.sandbox?.folder = script.parent }
    }
  }

  private mutating func parseShort(
    _ argument: ByteText, _ arguments: [ByteText], _ place: inout Int
  ) throws(Mistake) {
    let attached = ByteText(argument.bytes.dropFirst(2))
    switch (ByteText(argument.bytes.prefix(2)), attached.isEmpty) {
    case ("-E", true): ignoresEnvironment = true
    case ("-W", true): steps.append(.enableWarnings)
    case ("-v", true): showsVersion = true
    case ("-h", true): showsHelp = true
    case ("-i", true):
      isInteractive = true
      showsVersion = true
    case ("-e", _):
      steps.append(.execute(try value(argument, attached, arguments, &place)))
    case ("-l", _):
      steps.append(Self.library(try value(argument, attached, arguments, &place)))
    default: throw .unrecognized(argument)
    }
  }

  private mutating func parseLong(
    _ argument: ByteText, _ arguments: [ByteText], _ place: inout Int, _ writable: inout [Path]
  ) throws(Mistake) {
    let parts = argument.parted(by: UInt8(ascii: "="))
    let option = parts?.before ?? argument
    let attached = parts?.after ?? ""
    switch option {
    case "--help" where parts == nil: showsHelp = true
    case "--seed":
      let text = try value(option, attached, arguments, &place)
      guard let seed = text.utf8.flatMap({ UInt64($0) }) else {
        throw .badValue(
          option: option, value: text, expected: "a whole number from 0 to \(UInt64.max)")
      }
      hostOptions.seed = seed
    case "--threads":
      let text = try value(option, attached, arguments, &place)
      guard let threads = text.utf8.flatMap({ Int($0) }), Self.threadCounts.contains(threads) else {
        let expected = "a whole number from 1 to \(Self.threadCounts.upperBound)"
        throw .badValue(option: option, value: text, expected: expected)
      }
      hostOptions.threads = threads
    case "--time-limit":
      let text = try value(option, attached, arguments, &place)
      guard let seconds = text.utf8.flatMap({ Double($0) }), Self.timeLimits.contains(seconds)
      else {
        throw .badValue(
          option: option, value: text, expected: "a number of seconds from 0.001 to 1e8")
      }
      hostOptions.timeLimit = seconds
    case "--memory-limit":
      let text = try value(option, attached, arguments, &place)
      guard let bytes = text.utf8.flatMap(Self.bytes) else {
        throw .badValue(
          option: option, value: text,
          expected: "a size such as 500M or 2G (in bytes, or in K, M or G for KiB, MiB or GiB) of "
            + "at least \(HostOptions.leastMemory >> 20)M, in which lunas can run")
      }
      hostOptions.memoryLimit = bytes
    case "--sandbox" where parts == nil: hostOptions.sandbox = HostOptions.Sandbox()
    case "--writable": writable.append(Path(try value(option, attached, arguments, &place)))
    default: throw .unrecognized(argument)
    }
  }

  private static let threadCounts = 1...256
  private static let timeLimits = 0.001...1e8

  /// A number of bytes in which lunas can run: of bytes, or of KiB, MiB or GiB where "K", "M" or "G"
  /// follows, or the unit's whole name.
  private static func bytes(_ text: String) -> Int? {
    let units = ["": 0, "k": 10, "m": 20, "g": 30, "kib": 10, "mib": 20, "gib": 30]
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits), let shift = units[text.dropFirst(digits.count).lowercased()]
    else { return nil }
    let (bytes, overflows) = number.multipliedReportingOverflow(by: 1 << shift)
    return overflows || bytes < HostOptions.leastMemory ? nil : bytes
  }

  /// A sandbox has limits and no environment, whatever else was asked for.
  private mutating func settleSandbox(_ writable: [Path]) throws(Mistake) {
    guard hostOptions.sandbox != nil else {
      if !writable.isEmpty { throw .needsSandbox("--writable") }
      return
    }
    hostOptions.sandbox?.writable = writable
    hostOptions.timeLimit = hostOptions.timeLimit ?? HostOptions.Sandbox.timeLimit
    hostOptions.memoryLimit = hostOptions.memoryLimit ?? HostOptions.Sandbox.memoryLimit
    ignoresEnvironment = true
  }

  /// An option's value: attached to it, or the next argument if that is no option.
  private func value(
    _ option: ByteText, _ attached: ByteText, _ arguments: [ByteText], _ place: inout Int
  ) throws(Mistake) -> ByteText {
    if !attached.isEmpty { return attached }
    place += 1
    guard place < arguments.count, !arguments[place].hasPrefix("-") else {
      throw .needsArgument(option)
    }
    return arguments[place]
  }

  /// `-l module` or `-l global=module`.
  private static func library(_ text: ByteText) -> Step {
    let parts = text.parted(by: UInt8(ascii: "="))
    return .require(module: parts?.after ?? text, global: parts?.before ?? text)
  }

  static func usage(_ program: String) -> String {
    """
    usage: \(program) [options] [script [args]]
    Available options are:
      -e stat            execute string 'stat'
      -i                 enter interactive mode after executing 'script'
      -l mod             require library 'mod' into global 'mod'
      -l g=mod           require library 'mod' into global 'g'
      -v                 show version information
      -E                 ignore environment variables
      -W                 turn warnings on
      --seed N           seed of what is drawn without a seed of its own
      --threads N        number of threads for kernels (all cores by default)
      --time-limit S     stop with an error after S seconds
      --memory-limit N   allow Lua's heap and tensors N bytes together; K, M, G for KiB, MiB, GiB
      --sandbox          no processes, environment or native modules; files may be read below the
                         script's folder and lunas's data only; limits of 300 seconds and 1G
                         unless others are given
      --writable DIR     in the sandbox, files below DIR may be read and written (repeatable)
      -h, --help         show this help
      --                 stop handling options
      -                  stop handling options and execute stdin

    """
  }
}

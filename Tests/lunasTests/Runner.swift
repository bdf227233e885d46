import Foundation
import Testing

/// Runs interpreters as processes, in a folder of their own.
struct Runner {
  struct Outcome: Equatable {
    var output: String
    var errors: String
    var status: Int32
  }

  /// The built `lunas`, which stands beside the test product.
  static let lunas = beside("lunas")
  /// Debian's interpreter; nil where it is not installed.
  static let reference: String? = ["/usr/bin/lua5.4", "/usr/local/bin/lua5.4"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  private static func beside(_ name: String) -> String {
    let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return executable.deletingLastPathComponent().appendingPathComponent(name).path
  }

  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("lunas-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  func write(_ name: String, _ text: String) throws {
    try text.write(to: folder.appendingPathComponent(name), atomically: false, encoding: .utf8)
  }

  func process(
    _ program: String, _ arguments: [String], environment: [String: String] = [:]
  ) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var inherited = ProcessInfo.processInfo.environment
    for name in ["LUA_INIT", "LUA_INIT_5_4", "LUA_PATH", "LUA_CPATH"] { inherited[name] = nil }
    process.environment = inherited.merging(environment) { $1 }
    return process
  }

  /// Runs a program to its end. Output goes through files, so that no pipe can fill.
  func run(
    _ program: String, _ arguments: [String], input: String = "",
    environment: [String: String] = [:]
  ) throws -> Outcome {
    let process = process(program, arguments, environment: environment)
    let names = ["input", "output", "errors"].map { "\($0)-\(UUID().uuidString)" }
    let files = names.map { folder.appendingPathComponent($0) }
    defer { for file in files { try? FileManager.default.removeItem(at: file) } }
    try write(names[0], input)
    try write(names[1], "")
    try write(names[2], "")
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    return Outcome(
      output: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self),
      status: process.terminationStatus)
  }
}

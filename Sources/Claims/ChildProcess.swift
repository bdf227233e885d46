import ByteText
import FileAccess
import Glibc

/// Another process of this program, which works beside this one.
///
/// It has this process's environment and standard error, no input, and nowhere to write its output: what
/// it finds out stands in files.
public final class ChildProcess {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  public let number: pid_t
  /// 0 where it ended well, its exit status or 128 and the signal that ended it otherwise; nil while it
  /// runs.
  public private(set) var status: Int?

  /// The variable of the environment that tells a process what it was started for.
  private static let purposeName = "LUNAS_WORKER"

  /// What this process was started for; nil where no other started it, and when it was asked before: a
  /// process that this one starts is not to take it for its own.
  public static func takePurpose() -> String? {
    defer { unsetenv(purposeName) }
    return getenv(purposeName).map { String(cString: $0) }
  }

  /// Starts this program with these arguments, its name not among them; `takePurpose` gives it the
  /// purpose. Throws `Failure`, within a sandbox too.
  public init(_ arguments: [ByteText], purpose: String) throws {
    guard !FileAccess.isConfined else {
      throw Failure(description: "processes are not allowed in the sandbox")
    }
    let program = try FileSystem.resolved("/proc/self/exe") ?? Path("/proc/self/exe")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    var words = ([program.text] + arguments).map { word in word.withCString { strdup($0) } }
    defer { for word in words { free(word) } }
    guard words.allSatisfy({ $0 != nil }) else {
      throw Failure(description: "no memory for another process")
    }
    words.append(nil)
    var variables: [UnsafeMutablePointer<CChar>?] = []
    var place = environ
    while let variable = place.pointee {
      variables.append(variable)
      place += 1
    }
    let own = strdup("\(Self.purposeName)=\(purpose)")
    defer { free(own) }
    variables += [own, nil]
    var number: pid_t = 0
    let code = program.text.withCString {
      posix_spawn(&number, $0, &actions, nil, words, variables)
    }
    guard code == 0 else {
      throw Failure(
        description: "no further process could be started: \(String(cString: strerror(code)))")
    }
    self.number = number
  }

  /// Looks whether it has ended; the same as `status`.
  public func poll() -> Int? {
    guard status == nil else { return status }
    var found: Int32 = 0
    let result = waitpid(number, &found, WNOHANG)
    if result == number {
      let signal = Int(found & 0x7f)
      status = signal == 0 ? Int(found >> 8 & 0xff) : 128 + signal
    } else if result == -1, errno != EINTR {
      status = 127
    }
    return status
  }

  /// Asks it to end, as Ctrl-C and a system that shuts down do: it saves what it does first.
  public func terminate() {
    if poll() == nil { kill(number, SIGTERM) }
  }
}

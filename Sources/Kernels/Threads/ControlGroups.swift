#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What Linux's control groups leave this process of the machine: a container, or one's share of a
/// cluster's node, is a group with less memory and fewer processors than the machine has.
///
/// A process belongs to a group of each hierarchy (`/proc/self/cgroup`), and every group up to the
/// root bounds it. Version 2 has one hierarchy; version 1 has one for each controller, and both may
/// be mounted side by side. See the kernel's "Control Group v2" and, for version 1, "CFS bandwidth
/// control" and "Memory resource controller".
///
/// Invariant: what cannot be read bounds nothing.
public struct ControlGroups {
  private let root: String

  /// - Parameter root: the folder that holds `proc` and `sys`; "" is the system's own.
  public init(root: String = "") { self.root = root }

  /// The bytes of memory that the process may take; nil where they are not bounded.
  public var memory: Int? {
    let bounds =
      texts("memory.max", controller: nil) + texts("memory.limit_in_bytes", controller: "memory")
    // Without a bound version 2 has the word "max", and version 1 a number beyond any memory.
    return bounds.compactMap { Int($0) }.filter { $0 > 0 }.min()
  }

  /// The number of processors whose time the process may take, rounded up; nil where it is not bounded.
  public var processors: Int? {
    let together = texts("cpu.max", controller: nil).map { $0.split(separator: " ") }
    // Each group has both files.
    let apart = zip(
      texts("cpu.cfs_quota_us", controller: "cpu"), texts("cpu.cfs_period_us", controller: "cpu")
    ).map { [Substring($0), Substring($1)] }
    let counts = (together + apart).compactMap { parts -> Int? in
      guard parts.count == 2, let quota = Int(parts[0]), let period = Int(parts[1]),
        quota > 0, period > 0
      else { return nil }
      return (quota - 1) / period + 1
    }
    return counts.min()
  }

  /// The contents of a file in this process's group of a hierarchy, and in all groups above: that of
  /// a controller of version 1, or nil for version 2.
  private func texts(_ file: String, controller: String?) -> [String] {
    var texts: [String] = []
    for line in lines("\(root)/proc/self/cgroup") {
      // Number, controllers, path.
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let controllers = parts[1].split(separator: ",").map(String.init)
      var mounts: [String]
      if let controller {
        guard controllers.contains(controller) else { continue }
        mounts = [controller, String(parts[1])]
      } else {
        guard controllers.isEmpty else { continue }
        mounts = ["", "unified"]
      }
      if mounts.first == mounts.last { mounts.removeLast() }
      var path = parts[2].split(separator: "/")
      while true {
        let group = path.map { "/\($0)" }.joined()
        for mount in mounts {
          texts += lines("\(root)/sys/fs/cgroup/\(mount)\(group)/\(file)").prefix(1)
        }
        if path.popLast() == nil { break }
      }
    }
    return texts
  }

  private func lines(_ path: String) -> [String] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var lines: [String] = []
    var buffer = [CChar](repeating: 0, count: 4096)
    while fgets(&buffer, Int32(buffer.count), file) != nil {
      let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
      lines.append(String(decoding: bytes, as: UTF8.self))
    }
    return lines
  }
}

import Foundation
import Kernels
import Testing

/// What control groups leave a process, read from a folder that looks like the system's.
@Suite struct ControlGroupsTests {
  /// The groups of a folder that holds these files.
  private func groups<Result>(
    _ files: [String: String], _ read: (ControlGroups) throws -> Result
  ) throws -> Result {
    let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in files {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return try read(ControlGroups(root: root.path))
  }

  @Test func theNarrowestGroupAboveTheProcessCounts() throws {
    try groups([
      "proc/self/cgroup": "0::/jobs/mine\n",
      "sys/fs/cgroup/jobs/mine/cpu.max": "max 100000\n",
      "sys/fs/cgroup/jobs/cpu.max": "250000 100000\n",
      "sys/fs/cgroup/jobs/mine/memory.max": "8000000\n",
      "sys/fs/cgroup/jobs/memory.max": "max\n",
      "sys/fs/cgroup/elsewhere/cpu.max": "1000 100000\n",
    ]) {
      #expect($0.processors == 3)
      #expect($0.memory == 8_000_000)
    }
  }

  @Test func versionOneIsReadBesideVersionTwo() throws {
    try groups([
      "proc/self/cgroup": "4:memory:/box\n3:cpu,cpuacct:/box\n0::/\n",
      "sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us": "100000\n",
      "sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us": "100000\n",
      "sys/fs/cgroup/memory/box/memory.limit_in_bytes": "9223372036854771712\n",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "4096000\n",
    ]) {
      #expect($0.processors == 1)
      #expect($0.memory == 4_096_000)
    }
  }

  @Test(arguments: ["-1", "0", "max", "", "many"])
  func whatBoundsNothingIsNoBound(quota: String) throws {
    try groups([
      "proc/self/cgroup": "3:cpu:/\n0::/\nnonsense\n",
      "sys/fs/cgroup/cpu/cpu.cfs_quota_us": quota,
      "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
      "sys/fs/cgroup/cpu.max": "\(quota) 100000",
    ]) { #expect($0.processors == nil) }
    try groups([:]) { #expect($0.processors == nil && $0.memory == nil) }
  }
}

import ByteText
import FileAccess
import Foundation
import Kernels
import Parameters
import Randomness
import Tensors
import TestSupport
import Testing
import WeightFiles

/// Weights in files: there and back, and to Python and back.
@MainActor @Suite struct SafetensorsTests {
  /// Tensors of every kind that networks keep.
  private func tensors(seed: UInt64) throws -> [(name: String, tensor: Tensor)] {
    var generator = Generator(seed: seed)
    func tensor(
      _ shape: [Int], _ layout: Tensor.Layout = .plain, _ element: ElementType = .float32
    ) throws -> Tensor {
      try Tensor(
        (0..<shape.reduce(1, *)).map { _ in generator.uniform(-1, 1) }, shape: shape,
        layout: layout, elementType: element)
    }
    return [
      ("stem.0.weight", try tensor([6, 3, 3, 3], .convolutionWeights)),
      ("cells.0.edges.1<-0.2.op.1.weight", try tensor([20, 17, 1, 1], .convolutionWeights)),
      ("bias", try tensor([5])), ("single", try tensor([])), ("none", try tensor([0, 3])),
      ("double", try tensor([2, 3], .plain, .float64)),
      ("image", try tensor([2, 3, 4, 5], .image)),
      ("odd \"name\"\\ \u{e9}\n", try tensor([1])),
    ]
  }

  private func bits(_ tensor: Tensor) -> [UInt64] { tensor.doubles().map(\.bitPattern) }

  @Test func tensorsComeBack() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("weights.safetensors")
    let saved = try tensors(seed: 1)
    try Safetensors.save(
      saved, metadata: ["space": "nasbench201", "\u{e9}": "\"\\\n"], to: Path(path))
    let file = try Safetensors(path: Path(path))
    #expect(file.metadata == ["space": "nasbench201", "\u{e9}": "\"\\\n"])
    #expect(Set(file.entries.keys) == Set(saved.map { ByteText($0.name) }))
    for (name, tensor) in saved {
      let entry = try #require(file.entries[ByteText(name)])
      #expect(entry.shape == tensor.shape)
      #expect(entry.elementType == tensor.elementType)
      #expect(try entry.tensor().doubles().map(\.bitPattern) == bits(tensor))
    }
    let parameters = try tensors(seed: 2).map { Parameter($0.name, $0.tensor) }
    try file.load(into: parameters, path: Path(path))
    for (parameter, (_, tensor)) in zip(parameters, saved) {
      #expect(bits(parameter.tensor) == bits(tensor))
    }
    try Safetensors.save([], to: Path(path))
    #expect(try Safetensors(path: Path(path)).entries.isEmpty)
  }

  @Test func numbersThatAreNone() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("weights.safetensors")
    let values: [Float] = [.nan, .infinity, -.infinity, -0.0, .leastNonzeroMagnitude]
    try Safetensors.save([("x", try Tensor(values, shape: [5]))], to: Path(path))
    let found = try #require(try Safetensors(path: Path(path)).entries["x"]).tensor().doubles()
    #expect(found[0].isNaN)
    #expect(found.dropFirst().map { Float($0).bitPattern } == values.dropFirst().map(\.bitPattern))
  }

  @Test func loadingIsAllOrNothing() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("weights.safetensors")
    let saved = try tensors(seed: 1)
    try Safetensors.save(saved, to: Path(path))
    let file = try Safetensors(path: Path(path))
    func check(_ change: (inout [Parameter]) throws -> Void, _ words: String...) throws {
      var parameters = try tensors(seed: 2).map { Parameter($0.name, $0.tensor) }
      try change(&parameters)
      let before = parameters.map { bits($0.tensor) }
      let error = #expect(throws: Safetensors.Failure.self) {
        try file.load(into: parameters, path: Path(path))
      }
      for word in words + [path] { #expect(error?.description.contains(word) == true) }
      #expect(parameters.map { bits($0.tensor) } == before)
    }
    try check({ $0.append(Parameter("missing", try Tensor([1.0], shape: [1]))) }, "'missing'")
    try check({ $0.removeAll { $0.name == "bias" } }, "'bias'")
    try check(
      { parameters in
        let place = try #require(parameters.firstIndex { $0.name == "bias" })
        parameters[place] = Parameter("bias", try Tensor([1.0, 2, 3, 4], shape: [4]))
      }, "'bias'", "5", "4")
    try check(
      { parameters in
        let place = try #require(parameters.firstIndex { $0.name == "stem.0.weight" })
        parameters[place] = Parameter(
          "stem.0.weight", try Tensor(shape: [3, 6, 3, 3], layout: .convolutionWeights))
      }, "'stem.0.weight'")
  }

  private func python(_ program: String, _ arguments: [String]) throws -> (Int32, String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program] + arguments
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  @Test func pythonReadsAndWritesTheSameFiles() throws {
    guard (try? python("import numpy, safetensors.numpy", []).0) == 0 else {
      print("Python's safetensors is not installed: skipped")
      return
    }
    let folder = try TemporaryFolder()
    let (ours, theirs) = (folder.file("ours.safetensors"), folder.file("theirs.safetensors"))
    let saved = try tensors(seed: 1)
    try Safetensors.save(saved, metadata: ["made by": "lunas"], to: Path(ours))
    // Each tensor's first number and sum go out as text, exactly; then everything goes back doubled.
    let program = """
      import numpy
      import sys
      from safetensors import safe_open
      from safetensors.numpy import load_file, save_file
      tensors = load_file(sys.argv[1])
      print(safe_open(sys.argv[1], "numpy").metadata()["made by"])
      for name in sorted(tensors):
        x = tensors[name].astype("float64")
        print(x.shape, *[value.hex() for value in x.flatten().tolist()])
      save_file({name: numpy.asarray(2 * x) for name, x in tensors.items()}, sys.argv[2], {"made by": "Python"})
      """
    let (status, output) = try python(program, [ours, theirs])
    try #require(status == 0)
    let lines = output.split(separator: "\n", omittingEmptySubsequences: true)
    #expect(lines.first == "lunas")
    for (line, (_, tensor)) in zip(lines.dropFirst(), saved.sorted { $0.name < $1.name }) {
      let shape = tensor.shape.map(String.init).joined(separator: ", ")
      #expect(line.hasPrefix(tensor.shape.count == 1 ? "(\(shape),)" : "(\(shape))"))
      let words = line.drop { $0 != ")" }.dropFirst().split(separator: " ")
      #expect(words.map { Double($0) } == tensor.doubles())
    }
    #expect(lines.count == saved.count + 1)
    let back = try Safetensors(path: Path(theirs))
    #expect(back.metadata == ["made by": "Python"])
    for (name, tensor) in saved {
      let entry = try #require(back.entries[ByteText(name)])
      #expect(entry.shape == tensor.shape)
      #expect(try entry.tensor().doubles() == tensor.doubles().map { 2 * $0 })
    }
  }
}

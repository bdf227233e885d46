// swift-tools-version: 6.2

// The house of lunas. Arrows point one way, downwards:
// lunas -> LuaModules -> Supernets -> (SearchSpaces, Optimisers, WeightFiles) -> Parameters -> Tensors -> Kernels.

import PackageDescription

/// The processor that `Kernels` is built for; a binary refuses to run on one that lacks its features.
let processor = Context.environment["LUNAS_CPU"] ?? "native"

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// Kernels are optimised in debug builds too, without overflow checks: their callers check.
let kernelSettings: [SwiftSetting] =
  strict + [.unsafeFlags(["-Ounchecked", "-wmo", "-Xcc", "-march=\(processor)"])]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude,
    swiftSettings: strict)
}

let package = Package(
  name: "lunas",
  products: [.executable(name: "lunas", targets: ["lunas"])],
  targets: [
    .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
    .target(
      name: "CLuaHost", dependencies: ["CLua"], cSettings: [.unsafeFlags(["-Werror", "-Wall"])]),
    room("LuaHost", ["CLua", "CLuaHost", "ByteText", "FileAccess", "Spelling"]),

    .target(
      name: "CLineEditor", cSettings: [.unsafeFlags(["-Werror", "-Wall"])],
      linkerSettings: [.linkedLibrary("readline")]),
    room("LineEditing", ["CLineEditor", "LuaHost", "ByteText", "FileAccess"]),

    .target(
      name: "CProcessor", cSettings: [.unsafeFlags(["-Werror", "-Wall", "-march=\(processor)"])]),
    .target(name: "Kernels", dependencies: ["CProcessor"], swiftSettings: kernelSettings),
    .target(name: "Probes", dependencies: ["Kernels"], swiftSettings: kernelSettings),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    room("Checksums", ["CZlib"]),
    room("Randomness", ["Checksums"]),
    room("Spelling"),
    room("ByteText"),
    room("JSON", ["ByteText"]),
    room("Pickles", ["ByteText"]),
    room("FileAccess", ["ByteText"]),
    room("Tensors", ["Kernels", "Randomness"]),
    room("Parameters", ["Tensors", "Kernels", "Randomness"]),
    room("Optimisers", ["Parameters", "Tensors", "Kernels"]),
    room(
      "WeightFiles",
      ["Parameters", "Tensors", "Kernels", "ByteText", "FileAccess", "Checksums", "JSON"]),
    room("SearchSpaces", ["Randomness", "ByteText", "Spelling", "Checksums"]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    room(
      "Datasets",
      [
        "Tensors", "Kernels", "Randomness", "Spelling", "ByteText", "FileAccess", "CZlib",
        "Checksums", "CTurboJPEG", "CPNG", "Pickles",
      ]),
    room(
      "Supernets",
      [
        "SearchSpaces", "Optimisers", "WeightFiles", "Parameters", "Datasets", "Tensors", "Kernels",
        "Randomness", "ByteText", "FileAccess",
      ]),
    room("Claims", ["Kernels", "ByteText", "FileAccess"]),
    room("Metrics", ["Randomness"]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    room("SQLite", ["CSQLite", "ByteText", "FileAccess"]),
    .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
    room(
      "Benchmarks",
      [
        "SearchSpaces", "SQLite", "Pickles", "CBzip2", "JSON", "Checksums", "Randomness",
        "Spelling",
        "ByteText", "FileAccess",
      ]),
    room(
      "LuaModules",
      [
        "LuaHost", "Supernets", "SearchSpaces", "Datasets", "Metrics", "Benchmarks", "Optimisers",
        "WeightFiles", "Parameters", "Probes",
        "Tensors", "Kernels", "Randomness", "Spelling", "ByteText", "FileAccess", "Claims", "JSON",
      ]),
    .executableTarget(
      name: "lunas",
      dependencies: ["LuaModules", "LineEditing", "LuaHost", "ByteText", "FileAccess"],
      swiftSettings: strict),

    tests("LuaHost", ["ByteText", "FileAccess"]),
    tests("LineEditing", ["ByteText", "FileAccess", "TestSupport"]),
    tests("lunas", ["ByteText", "FileAccess"]),
    tests("Kernels", ["Randomness"]),
    tests("Checksums"),
    tests("Randomness"),
    tests("Spelling"),
    tests("ByteText"),
    tests("JSON", ["ByteText"]),
    tests("FileAccess", ["ByteText", "TestSupport"], exclude: ["Fixtures"]),
    tests("Tensors", ["Kernels", "Randomness"], exclude: ["Fixtures"]),
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    tests("Parameters", ["Tensors", "Kernels"]),
    tests(
      "Optimisers", ["Parameters", "WeightFiles", "Tensors", "Kernels", "Randomness", "FileAccess"]
    ),
    tests(
      "WeightFiles",
      [
        "Parameters", "Optimisers", "Tensors", "Kernels", "Randomness", "ByteText", "FileAccess",
        "TestSupport",
      ], exclude: ["Fixtures"]),
    tests("SearchSpaces", ["Randomness", "Metrics"]),
    tests(
      "Datasets",
      ["ByteText", "FileAccess", "Randomness", "Tensors", "Kernels", "TestSupport"],
      exclude: ["Fixtures"]),
    tests(
      "Supernets",
      [
        "SearchSpaces", "Optimisers", "WeightFiles", "Parameters", "Datasets", "Tensors", "Kernels",
        "Randomness", "ByteText", "FileAccess", "TestSupport",
      ]),
    tests("Claims", ["ByteText", "FileAccess", "TestSupport"]),
    tests("Metrics", ["Randomness"], exclude: ["Fixtures"]),
    tests("SQLite", ["ByteText", "FileAccess", "TestSupport"]),
    tests("Pickles", ["ByteText", "TestSupport"]),
    tests(
      "Benchmarks",
      ["Metrics", "SearchSpaces", "SQLite", "ByteText", "FileAccess", "Checksums", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)

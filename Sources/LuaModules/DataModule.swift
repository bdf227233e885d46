import ByteText
import Datasets
import FileAccess
import LuaHost
import Spelling
import Tensors

/// `nas.data`: data sets, and what they hold in batches.
final class DatasetBox {
  let value: any Dataset
  init(_ value: any Dataset) { self.value = value }
}

final class BatchBox {
  let value: any Batch
  init(_ value: any Batch) { self.value = value }
}

func dataModule(_ classes: Classes, _ library: StandardLibrary) -> LuaTable {
  [
    "open": LuaClosure(arguments: 2) { call in
      let dataset = try DatasetRegistry.open(
        call.byteText(1), shipped: library.folder, openOptions(call, 2))
      return call.returns(DatasetBox(dataset), as: classes.datasets)
    },
    "names": LuaClosure(arguments: 0) { call in call.returns(DatasetRegistry.names) },
    "synthetic": LuaClosure(arguments: 1) { call in
      let options = try call.options(1, known: ["images", "channels", "image", "classes", "seed"])
      let dataset = try ImageDataset.synthetic(
        count: options.integer("images", default: 256),
        channels: options.integer("channels", default: 3),
        image: options.integer("image", default: 32),
        classes: options.integer("classes", default: 10),
        seed: seed(options.integer("seed", default: 0)))
      return call.returns(DatasetBox(dataset), as: classes.datasets)
    },
  ]
}

private func openOptions(_ call: LuaCall, _ position: Int) throws -> OpenOptions {
  let options = try call.options(
    position,
    known: [
      "folder", "replace_unknown_words", "skip_missing", "tolerate", "validation", "split_file",
      "normalisation", "image", "resize", "workers", "ahead",
    ])
  var result = OpenOptions()
  result.folder = try options.byteText("folder").map { Path($0) }
  result.replacesUnknownWords = try options.boolean("replace_unknown_words", default: false)
  result.skipsMissing = try options.boolean("skip_missing", default: false)
  result.tolerates = try options.boolean("tolerate", default: false)
  result.image = try options.integer("image", in: 1...)
  result.resize = try options.integer("resize", in: 1...)
  result.workers = try options.integer("workers", in: 1...)
  result.ahead = try options.integer("ahead", in: 1...)
  result.interruption = { try LuaInterrupt.check() }
  if options.kind("validation") == .number {
    result.split = try options.integer("validation", in: 1...).map { .lastTraining($0) }
  } else if let part = try options.string("validation") {
    guard part == "test" else {
      throw options.complaint("validation", "expected a number of images or 'test', got '\(part)'")
    }
    result.split = .halvedTest
  }
  if let file = try options.byteText("split_file") {
    guard result.split == nil else {
      throw options.complaint("split_file", "expected no 'validation' beside it")
    }
    result.split = .file(Path(file))
  }
  result.normalisation = try options.nested("normalisation", known: ["mean", "std"]) { options in
    try Normalisation(mean: options.numbers("mean") ?? [], deviation: options.numbers("std") ?? [])
  }
  return result
}

func split(_ name: String, _ call: LuaCall, _ position: Int) throws -> Split {
  guard let split = Split(rawValue: name) else {
    throw call.blame(position, unknown("split", name, known: Split.allCases.map(\.rawValue)))
  }
  return split
}

func defineDataset(_ classes: Classes) {
  classes.datasets
    .property("name") { box, call in call.returns(box.value.name) }
    .property("measure") { box, call in call.returns(box.value.measure.rawValue) }
    .property("classes") { box, call in call.returns(box.imageData?.classNames) }
    .property("channels") { box, call in call.returns(box.imageData?.channels) }
    .property("height") { box, call in call.returns(box.imageData?.height) }
    .property("width") { box, call in call.returns(box.imageData?.width) }
    .property("normalisation") { box, call in
      call.returns(
        box.imageData.map {
          LuaTable(["mean": $0.normalisation.mean, "std": $0.normalisation.deviation])
        })
    }
    .property("skipped") { box, call in call.returns(box.imageData?.skipped) }
    .property("augmentation") { box, call in
      call.returns(
        box.images?.augmentation.map {
          LuaTable(["crop": $0.crop, "flip": $0.flips, "cutout": $0.cutout])
        })
    }
    .property("words") { box, call in call.returns(box.text?.vocabulary.words) }
    .property("replaced_words") { box, call in call.returns(box.text?.replacedWords) }
    .method("size", arguments: 1) { box, call in
      call.returns(box.value.size(try split(call.string(2), call, 2)))
    }
    .method("checksum", arguments: 1) { box, call in
      call.returns(Int(box.value.checksum(try split(call.string(2), call, 2))))
    }
    .method("subset", arguments: 1) { box, call in
      call.returns(DatasetBox(try subset(of: box.value, call)), as: classes.datasets)
    }
    .method("augmented", arguments: 1) { box, call in
      let options = try call.options(2, known: ["crop", "flip", "cutout"])
      guard let images = box.images else { throw call.blame(1, "text has nothing to augment") }
      let augmented = try images.augmented(
        Augmentation(
          crop: options.integer("crop", default: 0), flips: options.boolean("flip", default: false),
          cutout: options.integer("cutout", default: 0)))
      return call.returns(DatasetBox(augmented), as: classes.datasets)
    }
    .method("batches", arguments: 2) { box, call in
      let batches = try batches(of: box.value, call)
      return call.returns(iterator: { call in
        guard let batch = try batches.next() else { return .none }
        return call.returns(BatchBox(batch), as: classes.batches)
      })
    }
    .method("batch_count", arguments: 2) { box, call in
      call.returns(try batches(of: box.value, call).count)
    }
    .metamethod("__tostring") { box, call in call.returns("\(box.value)") }

  classes.batches
    .method("carry", arguments: 1) { box, call in
      // Batches of images stand by themselves.
      guard let memory = box.value.memory else { return call.returns(argument: 1) }
      memory.before.value =
        call.isObject(2, classes.batches)
        ? try call.object(2, classes.batches).value.memory?.after.value
        : try classes.tensor(call, 2)
      return call.returns(argument: 1)
    }
    .metamethod("__len") { box, call in call.returns(box.value.count) }
    .property("images") { box, call in
      call.returns((box.value as? ImageBatch).map { classes.tensors.wrap($0.images) })
    }
    .property("tokens") { box, call in
      // Words are counted from 1 like all of a script's places.
      call.returns(
        try (box.value as? TextBatch).map {
          classes.tensors.wrap(
            try Tensor(
              whole: $0.inputs.integers(for: "tokens").map { $0 + 1 }, shape: $0.inputs.shape))
        })
    }
    .property("targets") { box, call in
      // Labels as a tensor, for losses; counted from 1 like all of a script's places.
      let labels = box.value.labels.map { Int($0) + 1 }
      return call.returns(try Tensor(whole: labels, shape: [labels.count]), as: classes.tensors)
    }
    .property("labels") { box, call in call.returns(box.value.labels.map { Int($0) + 1 }) }
    .metamethod("__tostring") { box, call in
      let sizes = box.value.inputs.shape.map(String.init).joined(separator: "x")
      return call.returns("batch of \(sizes) \(box.value is TextBatch ? "tokens" : "images")")
    }
}

extension DatasetBox {
  var images: ImageDataset? { value as? ImageDataset }
  var imageData: (any ImageData)? { value as? any ImageData }
  var text: TextDataset? { value as? TextDataset }
}

/// A split's batches in the order that the third argument says.
private func batches(of dataset: any Dataset, _ call: LuaCall) throws -> any BatchSequence {
  let part = try split(call.string(2), call, 2)
  let isText = dataset is TextDataset
  let options = try call.options(
    3, known: ["batch", "seed", "epoch", "from", "augment"] + (isText ? ["length"] : []))
  let number = try options.integer("seed")
  let epoch = try options.integer("epoch", default: 1)
  var order = BatchOrder(
    size: try options.integer("batch", default: 64, in: 1...),
    shuffle: number.map { (seed($0), epoch) })
  order.augments = try options.boolean("augment", default: true)
  order.interruption = { try LuaInterrupt.check() }
  if isText { order.length = try options.integer("length", default: order.length, in: 1...) }
  let batches = try dataset.batches(part, order)
  batches.skip(try options.integer("from", default: 1, in: 1...) - 1)
  return batches
}

/// The data set with fewer examples: of images some, of text the beginning of what is trained on.
private func subset(of dataset: any Dataset, _ call: LuaCall) throws -> any Dataset {
  let others =
    dataset is TextDataset
    ? [] : dataset is ImageFolderDataset ? ["seed"] : ["validation", "test", "classes", "seed"]
  let options = try call.options(2, known: ["train"] + others)
  if let text = dataset as? TextDataset {
    let all = text.size(.train)
    return try text.subset(train: options.integer("train", default: all, in: 1...all))
  }
  let number = try options.integer("seed").map { seed($0) }
  if let folders = dataset as? ImageFolderDataset {
    let all = folders.size(.train)
    return try folders.subset(
      train: options.integer("train", default: all, in: 1...all), seed: number)
  }
  guard var images = dataset as? ImageDataset else { return dataset }
  if let chosen = try chosenClasses(options, images.train.classNames, number) {
    images = try images.subset(classes: chosen)
  }
  let counts = try Split.allCases.map { split in
    try options.integer(split.rawValue, in: 1...images.size(split))
  }
  return try images.subset(train: counts[0], validation: counts[1], test: counts[2], seed: number)
}

/// The classes, from 0, that an option names, numbers from 1, or has drawn; nil for all.
private func chosenClasses(
  _ options: LuaOptions, _ names: [ByteText], _ seed: UInt64?
) throws -> [Int]? {
  let key = "classes"
  if options.kind(key) == .number {
    guard let count = try options.integer(key, in: 1...names.count) else { return nil }
    guard let seed else { return Array(0..<count) }
    return ImageDataset.drawnClasses(count, of: names.count, seed: seed)
  }
  if let numbers = try? options.integers(key) {
    if let wrong = numbers.first(where: { !(1...names.count).contains($0) }) {
      throw options.complaint(key, "there is no class \(wrong): expected 1 to \(names.count)")
    }
    return numbers.map { $0 - 1 }
  }
  return try options.byteTexts(key)?.map { name in
    guard let place = names.firstIndex(of: name) else {
      throw options.complaint(
        key, unknown("class", name.description, known: names.map(\.description)))
    }
    return place
  }
}

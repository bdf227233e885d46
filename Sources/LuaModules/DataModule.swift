import Datasets
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
    "open": LuaClosure { call in
      let options = try call.options(
        2, known: ["replace_unknown_words"] + imageFolderOptions)
      let dataset = try DatasetRegistry.open(
        call.string(1), shipped: library.folder,
        replacesUnknownWords: options.boolean("replace_unknown_words", default: false),
        folders: folderOptions(options), interruption: LuaInterrupt.check)
      return call.returns(DatasetBox(dataset), as: classes.datasets)
    },
    "names": LuaClosure { call in call.returns(DatasetRegistry.names) },
    "synthetic": LuaClosure { call in
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

private let imageFolderOptions = ["image", "resize", "workers", "ahead", "tolerate"]

/// How images in folders are read, where an option says anything of it.
private func folderOptions(_ options: LuaOptions) throws -> ImageFolderOptions? {
  guard imageFolderOptions.contains(where: options.has) else { return nil }
  return try ImageFolderOptions(
    image: options.integer("image", default: 224), resize: options.integer("resize"),
    prefetching: PrefetchingBatches.Settings(
      workers: options.integer("workers"), ahead: options.integer("ahead", default: 2)),
    tolerates: options.boolean("tolerate", default: false))
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
    .property("skipped") { box, call in
      call.returns((box.value as? ImageFolderDataset)?.skipped)
    }
    .property("words") { box, call in call.returns(box.text?.vocabulary.words) }
    .property("replaced_words") { box, call in call.returns(box.text?.replacedWords) }
    .method("size") { box, call in
      call.returns(box.value.size(try split(call.string(2), call, 2)))
    }
    .method("subset") { box, call in
      call.returns(DatasetBox(try subset(of: box.value, call)), as: classes.datasets)
    }
    .method("batches") { box, call in
      let batches = try batches(of: box.value, call)
      return call.returns(function: { call in
        guard let batch = try batches.next() else { return .none }
        return call.returns(BatchBox(batch), as: classes.batches)
      })
    }
    .method("batch_count") { box, call in
      call.returns(try batches(of: box.value, call).count)
    }
    .metamethod("__tostring") { box, call in call.returns("\(box.value)") }

  classes.batches
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
  var imageData: (any ImageData)? { value as? any ImageData }
  var text: TextDataset? { value as? TextDataset }
}

/// A split's batches in the order that the third argument says.
private func batches(of dataset: any Dataset, _ call: LuaCall) throws -> any BatchSequence {
  let part = try split(call.string(2), call, 2)
  let isText = dataset is TextDataset
  let options = try call.options(
    3, known: ["batch", "seed", "epoch", "from"] + (isText ? ["length"] : []))
  let number = try options.integer("seed")
  let epoch = try options.integer("epoch", default: 1)
  var order = BatchOrder(
    size: try options.integer("batch", default: 64, in: 1...),
    shuffle: number.map { (seed($0), epoch) })
  order.interruption = { try LuaInterrupt.check() }
  if isText { order.length = try options.integer("length", default: order.length, in: 1...) }
  let batches = try dataset.batches(part, order)
  batches.skip(try options.integer("from", default: 1, in: 1...) - 1)
  return batches
}

/// The data set with fewer examples to train on: of images some, of text the beginning.
private func subset(of dataset: any Dataset, _ call: LuaCall) throws -> any Dataset {
  let options = try call.options(
    2, known: ["train"] + (dataset is any ImageData ? ["seed"] : []))
  let all = dataset.size(.train)
  let count = try options.integer("train", default: all, in: 1...all)
  if let text = dataset as? TextDataset { return try text.subset(train: count) }
  let number = try options.integer("seed")
  if let folders = dataset as? ImageFolderDataset {
    return try folders.subset(train: count, seed: number.map { seed($0) })
  }
  guard let images = dataset as? ImageDataset else { return dataset }
  let train =
    if let number {
      try images.train.sample(count, seed: seed(number))
    } else { try images.train.first(count) }
  return try ImageDataset(
    name: images.name, train: train, validation: images.validation, test: images.test)
}

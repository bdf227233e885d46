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
      let options = try call.options(2, known: ["replace_unknown_words"])
      let dataset = try DatasetRegistry.open(
        call.string(1), shipped: library.folder,
        replacesUnknownWords: options.boolean("replace_unknown_words", default: false))
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
    .property("classes") { box, call in call.returns(box.images?.train.classNames) }
    .property("channels") { box, call in call.returns(box.images?.train.channels) }
    .property("height") { box, call in call.returns(box.images?.train.height) }
    .property("width") { box, call in call.returns(box.images?.train.width) }
    .property("augmentation") { box, call in
      call.returns(
        box.images?.augmentation.map {
          LuaTable(["crop": $0.crop, "flip": $0.flips, "cutout": $0.cutout])
        })
    }
    .property("words") { box, call in call.returns(box.text?.vocabulary.words) }
    .property("replaced_words") { box, call in call.returns(box.text?.replacedWords) }
    .method("size") { box, call in
      call.returns(box.value.size(try split(call.string(2), call, 2)))
    }
    .method("subset") { box, call in
      call.returns(DatasetBox(try subset(of: box.value, call)), as: classes.datasets)
    }
    .method("augmented") { box, call in
      let options = try call.options(2, known: ["crop", "flip", "cutout"])
      guard let images = box.images else { throw call.blame(1, "text has nothing to augment") }
      let augmented = try images.augmented(
        Augmentation(
          crop: options.integer("crop", default: 0), flips: options.boolean("flip", default: false),
          cutout: options.integer("cutout", default: 0)))
      return call.returns(DatasetBox(augmented), as: classes.datasets)
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
  var images: ImageDataset? { value as? ImageDataset }
  var text: TextDataset? { value as? TextDataset }
}

/// A split's batches in the order that the third argument says.
private func batches(of dataset: any Dataset, _ call: LuaCall) throws -> any BatchSequence {
  let part = try split(call.string(2), call, 2)
  let isText = dataset is TextDataset
  let options = try call.options(
    3, known: ["batch", "seed", "epoch", "augment"] + (isText ? ["length"] : []))
  let number = try options.integer("seed")
  let epoch = try options.integer("epoch", default: 1)
  var order = BatchOrder(
    size: try options.integer("batch", default: 64, in: 1...),
    shuffle: number.map { (seed($0), epoch) })
  order.augments = try options.boolean("augment", default: true)
  if isText { order.length = try options.integer("length", default: order.length, in: 1...) }
  return try dataset.batches(part, order)
}

/// The data set with fewer examples to train on: of images some, of text the beginning.
private func subset(of dataset: any Dataset, _ call: LuaCall) throws -> any Dataset {
  let options = try call.options(
    2, known: ["train"] + (dataset is ImageDataset ? ["seed"] : []))
  let all = dataset.size(.train)
  let count = try options.integer("train", default: all, in: 1...all)
  if let text = dataset as? TextDataset { return try text.subset(train: count) }
  guard let images = dataset as? ImageDataset else { return dataset }
  let train =
    if let number = try options.integer("seed") {
      try images.train.sample(count, seed: seed(number))
    } else { try images.train.first(count) }
  return try images.replacing(train: train, validation: images.validation, test: images.test)
}

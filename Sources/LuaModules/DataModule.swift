import Datasets
import LuaHost
import Spelling
import Tensors

/// `nas.data`: data sets, and their images in batches.
final class DatasetBox {
  let value: ImageDataset
  init(_ value: ImageDataset) { self.value = value }
}

final class BatchBox {
  let value: ImageBatch
  init(_ value: ImageBatch) { self.value = value }
}

func dataModule(_ classes: Classes, _ library: StandardLibrary) -> LuaTable {
  [
    "open": LuaClosure { call in
      let dataset = try ImageDataset.open(call.string(1), shipped: library.folder)
      return call.returns(DatasetBox(dataset), as: classes.datasets)
    },
    "names": LuaClosure { call in call.returns(ImageDataset.names) },
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
    .property("classes") { box, call in call.returns(box.value.train.classNames) }
    .property("channels") { box, call in call.returns(box.value.train.channels) }
    .property("height") { box, call in call.returns(box.value.train.height) }
    .property("width") { box, call in call.returns(box.value.train.width) }
    .method("size") { box, call in
      call.returns(box.value.images(try split(call.string(2), call, 2)).count)
    }
    .method("subset") { box, call in
      let options = try call.options(2, known: ["train", "seed"])
      let count = try options.integer(
        "train", default: box.value.train.count, in: 1...box.value.train.count)
      let train =
        if let number = try options.integer("seed") {
          try box.value.train.sample(count, seed: seed(number))
        } else { try box.value.train.first(count) }
      return call.returns(
        DatasetBox(
          try ImageDataset(
            name: box.value.name, train: train, validation: box.value.validation,
            test: box.value.test)), as: classes.datasets)
    }
    .method("batches") { box, call in
      let part = try split(call.string(2), call, 2)
      let options = try call.options(3, known: ["batch", "seed", "epoch"])
      let size = try options.integer("batch", default: 64, in: 1...)
      let number = try options.integer("seed")
      let epoch = try options.integer("epoch", default: 1)
      var order = try Epoch(
        count: box.value.images(part).count, size: size,
        shuffle: number.map { (seed($0), epoch) })
      return call.returns(function: { call in
        guard let positions = order.next() else { return .none }
        return call.returns(
          BatchBox(try box.value.batch(part, positions: positions)), as: classes.batches)
      })
    }
    .metamethod("__tostring") { box, call in
      let data = box.value
      return call.returns(
        "\(data.name): \(data.train.classes) classes of \(data.train.channels)x"
          + "\(data.train.height)x\(data.train.width) images, \(data.train.count) train, "
          + "\(data.validation.count) validation, \(data.test.count) test")
    }

  classes.batches
    .metamethod("__len") { box, call in call.returns(box.value.count) }
    .property("images") { box, call in call.returns(box.value.images, as: classes.tensors) }
    .property("targets") { box, call in
      // Labels as a tensor, for losses; counted from 1 like all of a script's places.
      let labels = box.value.labels.map { Int($0) + 1 }
      return call.returns(try Tensor(whole: labels, shape: [labels.count]), as: classes.tensors)
    }
    .property("labels") { box, call in call.returns(box.value.labels.map { Int($0) + 1 }) }
    .metamethod("__tostring") { box, call in
      call.returns(
        "batch of \(box.value.images.shape.map(String.init).joined(separator: "x")) images")
    }
}

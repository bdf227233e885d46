import FileAccess
import Foundation

/// How published images become three splits.
public enum ImageSplit: Equatable, Sendable {
  /// The last training images are those of validation: so many, or, for nil, as many as there are
  /// test images.
  case lastTraining(Int?)
  /// Every other test image, from the first, is one of validation; the rest stay test images.
  case halvedTest
  /// As the files have it.
  case published
  /// As a file of NATS-Bench's says, which lists positions, from 0: `cifar-split.txt` those of training
  /// images under `train` and `valid`, `cifar100-test-split.txt` and its kin those of test images under
  /// `xvalid` and `xtest`. Each list is `["int", ["1", "3", …]]` in JSON.
  case file(Path)

  /// Throws `DataError` where the images do not suffice, or the file is not as it should be.
  func apply(to images: PublishedImages, of name: String) throws -> PublishedImages {
    let (train, test) = (images.train, images.test)
    switch self {
    case .published:
      guard images.validation != nil else {
        throw DataError("\(name): has no validation images of its own")
      }
      return images
    case .lastTraining(let number):
      let count = number ?? test.count
      guard count > 0, count < train.count else {
        throw DataError(
          "\(name): \(train.count) training images give no validation split of \(count): the "
            + "option 'validation' takes a smaller number, or 'test', which halves the test images")
      }
      let kept = train.count - count
      return PublishedImages(
        train: try train.first(kept), validation: try train.subset(kept..<train.count), test: test)
    case .halvedTest:
      guard test.count > 1 else {
        throw DataError("\(name): \(test.count) test image can't be halved")
      }
      return PublishedImages(
        train: train, validation: try test.subset(Array(stride(from: 0, to: test.count, by: 2))),
        test: try test.subset(Array(stride(from: 1, to: test.count, by: 2))))
    case .file(let path):
      let file = try SplitFile(path)
      if let lists = try file.positions("train", "valid", of: train.count) {
        return PublishedImages(
          train: try train.subset(lists.0), validation: try train.subset(lists.1), test: test)
      }
      if let lists = try file.positions("xvalid", "xtest", of: test.count) {
        return PublishedImages(
          train: train, validation: try test.subset(lists.0), test: try test.subset(lists.1))
      }
      throw DataError("\(file.path): expected lists 'train' and 'valid', or 'xvalid' and 'xtest'")
    }
  }
}

/// A file of lists of positions.
private struct SplitFile {
  let path: Path
  private let lists: [String: Any]

  init(_ path: Path) throws {
    let file = try DataFile(path: path)
    self.path = file.path
    let value: Any
    do {
      value = try JSONSerialization.jsonObject(with: Data(file.readToEnd()))
    } catch let error as DataError {
      throw error
    } catch {
      throw DataError("\(file.path): is not JSON: \((error as NSError).localizedDescription)")
    }
    guard let lists = value as? [String: Any] else {
      throw DataError("\(file.path): expected an object of lists")
    }
    self.lists = lists
  }

  /// Two lists, which share no position; nil where it has not both.
  func positions(
    _ first: String, _ second: String, of count: Int
  ) throws -> (first: [Int], second: [Int])? {
    guard lists[first] != nil, lists[second] != nil else { return nil }
    let lists = (try positions(first, of: count), try positions(second, of: count))
    var seen = Set<Int>()
    for position in lists.0 + lists.1 where !seen.insert(position).inserted {
      throw DataError("\(path): position \(position) is there twice")
    }
    return lists
  }

  private func positions(_ name: String, of count: Int) throws -> [Int] {
    guard let pair = lists[name] as? [Any], pair.count == 2, pair[0] as? String == "int",
      let items = pair[1] as? [Any], !items.isEmpty
    else { throw DataError("\(path): '\(name)': expected [\"int\", [\"1\", …]]") }
    return try items.enumerated().map { place, item in
      guard let position = (item as? String).flatMap(Int.init) ?? item as? Int,
        (0..<count).contains(position)
      else {
        throw DataError(
          "\(path): '\(name)', item \(place + 1): expected a position from 0 to \(count - 1), "
            + "got \(item)")
      }
      return position
    }
  }
}

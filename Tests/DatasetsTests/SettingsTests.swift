import Datasets
import Testing

/// What data say of themselves: every property that decides what a batch holds.
@Suite struct SettingsTests {
  private struct Inner {
    let size = 3
    let share = 0.1
  }
  private struct Outer {
    let name = "a"
    let inner = Inner()
    let absent: Int? = nil
    let kind = Split.train
    let place = "/tmp"
  }

  @Test func everyStoredPropertyIsTold() {
    #expect(
      Settings.of(Outer(), except: ["place"]) == [
        "name": "a", "inner.size": "3", "inner.share": "0.1", "absent": "nil", "kind": "train",
      ])
  }

  private func images(
    pixel: UInt8 = 0, label: Int32 = 0, normalisation: Normalisation? = nil
  ) throws -> ImageDataset {
    let set = try ImageSet(
      channels: 1, height: 2, width: 2, pixels: [1, 2, 3, 4, 5, 6, 7, pixel],
      labels: [0, label], classNames: ["a", "b"])
    return try ImageDataset(
      name: "small", train: set, validation: set, test: set, normalisation: normalisation)
  }

  private func differing(_ one: ImageDataset, _ other: ImageDataset) -> Set<String> {
    Set(one.settings.keys.filter { one.settings[$0] != other.settings[$0] })
  }

  @Test func dataThatDifferInAnythingSaySo() throws {
    let given = try Normalisation(mean: [0.5], deviation: [0.25])
    let one = try images(normalisation: given)
    #expect(differing(one, try images(normalisation: given)).isEmpty)
    let splits: Set<String> = ["train", "validation", "test"]
    #expect(differing(one, try images(pixel: 9, normalisation: given)) == splits)
    #expect(differing(one, try images(label: 1, normalisation: given)) == splits)
    #expect(
      differing(one, try images(normalisation: Normalisation(mean: [0.5], deviation: [0.5])))
        == ["normalisation.deviation"])
    #expect(
      differing(one, try one.augmented(Augmentation(crop: 1))) == ["augmentation.crop"])
    #expect(differing(one, try one.augmented(Augmentation(flips: true))) == ["augmentation.flips"])
    #expect(differing(one, try one.augmented(Augmentation(cutout: 2))) == ["augmentation.cutout"])
    #expect(differing(one, try one.subset(test: 1)) == ["test"])
  }

  /// CRC-32 of labels and pixels, as zlib has it: `zlib.crc32(labels + pixels)` in Python.
  @Test func theChecksumIsThatOfLabelsAndPixels() throws {
    #expect(try images(pixel: 8, label: 1).checksum(.train) == 0x2df6_5096)
  }
}

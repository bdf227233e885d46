/// What decides the bits that a value leads to, as texts by name.
///
/// What tells one experiment from another is made of these. They are read off a value's own stored
/// properties, so that a property which is added is told without being listed anywhere.
///
/// Invariant: two values whose settings agree lead to the same bits; where files lie, and how many
/// threads read them, is no setting.
public enum Settings {
  /// All stored properties of a value by their names, those of a property that is a structure with a
  /// point between; `except` names those that change no bits, or are told by other means.
  public static func of(_ value: Any, except: Set<String> = []) -> [String: String] {
    var settings: [String: String] = [:]
    for child in Mirror(reflecting: value).children {
      guard let name = child.label, !except.contains(name) else { continue }
      let held = Mirror(reflecting: child.value)
      if held.displayStyle == .struct, !held.children.isEmpty {
        settings.add(of(child.value), under: name)
      } else {
        settings[name] = String(describing: child.value)
      }
    }
    return settings
  }
}

extension [String: String] {
  /// Adds other settings, whose names get another before them.
  public mutating func add(_ others: [String: String], under prefix: String) {
    for (name, text) in others { self["\(prefix).\(name)"] = text }
  }
}

extension Dataset {
  /// How much each split holds, and a checksum of it.
  var splitSettings: [String: String] {
    Dictionary(
      uniqueKeysWithValues: Split.allCases.map { split in
        let digits = String(checksum(split), radix: 16)
        let sum = String(repeating: "0", count: 8 - digits.count) + digits
        return (split.rawValue, "\(size(split)) (\(sum))")
      })
  }
}

extension ImageDataset {
  public var settings: [String: String] {
    var settings = splitSettings
    settings["shape"] = "\(channels)x\(height)x\(width)"
    settings["classes"] = String(classNames.count)
    settings.add(Settings.of(normalisation), under: "normalisation")
    // Without an augmentation each of its settings is what does nothing.
    settings.add(Settings.of(augmentation ?? Augmentation()), under: "augmentation")
    return settings
  }
}

extension ImageFolderDataset {
  public var settings: [String: String] {
    var settings = splitSettings
    settings["classes"] = String(classNames.count)
    settings.merge(Settings.of(options, except: ["prefetching"])) { $1 }
    return settings
  }
}

extension TextDataset {
  public var settings: [String: String] {
    var settings = splitSettings
    settings["words"] = String(vocabulary.count)
    return settings
  }
}

extension Dataset {
  /// Whether images of the train split may be changed by chance while training.
  public var augments: Bool { (self as? ImageDataset).map { $0.augmentation != nil } ?? true }
}

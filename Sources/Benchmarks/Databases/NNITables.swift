/// The databases that NNI's users have (`nni.nas.benchmark`): NAS-Bench-101, NAS-Bench-201 and NDS.
///
/// What is odd about them is put right here, so that a figure means the same in every kind of file:
/// numbers of parameters and multiply-adds are in millions; the training times of `nb101trialstats` are
/// 60 times the seconds; where NAS-Bench-201 trains on all images of CIFAR-10 it has no validation
/// images, and the file repeats the test figure in their place; a loss that was no number is NULL.
extension DatabaseLayout {
  private static func accuracy(_ name: String, _ file: String, curve: String?) -> Figure {
    Figure(column: .accuracy(name, file: file), curve: curve)
  }

  static let nasBench101 = DatabaseLayout(
    kind: "NNI's database of NAS-Bench-101", space: { _ in ["space": "nasbench101"] },
    architectures: "nb101trialconfig", trainings: "nb101trialstats", reference: "config_id",
    seed: nil, curves: ("nb101intermediatestats", "trial_id", "current_epoch"),
    settings: [
      Setting(name: "epochs", column: "c.num_epochs", isNumber: true, usual: "108")
    ],
    figures: [
      accuracy("train", "train_acc", curve: "train_acc"),
      accuracy("validation", "valid_acc", curve: "valid_acc"),
      accuracy("test", "test_acc", curve: "test_acc"),
      Figure(column: .count("parameters", millions: true), curve: nil),
      Figure(
        column: .seconds("train_seconds", file: "training_time", over: 60), curve: nil),
    ],
    text: { _ in "arch" }, classKey: "hash", hasOneOfEachClass: true,
    encode: { text, _ in ArchitectureText.json101(text) },
    decode: { text, _ in try ArchitectureText.canonical(text) })

  /// The accuracies and losses of NAS-Bench-201: the split, and NNI's name of it.
  private static let splits201: KeyValuePairs = [
    "train": "train", "validation": "valid", "test": "test", "ori_test": "ori_test",
  ]

  /// Whether a data set has no figures of its own of a split: the file repeats those of `test`.
  @Sendable static func isRepeated201(_ split: String, of dataset: String?) -> Bool {
    switch dataset {
    case "cifar10": split == "validation" || split == "ori_test"
    case "cifar10-valid": split == "ori_test"
    default: false
    }
  }

  /// The space, with as many classes as a data set has, and images of its size: then a cell's parameters
  /// and multiply-adds are the published ones.
  @Sendable static func space201(_ dataset: String?) -> [String: String] {
    switch dataset {
    case "cifar100": ["space": "nasbench201", "space.classes": "100"]
    case "imagenet16-120":
      ["space": "nasbench201", "space.classes": "120", "space.image": "16"]
    default: ["space": "nasbench201"]
    }
  }

  private static func figures201(_ split: String, _ file: String) -> [Figure] {
    let isAbsent: @Sendable ([String: String]) -> Bool = {
      isRepeated201(split, of: $0["dataset"])
    }
    return [
      Figure(
        column: .accuracy(split, file: "\(file)_acc"), curve: "\(file)_acc", isAbsent: isAbsent),
      Figure(
        column: .loss("\(split)_loss", file: "\(file)_loss"), curve: "\(file)_loss",
        isAbsent: isAbsent),
    ]
  }

  static let nasBench201 = DatabaseLayout(
    kind: "NNI's database of NAS-Bench-201", space: { space201($0["dataset"]) },
    architectures: "nb201trialconfig", trainings: "nb201trialstats", reference: "config_id",
    seed: "seed", curves: ("nb201intermediatestats", "trial_id", "current_epoch"),
    settings: [
      Setting(name: "dataset", column: "c.dataset", isNumber: false, usual: "cifar100"),
      Setting(name: "epochs", column: "c.num_epochs", isNumber: true, usual: "200"),
    ],
    figures: splits201.flatMap { figures201($0.key, $0.value) } + [
      Figure(column: .count("parameters", millions: true), curve: nil),
      Figure(column: .count("flops", millions: true), curve: nil),
      // NNI's documentation says milliseconds; its figures are the published ones, seconds.
      Figure(column: .seconds("latency"), curve: nil),
      Figure(column: .seconds("train_seconds", file: "training_time"), curve: nil),
      Figure(column: .seconds("test_seconds", file: "test_evaluation_time"), curve: nil),
    ],
    text: { _ in "arch" }, classKey: nil, hasOneOfEachClass: false,
    encode: { text, _ in ArchitectureText.json201(text) },
    decode: { text, _ in try ArchitectureText.canonical(text) })

  /// Radosavovic et al., "On network design spaces for visual recognition" (2019). Its cells after DARTS
  /// are architectures of `darts_cifar10`; the others are of no space that lunas has, and known by
  /// their text in the file.
  static let nds = DatabaseLayout(
    kind: "NNI's database of NDS",
    space: { $0["proposer"] == "darts" ? ["space": "darts_cifar10"] : [:] },
    architectures: "ndstrialconfig", trainings: "ndstrialstats", reference: "config_id",
    seed: "seed", curves: ("ndsintermediatestats", "trial_id", "current_epoch"),
    settings: [
      Setting(name: "proposer", column: "c.proposer", isNumber: false, usual: "darts"),
      Setting(name: "dataset", column: "c.dataset", isNumber: false, usual: "cifar10"),
      Setting(name: "generator", column: "c.generator", isNumber: false, usual: "random"),
    ],
    figures: [
      accuracy("train", "final_train_acc", curve: "train_acc"),
      accuracy("test", "final_test_acc", curve: "test_acc"),
      Figure(
        column: .loss("train_loss", file: "final_train_loss"), curve: "train_loss"),
      accuracy("best_train", "best_train_acc", curve: nil),
      accuracy("best_test", "best_test_acc", curve: nil),
      Figure(column: .loss("best_train_loss"), curve: nil),
      Figure(column: .count("parameters", millions: true), curve: nil),
      Figure(column: .count("flops", millions: true), curve: nil),
      Figure(column: .seconds("step_seconds", file: "iter_time"), curve: nil),
    ],
    text: { cells.contains($0["proposer"] ?? "") ? "cell_spec" : "model_spec" },
    classKey: nil, hasOneOfEachClass: false,
    encode: { text, settings in
      settings["proposer"] == "darts" ? ArchitectureText.jsonOfGenotype(text) ?? text : text
    },
    decode: { text, settings in
      settings["proposer"] == "darts" ? try ArchitectureText.canonical(text) : text
    })

  /// The proposers whose networks are built of cells; the others' have a specification of the whole.
  private static let cells: Set<String> = ["amoeba", "darts", "enas", "nasnet", "pnas"]
}

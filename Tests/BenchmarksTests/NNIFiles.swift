import ByteText
import FileAccess
import SQLite
import TestSupport

/// Databases of NNI's schema with figures that tests know.
enum NNIFiles {
  /// The tables of NAS-Bench-101, as peewee makes them.
  static let schema101 = [
    "CREATE TABLE nb101trialconfig (id INTEGER NOT NULL PRIMARY KEY, arch JSON NOT NULL, "
      + "num_vertices INTEGER NOT NULL, hash VARCHAR(64) NOT NULL, num_epochs INTEGER NOT NULL)",
    "CREATE INDEX nb101trialconfig_arch ON nb101trialconfig (arch)",
    "CREATE INDEX nb101trialconfig_hash ON nb101trialconfig (hash)",
    "CREATE INDEX nb101trialconfig_num_epochs ON nb101trialconfig (num_epochs)",
    "CREATE TABLE nb101trialstats (id INTEGER NOT NULL PRIMARY KEY, config_id INTEGER NOT NULL, "
      + "train_acc REAL NOT NULL, valid_acc REAL NOT NULL, test_acc REAL NOT NULL, "
      + "parameters REAL NOT NULL, training_time REAL NOT NULL)",
    "CREATE INDEX nb101trialstats_config_id ON nb101trialstats (config_id)",
    "CREATE TABLE nb101intermediatestats (id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER NOT "
      + "NULL, current_epoch INTEGER NOT NULL, train_acc REAL NOT NULL, valid_acc REAL NOT NULL, "
      + "test_acc REAL NOT NULL, training_time REAL NOT NULL)",
    "CREATE INDEX nb101intermediatestats_trial_id ON nb101intermediatestats (trial_id)",
  ]

  static let schema201 = [
    "CREATE TABLE nb201trialconfig (id INTEGER NOT NULL PRIMARY KEY, arch JSON NOT NULL, num_epochs "
      + "INTEGER NOT NULL, num_channels INTEGER NOT NULL, num_cells INTEGER NOT NULL, dataset "
      + "VARCHAR(20) NOT NULL)",
    "CREATE INDEX nb201trialconfig_arch ON nb201trialconfig (arch)",
    "CREATE INDEX nb201trialconfig_num_epochs ON nb201trialconfig (num_epochs)",
    "CREATE INDEX nb201trialconfig_dataset ON nb201trialconfig (dataset)",
    "CREATE TABLE nb201trialstats (id INTEGER NOT NULL PRIMARY KEY, config_id INTEGER NOT NULL, seed "
      + "INTEGER NOT NULL, train_acc REAL, valid_acc REAL, test_acc REAL, ori_test_acc REAL, "
      + "train_loss REAL, valid_loss REAL, test_loss REAL, ori_test_loss REAL, parameters REAL, "
      + "latency REAL, flops REAL, training_time REAL, valid_evaluation_time REAL, "
      + "test_evaluation_time REAL, ori_test_evaluation_time REAL)",
    "CREATE INDEX nb201trialstats_config_id ON nb201trialstats (config_id)",
    "CREATE TABLE nb201intermediatestats (id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER NOT "
      + "NULL, current_epoch INTEGER NOT NULL, train_acc REAL, valid_acc REAL, test_acc REAL, "
      + "ori_test_acc REAL, train_loss REAL, valid_loss REAL, test_loss REAL, ori_test_loss REAL)",
    "CREATE INDEX nb201intermediatestats_trial_id ON nb201intermediatestats (trial_id)",
  ]

  static let schemaNDS = [
    "CREATE TABLE ndstrialconfig (id INTEGER NOT NULL PRIMARY KEY, model_family VARCHAR(20), "
      + "model_spec JSON NOT NULL, cell_spec JSON, dataset VARCHAR(15), generator VARCHAR(15), "
      + "proposer VARCHAR(15), base_lr REAL, weight_decay REAL, num_epochs INTEGER)",
    "CREATE INDEX ndstrialconfig_model_spec ON ndstrialconfig (model_spec)",
    "CREATE INDEX ndstrialconfig_cell_spec ON ndstrialconfig (cell_spec)",
    "CREATE INDEX ndstrialconfig_dataset ON ndstrialconfig (dataset)",
    "CREATE INDEX ndstrialconfig_generator ON ndstrialconfig (generator)",
    "CREATE INDEX ndstrialconfig_proposer ON ndstrialconfig (proposer)",
    "CREATE TABLE ndstrialstats (id INTEGER NOT NULL PRIMARY KEY, config_id INTEGER NOT NULL, seed "
      + "INTEGER NOT NULL, final_train_acc REAL, final_train_loss REAL, final_test_acc REAL, "
      + "best_train_acc REAL, best_train_loss REAL, best_test_acc REAL, parameters REAL, flops REAL, "
      + "iter_time REAL)",
    "CREATE INDEX ndstrialstats_config_id ON ndstrialstats (config_id)",
    "CREATE TABLE ndsintermediatestats (id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER NOT NULL, "
      + "current_epoch INTEGER NOT NULL, train_loss REAL, train_acc REAL, test_acc REAL)",
    "CREATE INDEX ndsintermediatestats_trial_id ON ndsintermediatestats (trial_id)",
  ]

  /// A cell: its text, NNI's JSON, its hash; and another one of its class, whose nodes 1 and 2 have
  /// changed their places.
  static let cell101 = (
    text: "0110000000111000001000000001000001000000010000000;input,maxpool3x3,maxpool3x3,"
      + "conv3x3-bn-relu,conv1x1-bn-relu,maxpool3x3,output",
    json: #"{"input1":[0],"input2":[0],"input3":[1],"input4":[1,2],"input5":[1,4],"input6":[3,5],"#
      + #""op1":"maxpool3x3","op2":"maxpool3x3","op3":"conv3x3-bn-relu","op4":"conv1x1-bn-relu","#
      + #""op5":"maxpool3x3"}"#,
    hash: "00019e2cbab0bc93ca1a7816a099b2bd",
    other: "0110000000010000011100000001000001000000010000000;input,maxpool3x3,maxpool3x3,"
      + "conv3x3-bn-relu,conv1x1-bn-relu,maxpool3x3,output"
  )

  static let cell201 = (
    text: "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_1x1~1|skip_connect~2|",
    json: #"{"0_1":"conv_3x3","0_2":"none","0_3":"avg_pool_3x3","1_2":"skip_connect","#
      + #""1_3":"conv_1x1","2_3":"skip_connect"}"#
  )

  static func make(_ folder: TemporaryFolder, _ name: String, _ statements: [String]) throws
    -> String
  {
    let path = folder.file(name)
    try change(path, statements)
    return path
  }

  /// Changes a file that others read, and lets go of it.
  static func change(_ path: String, _ statements: [String]) throws {
    let database = try Database(filling: Path(path))
    for statement in statements { try database.run(statement) }
  }

  /// NAS-Bench-101 with one cell that lunas's space has and one that it has not, three trainings of each
  /// length: 108 epochs give 90, 91 and 92 % of validation images, 4 epochs 10 less.
  static func nasBench101(_ folder: TemporaryFolder, name: String = "nasbench101.db") throws
    -> String
  {
    var statements = schema101
    let small = #"{"input1":[0],"input2":[1],"op1":"conv3x3-bn-relu"}"#
    var (config, trial) = (0, 0)
    for (json, vertices, hash) in [
      (cell101.json, 7, cell101.hash), (small, 3, "0123456789abcdef0123456789abcdef"),
    ] {
      for epochs in [4, 108] {
        config += 1
        statements.append(
          "INSERT INTO nb101trialconfig VALUES "
            + "(\(config), '\(json)', \(vertices), '\(hash)', \(epochs))")
        for seed in 0..<3 {
          trial += 1
          let accuracy = Double((epochs == 108 ? 90 : 80) + seed)
          statements.append(
            "INSERT INTO nb101trialstats VALUES "
              + "(\(trial), \(config), 99.5, \(accuracy), \(accuracy - 1), 3.4685, 6000)")
          for (epoch, share) in [(epochs / 2, 0.5), (epochs, 1)] {
            statements.append(
              "INSERT INTO nb101intermediatestats VALUES (NULL, \(trial), \(epoch), 99, "
                + "\(share * accuracy), \(share * (accuracy - 1)), \(share * 100))")
          }
        }
      }
    }
    return try make(folder, name, statements)
  }

  /// NAS-Bench-201 with one cell on four data sets; of the second seed on CIFAR-100 the training loss was
  /// no number.
  static func nasBench201(_ folder: TemporaryFolder) throws -> String {
    var statements = schema201
    var config = 0
    for dataset in ["cifar10-valid", "cifar10", "cifar100", "imagenet16-120"] {
      for epochs in [12, 200] {
        config += 1
        statements.append(
          "INSERT INTO nb201trialconfig VALUES "
            + "(\(config), '\(cell201.json)', \(epochs), 16, 5, '\(dataset)')")
        for (place, seed) in [777, 888].enumerated() {
          let loss = dataset == "cifar100" && place == 1 ? "NULL" : "0.5"
          statements.append(
            "INSERT INTO nb201trialstats VALUES (\(10 * config + place), \(config), \(seed), 99, "
              + "\(70 + place), \(dataset == "cifar10" ? 70 + place : 72 + place), 73, \(loss), 1, "
              + "1.25, 1.5, 0.802426, 0.0139, 113.95137, 2492.5, 4, 2, 2)")
          for epoch in [1, epochs] {
            statements.append(
              "INSERT INTO nb201intermediatestats VALUES (NULL, \(10 * config + place), \(epoch), "
                + "\(epoch), \(epoch == 1 ? "NULL" : "70"), 60, 60, 1, 1, 1, 1)")
          }
        }
      }
    }
    return try make(folder, "nasbench201-0a1b2c3d.db", statements)
  }
}

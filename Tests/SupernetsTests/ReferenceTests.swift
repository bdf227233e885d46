import FileAccess
import Kernels
import Optimisers
import Supernets
import Tensors
import Testing

/// Networks of spaces against PyTorch's: every architecture of the reference, in either precision.
@MainActor @Suite struct ReferenceTests {
  /// In double precision the reference's own rounding is what is left.
  private func tolerance(_ element: ElementType) -> Double { element == .float64 ? 2e-7 : 1e-4 }

  @Test(arguments: Reference.Network.allCases)
  func parametersHaveTheReferencesNamesAndShapes(network: Reference.Network) throws {
    let reference = try Reference(network)
    let model = try reference.space.makeNetwork(NetworkOptions())
    let parameters = model.parameters.filter {
      network.hasAllWeights || reference.weights[$0.name] != nil
    }
    #expect(Set(parameters.map(\.name)) == Set(reference.weights.names))
    for parameter in parameters {
      #expect(parameter.tensor.shape == reference.weights[parameter.name]?.shape)
      #expect(parameter.isTrained == !parameter.name.contains(".running_"))
    }
    let path = Reference.path("\(network.rawValue)-weights.safetensors")
    try reference.weights.load(into: parameters, path: Path(path))
  }

  @Test(arguments: Reference.Network.allCases, ElementType.real)
  func trainingMode(network: Reference.Network, element: ElementType) throws {
    let reference = try Reference(network)
    let labels = try reference.labels("labels")
    for (cell, architecture) in reference.architectures.enumerated() {
      let model = try reference.makeNetwork(element)
      let images = try reference.images("images", element)
      images.requireGradient()
      let logits = try model.forward(images, architecture, statistics: .batch)
      let loss = try logits.crossEntropy(labels: labels)
      func check(_ name: String, _ found: [Double]) throws {
        let error = relativeError(
          found, try reference.values("cell\(cell).\(name)"),
          smallestScale: network.smallestScale)
        #expect(error < tolerance(element), "\(name) of cell \(cell)")
      }
      try check("logits", logits.doubles())
      try check("loss", loss.doubles())
      try loss.backward()
      try check("images_gradient", #require(images.gradient).doubles())

      // Exactly those parameters have a gradient that reach the output.
      let prefix = "cell\(cell).gradient."
      let reached = reference.names.filter { $0.hasPrefix(prefix) }.map {
        $0.dropFirst(prefix.count)
      }
      let touched = model.parameters.filter { $0.tensor.gradient != nil }
      #expect(touched.map(\.name).sorted() == reached.map(String.init).sorted(), "cell \(cell)")
      for parameter in touched {
        try check(
          "gradient.\(parameter.name)", sampled(#require(parameter.tensor.gradient).doubles()))
      }
      let norm = try GradientDescent(learningRate: 0).update(
        model.parameters, OptimiserState())
      try check("gradient_norm", [norm])
    }
  }

  @Test(arguments: Reference.Network.allCases, ElementType.real)
  func evaluationMode(network: Reference.Network, element: ElementType) throws {
    let reference = try Reference(network)
    let model = try reference.makeNetwork(element)
    let before = model.bits
    for (cell, architecture) in reference.architectures.enumerated() {
      let images = try reference.images("images", element)
      let logits = try Tape.withoutRecording {
        try model.forward(images, architecture, statistics: .running)
      }
      let expected = try reference.values("cell\(cell).evaluated_logits")
      #expect(relativeError(logits.doubles(), expected) < tolerance(element), "cell \(cell)")
    }
    #expect(model.bits == before)
  }

  @Test(arguments: Reference.Network.allCases, ElementType.real)
  func calibration(network: Reference.Network, element: ElementType) throws {
    let reference = try Reference(network)
    for (cell, architecture) in reference.architectures.enumerated() {
      let model = try reference.makeNetwork(element)
      let before = model.bits
      let normalisations = try model.normalisations(of: architecture)
      try Tape.withoutRecording {
        let calibration = CalibratedStatistics()
        for batch in 0..<2 {
          let images = try reference.images("calibration\(batch).images", element)
          _ = try model.forward(images, architecture, statistics: .calibrating(calibration))
        }
        try calibration.store(in: normalisations)
      }
      let prefix = "cell\(cell).calibrated."
      let names = reference.names.filter { $0.hasPrefix(prefix) }.map {
        String($0.dropFirst(prefix.count))
      }
      #expect(names.count == 2 * normalisations.count, "cell \(cell)")
      for parameter in model.parameters {
        if names.contains(parameter.name) {
          let error = relativeError(
            parameter.tensor.doubles(), try reference.values(prefix + parameter.name))
          #expect(error < tolerance(element), "\(parameter.name) of cell \(cell)")
        } else {
          let bits = parameter.tensor.doubles().map(\.bitPattern)
          #expect(bits == before[parameter.name], "\(parameter.name) of cell \(cell)")
        }
      }
      let images = try reference.images("images", element)
      let logits = try Tape.withoutRecording {
        try model.forward(images, architecture, statistics: .running)
      }
      let error = relativeError(
        logits.doubles(), try reference.values("cell\(cell).calibrated_logits"))
      #expect(error < tolerance(element), "cell \(cell)")
    }
  }

  /// Five steps, each of another cell, with momentum, decay and clipping.
  @Test(arguments: ElementType.real)
  func descent(element: ElementType) throws {
    let reference = try Reference(.nasBench201Narrow, trajectory: true)
    let model = try reference.makeNetwork(element)
    let before = model.bits
    let rates = try reference.values("learning_rates")
    let losses = try reference.values("losses")
    let norms = try reference.values("gradient_norms")
    try #require(rates.count == 5)
    let state = OptimiserState()
    for (step, rate) in rates.enumerated() {
      let images = try reference.images("step\(step).images", element)
      let loss = try model.forward(images, reference.architectures[step], statistics: .batch)
        .crossEntropy(labels: reference.labels("step\(step).labels"))
      #expect(relativeError(loss.doubles(), [losses[step]]) < tolerance(element), "step \(step)")
      try loss.backward()
      let norm = try GradientDescent(
        learningRate: rate, momentum: 0.9, weightDecay: 5e-4, nesterov: true, gradientClip: 5
      ).update(model.parameters, state)
      #expect(relativeError([norm], [norms[step]]) < tolerance(element), "step \(step)")
    }
    var untouched = 0
    for parameter in model.parameters where parameter.isTrained {
      let values = parameter.tensor.doubles()
      if reference.names.contains("final.\(parameter.name)") {
        let expected = try reference.values("final.\(parameter.name)")
        #expect(relativeError(sampled(values), expected) < tolerance(element), "\(parameter.name)")
        #expect(values.map(\.bitPattern) != before[parameter.name], "\(parameter.name)")
      } else {
        untouched += 1
        #expect(values.map(\.bitPattern) == before[parameter.name], "\(parameter.name)")
        #expect(state[parameter] == nil, "\(parameter.name)")
      }
    }
    #expect(untouched > 0)
  }
}

import Kernels

/// Convolutions one after the other, each followed by batch normalisation and a rectifier where asked:
/// separable convolutions and inverted bottlenecks.
public struct ConvolutionChain {
  /// One convolution, and what follows it.
  public struct Stage {
    enum Geometry {
      case dense(ConvolutionGeometry)
      case depthwise(DepthwiseGeometry)
    }

    let weights: Tensor
    let geometry: Geometry
    public let normalisation: BatchNormalisation?
    /// Behind the normalisation: a stage without one has none.
    let rectifier: Rectifier

    /// The images it takes, and those it gives.
    public var input: ConvolutionGeometry.Extent {
      switch geometry {
      case .dense(let geometry): geometry.input
      case .depthwise(let geometry): geometry.input
      }
    }
    public var output: ConvolutionGeometry.Extent {
      switch geometry {
      case .dense(let geometry): geometry.output
      case .depthwise(let geometry): geometry.output
      }
    }

    /// The same convolution, with one filter a channel, of images of another size or at another
    /// stride; nil where it sees all channels, or the kernel does not fit.
    public func resized(_ input: ConvolutionGeometry.Extent, stride: Int) -> Stage? {
      guard case .depthwise(let geometry) = geometry,
        let other = geometry.resized(input, stride: stride)
      else { return nil }
      return .depthwise(weights, other, normalisation, rectifier)
    }

    /// The stage's result, which is normalised and rectified by whoever reads it.
    func apply(
      _ input: PendingImage, statistics: BatchNormalisation.Statistics
    ) throws -> PendingImage {
      switch geometry {
      case .dense(let geometry):
        try Aggregation.pending(
          .convolution(
            input, weights, geometry: geometry, normalisation: normalisation),
          rectifier, statistics: statistics)
      case .depthwise(let geometry):
        try DepthwiseOperation(input: input, weights: weights, geometry: geometry)
          .apply(normalisation, rectifier, statistics: statistics)
      }
    }

    /// A convolution that sees all channels, with packed weights.
    public static func dense(
      _ weights: Tensor, _ geometry: ConvolutionGeometry, _ normalisation: BatchNormalisation?,
      _ rectifier: Rectifier = .none
    ) -> Stage {
      Stage(
        weights: weights, geometry: .dense(geometry), normalisation: normalisation,
        rectifier: rectifier)
    }

    /// A convolution with one filter a channel, with plain weights of channels x 1 x kernel x kernel.
    public static func depthwise(
      _ weights: Tensor, _ geometry: DepthwiseGeometry, _ normalisation: BatchNormalisation? = nil,
      _ rectifier: Rectifier = .none
    ) -> Stage {
      Stage(
        weights: weights, geometry: .depthwise(geometry), normalisation: normalisation,
        rectifier: rectifier)
    }
  }

  /// The stages' result for an image, rectified first where asked; `other`, if any, is added to it.
  public static func apply(
    _ input: Tensor, rectified: Bool = false, _ stages: [Stage], adding other: Tensor? = nil,
    statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    try stages.reduce(PendingImage(input, rectified: rectified)) { image, stage in
      try stage.apply(image, statistics: statistics)
    }.realised(adding: other)
  }
}

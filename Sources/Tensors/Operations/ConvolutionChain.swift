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

  /// The stages' result for images, rectified first where asked; `other`, if any, is added to it.
  public static func apply(
    _ input: Tensor, rectified: Bool = false, _ stages: [Stage], adding other: Tensor? = nil,
    statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    var value = input
    var isRectifiedFirst = rectified
    for stage in stages {
      switch stage.geometry {
      case .dense(let geometry):
        value = try Aggregation.sum(
          [
            .convolution(
              value, stage.weights, geometry: geometry, rectified: isRectifiedFirst,
              normalisation: nil)
          ], statistics: statistics)
      case .depthwise(let geometry):
        let image = isRectifiedFirst ? try value.apply(.rectifier) : value
        value = try image.depthwiseConvolution(stage.weights, geometry)
      }
      isRectifiedFirst = false
      if let normalisation = stage.normalisation {
        value = try Normalisation.apply(
          value, normalisation, statistics: statistics, stage.rectifier)
      }
    }
    guard let other else { return value }
    return try value.apply(.add, other)
  }
}

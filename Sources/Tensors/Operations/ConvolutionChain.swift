import Kernels

/// Convolutions one after the other, each followed by batch normalisation and a rectifier where asked:
/// separable convolutions and inverted bottlenecks.
public struct ConvolutionChain {
  /// What keeps numbers within bounds.
  public enum Rectifier: Sendable {
    case none
    /// max(0, x): ReLU.
    case zero
    /// x within 0 and 6: ReLU6.
    case zeroToSix
  }

  /// One convolution, and what follows it.
  public struct Stage {
    enum Geometry {
      case dense(ConvolutionGeometry)
      case depthwise(DepthwiseGeometry)
    }

    let weights: Tensor
    let geometry: Geometry
    public let normalisation: BatchNormalisation?
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
    _ input: Tensor, rectified: Rectifier = .none, _ stages: [Stage], adding other: Tensor? = nil,
    statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    var value = try input.rectified(rectified)
    for stage in stages {
      switch stage.geometry {
      case .dense(let geometry):
        value = try Aggregation.sum(
          [
            .convolution(
              value, stage.weights, geometry: geometry, rectified: false, normalisation: nil)
          ], statistics: statistics)
      case .depthwise(let geometry):
        value = try value.depthwiseConvolution(stage.weights, geometry)
      }
      if let normalisation = stage.normalisation {
        value = try Normalisation.apply(
          value, normalisation, statistics: statistics, rectified: false)
      }
      value = try value.rectified(stage.rectifier)
    }
    guard let other else { return value }
    return try value.apply(.add, other)
  }
}

extension Tensor {
  fileprivate func rectified(_ rectifier: ConvolutionChain.Rectifier) throws -> Tensor {
    switch rectifier {
    case .none: self
    case .zero: try apply(.rectifier)
    case .zeroToSix: try apply(.hardClamp, .init(0, 6)).image()
    }
  }
}

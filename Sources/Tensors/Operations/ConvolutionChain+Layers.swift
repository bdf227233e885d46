import Kernels

/// Layers of a network that someone wrote one after the other, as one chain.
///
/// A convolution, the batch normalisation behind it and the rectifier behind that are three layers to
/// who writes them, and one stage here, whose normalised images nobody writes to memory.
///
/// Invariant: layers that a chain cannot hold give nil before anything was computed, so that they can
/// be run, and their errors raised, one by one.
extension ConvolutionChain {
  /// A convolution with what follows it, by its parameters (`Tensor.convolution2d`, no bias).
  public struct Layer {
    let weights: Tensor
    let stride: Int
    let padding: Int
    let dilation: Int
    let groups: Int
    let normalisation: BatchNormalisation?
    let statistics: BatchNormalisation.Statistics
    let rectifier: Rectifier

    public init(
      _ weights: Tensor, stride: Int, padding: Int, dilation: Int, groups: Int,
      _ normalisation: BatchNormalisation?, _ statistics: BatchNormalisation.Statistics,
      _ rectifier: Rectifier
    ) {
      self.weights = weights
      self.stride = stride
      self.padding = padding
      self.dilation = dilation
      self.groups = groups
      self.normalisation = normalisation
      self.statistics = statistics
      self.rectifier = rectifier
    }

    /// The stage that it is for images of this size; nil where a chain has none.
    fileprivate func stage(_ input: ConvolutionGeometry.Extent, _ element: ElementType) -> Stage? {
      let shape = weights.shape
      guard shape.count == 4, shape[2] == shape[3], weights.elementType == element,
        normalisation.map({ $0.channels == shape[0] && $0.gamma.elementType == element }) ?? true,
        normalisation != nil || rectifier == .none
      else { return nil }
      if groups == 1, weights.layout == .convolutionWeights, shape[1] == input.channels {
        return GeometryCache.shared.geometry(
          input: input, outputChannels: shape[0], kernel: shape[2], stride: stride,
          padding: padding, dilation: dilation
        ).map { .dense(weights, $0, normalisation, rectifier) }
      }
      guard groups > 1, groups == input.channels, groups == shape[0], shape[1] == 1,
        weights.layout == .plain, weights.isContiguous
      else { return nil }
      return DepthwiseGeometry(
        input: input, kernel: shape[2], stride: stride, padding: padding, dilation: dilation
      ).map { .depthwise(weights, $0, normalisation, rectifier) }
    }
  }

  /// The layers' result for images, which are rectified first where asked; nil where a chain cannot
  /// hold the layers.
  public static func apply(
    _ input: Tensor, rectified: Bool, _ layers: [Layer]
  ) throws -> Tensor? {
    guard input.rank == 4, input.shape[0] > 0 else { return nil }
    var extent = try input.imageExtent("convolutions")
    var stages: [Stage] = []
    for layer in layers {
      guard let stage = layer.stage(extent, input.elementType) else { return nil }
      stages.append(stage)
      extent = stage.output
    }
    var image = PendingImage(input, rectified: rectified)
    for (stage, layer) in zip(stages, layers) {
      image = try stage.apply(image, statistics: layer.statistics)
    }
    return try image.realised()
  }
}

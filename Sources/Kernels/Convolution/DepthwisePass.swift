/// An image's way through a convolution with one filter a channel, forward, and back from the result's
/// gradient to those of the image and the weights.
///
/// Channels are independent of each other, so a block of them goes through all that is to be done while
/// it is in cache: forward, the change that the image is read with, the convolution, and the moments
/// that a normalisation behind needs; backward, the gradient of that normalisation, the convolution
/// backward, the sums that a normalisation ahead needs, and the weights' gradient.
///
/// Invariant: a block's bits are those of its steps one after the other.
public struct DepthwiseForward {
  let geometry: DepthwiseGeometry
  let element: ElementType
  let image: UnsafeRawPointer
  let change: Padding.Change
  let weights: UnsafeRawPointer
  let scratch: UnsafeMutableRawPointer
  let result: UnsafeMutableRawPointer
  let moments: Moments?

  /// Where the result's moments go (see `ChannelSums.addMoments`), with those of so many pixels before.
  public struct Moments: BitwiseCopyable {
    let sums: UnsafeMutablePointer<Double>
    let taken: Int
    public init(_ sums: UnsafeMutablePointer<Double>, after taken: Int) {
      self.sums = sums
      self.taken = taken
    }
  }

  /// Convolves an image, read as `change` says, with packed weights; `scratch` holds
  /// `geometry.scratchSize` numbers.
  public static func run(
    _ geometry: DepthwiseGeometry, _ element: ElementType, from image: UnsafeRawPointer,
    change: Padding.Change, weights: UnsafeRawPointer, scratch: UnsafeMutableRawPointer,
    to result: UnsafeMutableRawPointer, moments: Moments? = nil
  ) {
    LaneType(element, block: geometry.input.block).dispatch(
      DepthwiseForward(
        geometry: geometry, element: element, image: image, change: change, weights: weights,
        scratch: scratch, result: result, moments: moments))
  }
}

extension DepthwiseForward: LaneKernel {
  @inline(__always)
  func run<Vector: Lanes>(_ vector: Vector.Type) {
    let (input, output) = (geometry.inputBlock, geometry.outputBlock)
    for block in 0..<geometry.input.blocks {
      let lane = block * Vector.scalarCount
      let target = result + block * output.size * element.size
      DepthwiseConvolution(
        geometry: geometry, source: image + block * input.size * element.size,
        change: change.from(lane: lane, element),
        weights: weights + lane * geometry.taps * element.size, scratch: scratch, result: target,
        backward: nil
      ).runBlock(vector)
      if let moments {
        ChannelSums(
          extent: output, image: target, kind: .moments(after: moments.taken),
          sums: moments.sums + lane, second: geometry.output.lanes
        ).run(vector)
      }
    }
  }
}

/// The way back: see `DepthwiseForward`.
public struct DepthwiseBackward {
  /// The result's gradient, which lies behind a normalisation and a rectifier where there are any.
  public struct Gradient: BitwiseCopyable {
    let address: UnsafeRawPointer
    let map: NormalisationGradient?
    let gate: Rectifier.Gate?
    public init(
      _ address: UnsafeRawPointer, map: NormalisationGradient? = nil, gate: Rectifier.Gate? = nil
    ) {
      self.address = address
      self.map = map
      self.gate = gate
    }
  }

  /// The image's gradient: the packed weights, and where and how it is written.
  public struct Data: BitwiseCopyable {
    let weights: UnsafeRawPointer
    let target: UnsafeMutableRawPointer
    let output: ConvolutionPass.Output
    public init(
      weights: UnsafeRawPointer, to target: UnsafeMutableRawPointer, output: ConvolutionPass.Output
    ) {
      self.weights = weights
      self.target = target
      self.output = output
    }
  }

  /// The sums over the image's gradient (see `ChannelSums.addProducts`).
  public struct Sums: BitwiseCopyable {
    let image: UnsafeRawPointer
    let gate: Rectifier.Gate?
    let centre: UnsafeRawPointer
    let sums: UnsafeMutablePointer<Double>
    public init(
      of image: UnsafeRawPointer, gate: Rectifier.Gate?, centre: UnsafeRawPointer,
      to sums: UnsafeMutablePointer<Double>
    ) {
      self.image = image
      self.gate = gate
      self.centre = centre
      self.sums = sums
    }
  }

  /// The weights' gradient, packed: the image, how it is read, and where its share is added.
  public struct Weights: BitwiseCopyable {
    let image: UnsafeRawPointer
    let change: Padding.Change
    let target: UnsafeMutableRawPointer
    public init(
      of image: UnsafeRawPointer, change: Padding.Change, to target: UnsafeMutableRawPointer
    ) {
      self.image = image
      self.change = change
      self.target = target
    }
  }

  let geometry: DepthwiseGeometry
  let element: ElementType
  let gradient: Gradient
  let data: Data?
  let sums: Sums?
  let weights: Weights?
  let scratch: UnsafeMutableRawPointer
  let copy: UnsafeMutableRawPointer

  /// The gradients of one image and of the weights, those that are wanted. `scratch` holds
  /// `geometry.scratchSize` numbers, `copy` a block of the result.
  public static func run(
    _ geometry: DepthwiseGeometry, _ element: ElementType, _ gradient: Gradient, data: Data?,
    sums: Sums? = nil, weights: Weights?, scratch: UnsafeMutableRawPointer,
    copy: UnsafeMutableRawPointer
  ) {
    LaneType(element, block: geometry.input.block).dispatch(
      DepthwiseBackward(
        geometry: geometry, element: element, gradient: gradient, data: data, sums: sums,
        weights: weights, scratch: scratch, copy: copy))
  }
}

extension DepthwiseBackward: LaneKernel {
  @inline(__always)
  func run<Vector: Lanes>(_ vector: Vector.Type) {
    let (input, output) = (geometry.inputBlock, geometry.outputBlock)
    for block in 0..<geometry.input.blocks {
      let lane = block * Vector.scalarCount
      let inputOffset = block * input.size * element.size
      let outputOffset = block * output.size * element.size
      let weightOffset = lane * geometry.taps * element.size
      var own = gradient.address + outputOffset
      if let map = gradient.map {
        ChannelAffine(
          extent: output, image: own, result: copy,
          kind: .gradient(
            map.from(offset: outputOffset, lane: lane, element),
            gate: gradient.gate.flatMap { $0.from(offset: outputOffset, lane: lane, element) }),
          adding: false
        ).run(vector)
        own = UnsafeRawPointer(copy)
      }
      if let data {
        DepthwiseConvolution(
          geometry: geometry, source: own, change: .none, weights: data.weights + weightOffset,
          scratch: scratch, result: data.target + inputOffset,
          backward: data.output.from(offset: inputOffset)
        ).runBlock(vector)
        if let sums { add(sums, of: data.target + inputOffset, at: inputOffset, lane, vector) }
      }
      if let weights {
        DepthwiseWeightGradient(
          geometry: geometry, image: weights.image + inputOffset,
          change: weights.change.from(lane: lane, element), gradient: own, scratch: scratch,
          result: weights.target + weightOffset
        ).runBlock(vector)
      }
    }
  }

  @inline(__always)
  private func add<Vector: Lanes>(
    _ sums: Sums, of gradient: UnsafeRawPointer, at offset: Int, _ lane: Int,
    _ vector: Vector.Type
  ) {
    let centre = sums.centre + lane * element.size
    let gate = sums.gate.flatMap { $0.from(offset: offset, lane: lane, element) }
    let kind: ChannelSums.Kind =
      if let gate { .gatedProducts(gradient: gradient, gate: gate, centre: centre) } else {
        .products(gradient: gradient, centre: centre)
      }
    ChannelSums(
      extent: geometry.inputBlock, image: sums.image + offset, kind: kind,
      sums: sums.sums + lane, second: geometry.input.lanes
    ).run(vector)
  }
}

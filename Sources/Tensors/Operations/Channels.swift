import Kernels

/// Images joined channel by channel, and taken apart.
///
/// Invariant: the numbers are copied as they are, whatever the blocks they lie in.
extension Tensor {
  /// The channels of all images, one tensor's after the other's: of batch x channels x height x width
  /// each, with equal batches, heights and widths.
  public static func concatenatedChannels(_ tensors: [Tensor]) throws -> Tensor {
    guard let first = tensors.first else {
      throw TensorError("concatenated channels: nothing to join")
    }
    let element = first.elementType
    var places: [ChannelCopy.Place] = []
    var extents: [ConvolutionGeometry.Extent] = []
    var channels = 0
    for tensor in tensors {
      extents.append(try tensor.imageExtent("concatenated channels"))
      guard tensor.shape[0] == first.shape[0], tensor.shape[2...] == first.shape[2...] else {
        throw TensorError.shapes(
          "concatenated channels", "images differ", first.shape, tensor.shape)
      }
      guard tensor.elementType == element else {
        throw TensorError("concatenated channels: float32 and float64 images are mixed")
      }
      // No overflow: a tensor has at most 2³² channels.
      channels += tensor.shape[1]
    }
    let result = try Tensor(
      shape: [first.shape[0], channels, first.shape[2], first.shape[3]], layout: .image,
      elementType: element)
    let joined = try result.extent
    channels = 0
    for extent in extents {
      places.append(ChannelCopy.Place(joined, first: channels))
      channels += extent.channels
    }
    let chunks = ImageChunks(images: first.shape[0])
    let joinedBytes = joined.size * element.size
    let parts = zip(extents, places).map { (extent: $0, place: $1) }
    chunks.forEachImage { image, _ in
      for (tensor, part) in zip(tensors, parts) {
        ChannelCopy.run(
          element, ChannelCopy.Place(part.extent, first: 0),
          tensor.address + image * part.extent.size * element.size, to: part.place,
          result.address + image * joinedBytes, count: part.extent.channels, adding: false)
      }
    }
    Tape.record("concatenated channels", tensors, output: result) { gradient in
      // One after the other: a tensor may be there twice.
      for (tensor, part) in zip(tensors, parts) where tensor.requiresGradient {
        let (target, adding) = try tensor.gradientTarget()
        chunks.forEachImage { image, _ in
          ChannelCopy.run(
            element, part.place, gradient.address + image * joinedBytes,
            to: ChannelCopy.Place(part.extent, first: 0),
            target.address + image * part.extent.size * element.size,
            count: part.extent.channels, adding: adding)
        }
      }
    }
    return result
  }

  /// The image of `count` channels from one on.
  public func channels(from first: Int, count: Int) throws -> Tensor {
    let extent = try imageExtent("channels")
    guard first >= 0, count > 0, count <= extent.channels, first <= extent.channels - count else {
      throw TensorError.shapes(
        "channels", "\(count) channels from \(first) on are not all there", shape)
    }
    let element = elementType
    let result = try Tensor(
      shape: [shape[0], count, shape[2], shape[3]], layout: .image, elementType: element)
    let part = ChannelCopy.Place(try result.extent, first: 0)
    let whole = ChannelCopy.Place(extent, first: first)
    let chunks = ImageChunks(images: shape[0])
    let bytes = extent.size * element.size
    let partBytes = try result.extent.size * element.size
    chunks.forEachImage { image, _ in
      ChannelCopy.run(
        element, whole, address + image * bytes, to: part, result.address + image * partBytes,
        count: count, adding: false)
    }
    Tape.record("channels", [self], output: result) { gradient in
      let (target, adding) = try self.gradientTarget()
      if !adding { target.fillWithZeros() }
      chunks.forEachImage { image, _ in
        ChannelCopy.run(
          element, part, gradient.address + image * partBytes, to: whole,
          target.address + image * bytes, count: count, adding: adding)
      }
    }
    return result
  }
}

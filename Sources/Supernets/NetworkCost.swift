import Kernels
import SearchSpaces
import Tensors

/// What a network costs, counted on the network itself.
public struct NetworkCost: Equatable, Sendable {
  /// Numbers that training changes.
  public let parameters: Int
  /// Multiply-adds of one image's forward pass: see `MultiplyAdds`.
  public let multiplyAdds: Int

  /// Counts the parameters that the network holds, and runs a path of it on one image of zeros. Nothing
  /// in the network changes.
  public init(
    of network: any PathNetwork, _ architecture: Architecture, inputChannels: Int, side: Int
  ) throws {
    let elementType = network.parameters.first?.tensor.elementType ?? .float32
    parameters = network.parameters.reduce(0) { $0 + ($1.isTrained ? $1.tensor.count : 0) }
    let image = try Tensor.zeros(
      shape: [1, inputChannels, side, side], layout: .image, elementType: elementType)
    multiplyAdds = try Tape.withoutRecording {
      try MultiplyAdds.counting {
        _ = try network.forward(image, architecture, statistics: .running)
      }.count
    }
  }
}

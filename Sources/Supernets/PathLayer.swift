import Kernels
import Parameters
import Tensors

/// A part of a network that is replaced as a whole: an operator with weights of its own, a stem, a
/// reduction block, a head.
///
/// Invariant: it computes the same whichever network it stands in.
public protocol PathLayer: AnyObject {
  /// Its parameters and running statistics, in the order they are saved.
  var parameters: [Parameter] { get }

  /// The normalisations whose statistics calibration measures; one that a pass leaves out keeps its
  /// own.
  var normalisations: [BatchNormalisation] { get }

  func forward(_ input: Tensor, statistics: BatchNormalisation.Statistics) throws -> Tensor
}

/// Where a layer stands, and what its first values depend on.
public struct LayerPlace: Sendable {
  /// What the names of all its parameters begin with, `cells.0.edges.2<-1.3.op.` for example.
  public let prefix: String
  public let seed: UInt64
  public let elementType: ElementType
}

/// Makers of the layers that a cell network does not have itself, or has otherwise.
///
/// Images are batch x channels x height x width, square, in `image` layout. What a maker gives is asked
/// for parameters whose names begin with the place's prefix, and for outputs of the shape that stands
/// beside it; anything else is a `NetworkError`.
public struct CellLayers: Sendable {
  public typealias Operator =
    @Sendable (_ channels: Int, _ place: LayerPlace) throws -> any PathLayer
  public typealias Between =
    @Sendable (_ input: Int, _ output: Int, _ place: LayerPlace) throws -> any PathLayer

  /// The space's own operators, by name: images of `channels` to images of the same shape.
  public var operators: [String: Operator]
  /// Images of the data set's channels to images of the first stage's. Prefix `stem.`
  public var stem: Between?
  /// Images of a stage's channels to images of twice as many and half the side. Prefix `cells.K.`
  public var reduction: Between?
  /// Images of the last stage's channels to scores, batch x classes. Prefix `head.`
  public var head: Between?

  public init(
    operators: [String: Operator] = [:], stem: Between? = nil, reduction: Between? = nil,
    head: Between? = nil
  ) {
    self.operators = operators
    self.stem = stem
    self.reduction = reduction
    self.head = head
  }

  /// Whether there is none, so that a network's cost is the space's formula.
  var isEmpty: Bool { operators.isEmpty && stem == nil && reduction == nil && head == nil }
}

/// A layer that somebody else made, held to what the network expects of it.
final class CheckedLayer: PathLayer {
  private let layer: any PathLayer
  /// What errors call it: `operator 'dw' of cells.0.edges.1<-0.2`.
  private let title: String
  /// The output's shape but for the batch; images where it has three sizes.
  private let expected: [Int]

  let parameters: [Parameter]
  var normalisations: [BatchNormalisation] { layer.normalisations }

  /// Throws `NetworkError` where a parameter's name does not begin with the prefix.
  init(
    _ layer: any PathLayer, called title: String, at place: LayerPlace, giving expected: [Int]
  ) throws {
    self.layer = layer
    self.expected = expected
    self.title = title
    parameters = layer.parameters
    if let wrong = parameters.first(where: { !$0.name.hasPrefix(place.prefix) }) {
      throw NetworkError(
        "\(title): parameter '\(wrong.name)': expected a name that begins with '\(place.prefix)'")
    }
  }

  func forward(_ input: Tensor, statistics: BatchNormalisation.Statistics) throws -> Tensor {
    let output = try layer.forward(input, statistics: statistics)
    let shape = input.shape.prefix(1) + expected
    guard output.shape == Array(shape) else {
      throw NetworkError(
        "\(title): expected an output of shape \(shown(Array(shape))), found \(shown(output.shape))"
      )
    }
    let layout: Tensor.Layout = expected.count == 3 ? .image : .plain
    guard output.layout == layout, output.elementType == input.elementType else {
      throw NetworkError(
        "\(title): expected an output of \(input.elementType) in \(layout) layout, found "
          + "\(output.elementType) in \(output.layout) layout")
    }
    return output
  }
}

/// A shape as messages show it.
func shown(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "x") }

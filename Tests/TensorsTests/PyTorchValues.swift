import Foundation
import Kernels
import Tensors

/// PyTorch's results and gradients, as `Fixtures/make_image_operations.py` wrote them.
struct PyTorchValues: Decodable {
  struct Array: Decodable {
    let shape: [Int]
    let values: [Double]

    func tensor(
      _ layout: Tensor.Layout = .plain, _ element: ElementType
    ) throws -> Tensor {
      try Tensor(values, shape: shape, layout: layout, elementType: element)
    }
  }

  struct Case: Decodable {
    let operation: String
    let parameters: [String: Int]
    let operands: [String: Array]
    let probe: [String: Array]
    let result: Array
    let loss: Double
    let gradients: [String: Array]
  }

  let cases: [Case]

  static func read() throws -> PyTorchValues {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/image_operations.json")
    return try JSONDecoder().decode(PyTorchValues.self, from: Data(contentsOf: file))
  }
}

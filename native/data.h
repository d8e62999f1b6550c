#pragma once

#include <ATen/core/Tensor.h>

namespace torch_node {

// True when the tensor's memory is a JavaScript buffer's, which dies with its environment.
bool is_javascript_memory(const at::Tensor& tensor);

}  // namespace torch_node

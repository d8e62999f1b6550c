#pragma once

#include <torch/csrc/autograd/edge.h>

namespace torch_node {

// intrusive_ptr or shared_ptr, as this release of LibTorch has it.
using NodePtr = decltype(torch::autograd::Edge::function);

}  // namespace torch_node

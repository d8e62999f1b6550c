#pragma once

#include <torch/csrc/autograd/function.h>

#include "environment.h"

namespace torch_node {

// intrusive_ptr or shared_ptr, as this release of LibTorch has it.
using NodePtr = decltype(torch::autograd::Edge::function);

// The node behind a value; a TypeError when it is none.
const NodePtr& node_of(Environment& environment, napi_value value);

// Calls a hook, which may be needed on any thread, with the grad mode of the calling thread as its first argument: the
// JavaScript side takes that mode on while the hook runs.
void in_javascript(JsRef& hook, const std::function<void(Environment&, napi_value function, napi_value grad_mode)>& run);

}  // namespace torch_node

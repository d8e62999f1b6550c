#pragma once

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/graph_task.h>

#include "environment.h"

namespace torch_node {

// intrusive_ptr or shared_ptr, as this release of LibTorch has it.
using NodePtr = decltype(torch::autograd::Edge::function);

// The node behind a value; a TypeError when it is none.
const NodePtr& node_of(Environment& environment, napi_value value);

// A JavaScript object for a node, the same one as long as it lives; null for none.
napi_value wrap_node(Environment& environment, const NodePtr& node);

// The node's end of an edge: `[node, number]`, or a tensor, whose gradient arrives there.
torch::autograd::Edge edge_of(Environment& environment, napi_value value);

// A node that `node` was made as.
template <typename T, typename Pointer = NodePtr>
Pointer own(std::unique_ptr<T> node) {
  if constexpr (std::is_same_v<Pointer, std::shared_ptr<torch::autograd::Node>>)
    return Pointer(node.release(), [](torch::autograd::Node* n) { delete n; });
  else
    return Pointer::unsafe_steal_from_new(node.release());
}

// The backward pass that a hook runs in, as the engine's thread knows it.
struct GraphTask {
  int id = -1;
  bool checkpoint_valid = true;
  NodePtr node;
  const std::unordered_map<torch::autograd::Node*, torch::autograd::GraphTask::ExecInfo>* exec_info = nullptr;
  const std::unordered_set<torch::autograd::Node*>* nodes = nullptr;

  static GraphTask current();
};

// Calls a hook, which may be needed on any thread, with the grad mode of the calling thread as its first argument: the
// JavaScript side takes that mode on while the hook runs.
void in_javascript(JsRef& hook, const std::function<void(Environment&, napi_value function, napi_value grad_mode)>& run);

}  // namespace torch_node

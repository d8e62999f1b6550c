// The levels of forward-mode autograd, and what its operators without a formula are made of. Dual tensors themselves are
// operators: _make_dual and _unpack_dual.
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/forward_grad.h>
#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/runtime/decomposition_registry.h>
#include <torch/jit.h>

#include <mutex>

#include "entry.h"

namespace torch_node {

namespace {

napi_value enter_dual_level(Args& args) {
  return from(args.env, static_cast<int64_t>(torch::autograd::ForwardADLevel::get_next_idx()));
}

napi_value exit_dual_level(Args& args) {
  const int64_t level = to_int64(args.env, args[0]);
  TORCH_CHECK(level >= 0, "exitDualLevel needs a level that enterDualLevel gave");
  torch::autograd::ForwardADLevel::release_idx(static_cast<uint64_t>(level));
  return undefined(args.env);
}

// TorchScript, whose functions stand for the operators of their names. The registry is the process's.
napi_value register_decompositions(Args& args) {
  static std::mutex registering;
  const auto unit = torch::jit::compile(to_string(args.env, args[0]));
  const std::lock_guard lock(registering);
  for (torch::jit::Function* function : unit->get_functions()) {
    const auto op = c10::Dispatcher::singleton().findSchema({"aten::" + function->name(), ""});
    if (!op || torch::jit::has_jit_decomposition(op->schema())) continue;
    torch::jit::RegisterDecomposition(op->schema(), torch::jit::toGraphFunction(*function).graph());
  }
  return undefined(args.env);
}

}  // namespace

Exports forward_ad_exports() {
  return {
      {"enterDualLevel", entry<enter_dual_level>},
      {"exitDualLevel", entry<exit_dual_level>},
      {"registerDecompositions", entry<register_decompositions>},
  };
}

}  // namespace torch_node

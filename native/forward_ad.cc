// The levels of forward-mode autograd. Dual tensors themselves are operators: _make_dual and _unpack_dual.
#include <torch/csrc/autograd/forward_grad.h>

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

}  // namespace

Exports forward_ad_exports() {
  return {{"enterDualLevel", entry<enter_dual_level>}, {"exitDualLevel", entry<exit_dual_level>}};
}

}  // namespace torch_node

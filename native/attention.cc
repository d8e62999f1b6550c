// Which kernels scaled_dot_product_attention may take, for the whole process.
#include <ATen/Context.h>

#include <algorithm>

#include "entry.h"

namespace torch_node {

namespace {

at::SDPBackend backend_of(napi_env env, napi_value value) {
  const int32_t code = to_int32(env, value);
  TORCH_CHECK_VALUE(code >= 0 && code < at::num_sdp_backends, "unknown SDPBackend ", code);
  return static_cast<at::SDPBackend>(code);
}

napi_value sdp_enabled(Args& args) {
  const auto& context = at::globalContext();
  switch (backend_of(args.env, args[0])) {
    case at::SDPBackend::math: return from(args.env, context.userEnabledMathSDP());
    case at::SDPBackend::flash_attention: return from(args.env, context.userEnabledFlashSDP());
    case at::SDPBackend::efficient_attention: return from(args.env, context.userEnabledMemEfficientSDP());
    case at::SDPBackend::cudnn_attention: return from(args.env, context.userEnabledCuDNNSDP());
    default: return from(args.env, context.userEnabledOverrideableSDP());
  }
}

napi_value set_sdp_enabled(Args& args) {
  auto& context = at::globalContext();
  const auto backend = backend_of(args.env, args[0]);
  const bool enabled = to_bool(args.env, args[1]);
  switch (backend) {
    case at::SDPBackend::math: context.setSDPUseMath(enabled); break;
    case at::SDPBackend::flash_attention: context.setSDPUseFlash(enabled); break;
    case at::SDPBackend::efficient_attention: context.setSDPUseMemEfficient(enabled); break;
    case at::SDPBackend::cudnn_attention: context.setSDPUseCuDNN(enabled); break;
    default: context.setSDPUseOverrideable(enabled);
  }
  return undefined(args.env);
}

napi_value sdp_priority(Args& args) {
  const auto order = at::globalContext().sDPPriorityOrder();
  std::vector<int64_t> codes(order.size());
  std::transform(order.begin(), order.end(), codes.begin(), [](auto backend) { return static_cast<int64_t>(backend); });
  return from(args.env, codes);
}

napi_value set_sdp_priority(Args& args) {
  const auto order = to_int64s(args.env, args[0]);
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (size_t i = 0; i < sorted.size(); ++i)
    TORCH_CHECK_VALUE(sorted[i] == static_cast<int64_t>(i), "the priority order must name every SDPBackend once");
  at::globalContext().setSDPPriorityOrder(order);
  return undefined(args.env);
}

}  // namespace

Exports attention_exports() {
  return {{"sdpEnabled", entry<sdp_enabled>},
          {"setSdpEnabled", entry<set_sdp_enabled>},
          {"sdpPriority", entry<sdp_priority>},
          {"setSdpPriority", entry<set_sdp_priority>}};
}

}  // namespace torch_node

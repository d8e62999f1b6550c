// Grad mode, inference mode, the tensor scope and the settings of backward of the JavaScript thread.
#include <c10/core/AutogradState.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include "entry.h"

namespace torch_node {

namespace {

// Older releases of LibTorch, such as 2.11, always enforce the layouts of gradients.
template <typename State>
void enforce_layouts(State& state, bool enabled) {
  if constexpr (requires { state.set_grad_layout_enforcement_enabled(enabled); })
    state.set_grad_layout_enforcement_enabled(enabled);
  else
    TORCH_CHECK(enabled, "This release of LibTorch always enforces the layouts of gradients");
}

napi_value set_modes(Args& args) {
  auto& environment = args.environment;
  const int32_t bits = to_int32(args.env, args[0]);
  environment.scope = to_int64(args.env, args[1]);
  const bool inference = (bits & 2) != 0;
  if (inference != (environment.inference != nullptr)) {
    environment.inference.reset();
    if (inference) environment.inference = std::make_unique<c10::InferenceMode>(true);
  }
  c10::GradMode::set_enabled((bits & 1) != 0);
  auto& state = c10::AutogradState::get_tls_state();
  state.set_fw_grad_mode(!inference && (bits & 4) == 0);
  state.set_multithreading_enabled((bits & 8) == 0);
  enforce_layouts(state, (bits & 16) == 0);
  return undefined(args.env);
}

}  // namespace

Exports mode_exports() {
  return {{"setModes", entry<set_modes>}};
}

}  // namespace torch_node

// How a C++ function becomes one of the addon's exports.
#pragma once

#include "environment.h"
#include "errors.h"

namespace torch_node {

// The arguments of a call; missing ones are undefined.
class Args {
 public:
  static constexpr size_t kMax = 8;
  explicit Args(Environment& environment) : environment(environment), env(environment.env) {}
  napi_value operator[](size_t i) const { return values[i]; }

  Environment& environment;
  napi_env env;
  size_t count = kMax;
  napi_value values[kMax];
};

using Export = napi_value (*)(Args& args);

template <Export function>
napi_value entry(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  size_t count = Args::kMax;
  napi_value values[Args::kMax];
  if (napi_get_cb_info(env, info, &count, values, nullptr, &data) != napi_ok) return nullptr;
  auto& environment = *static_cast<Environment*>(data);
  try {
    Args args(environment);
    args.count = count;
    std::copy(values, values + Args::kMax, args.values);
    return function(args);
  } catch (const PendingException&) {
  } catch (...) {
    throw_js(environment, std::current_exception());
  }
  return nullptr;
}

struct ExportEntry {
  const char* name;
  napi_callback callback;
};

// What each file offers; `module.cc` puts them together.
using Exports = std::vector<ExportEntry>;
Exports operator_exports();
Exports tensor_exports();
Exports data_exports();
Exports map_exports();
Exports lifetime_exports();
Exports mode_exports();
Exports dispatch_mode_exports();
Exports autograd_exports();
Exports graph_exports();
Exports hook_exports();
Exports saved_hook_exports();
Exports anomaly_exports();
Exports forward_ad_exports();
Exports generator_exports();
Exports thread_generator_exports();
Exports share_exports();
Exports process_exports();
Exports attention_exports();
Exports library_exports();
Exports script_exports();
Exports script_run_exports();
Exports script_file_exports();
Exports script_source_exports();
Exports script_trace_exports();

}  // namespace torch_node

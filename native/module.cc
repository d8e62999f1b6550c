// The addon's entry: one Environment for each JavaScript environment that loads it.
#include <torch/version.h>

#include "engine.h"
#include "entry.h"
#include "handle.h"
#include "value.h"

namespace torch_node {

namespace {

// LibTorch's own limit is 64.
constexpr size_t kMaxDims = 64;

void define(napi_env env, napi_value exports, const char* name, napi_value value) {
  check(env, napi_set_named_property(env, exports, name, value));
}

// Takes what the addon calls back for.
napi_value setup(Args& args) {
  auto& environment = args.environment;
  napi_env env = args.env;
  constexpr std::pair<Hook, const char*> names[] = {
      {Hook::tensor_shell, "tensorShell"}, {Hook::dtypes, "dtypes"}, {Hook::layouts, "layouts"},           {Hook::memory_formats, "memoryFormats"},
      {Hook::make_device, "makeDevice"}, {Hook::make_complex, "makeComplex"},  {Hook::make_named, "makeNamed"},
      {Hook::make_error, "makeError"},   {Hook::collect_young, "collectYoung"},
  };
  for (const auto& [hook, name] : names) {
    auto& reference = environment.hooks[static_cast<size_t>(hook)];
    if (reference) check(env, napi_delete_reference(env, reference));
    check(env, napi_create_reference(env, property(env, args[0], name), 1, &reference));
  }
  return undefined(env);
}

void add(napi_env env, napi_value exports, Environment& environment, const Exports& functions) {
  for (const auto& [name, callback] : functions) {
    napi_value function;
    check(env, napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, &environment, &function));
    define(env, exports, name, function);
  }
}

void on_exit(void* data) { static_cast<Environment*>(data)->close(); }

constexpr Exports (*kParts[])() = {
    operator_exports,
    tensor_exports,
    data_exports,
    map_exports,
    lifetime_exports,
    mode_exports,
    autograd_exports,
    hook_exports,
    saved_hook_exports,
    anomaly_exports,
    forward_ad_exports,
    generator_exports,
    thread_generator_exports,
    share_exports,
    process_exports,
    attention_exports,
    library_exports,
    script_exports,
    script_run_exports,
    script_file_exports,
    script_source_exports,
    script_trace_exports,
    dispatch_mode_exports,
    graph_exports,
};

napi_value start(napi_env env, napi_value exports) {
  install_engine();
  auto* environment = new Environment(env);
  check(env, napi_set_instance_data(
                 env, environment,
                 [](node_api_basic_env, void* data, void*) { static_cast<Environment*>(data)->release(); }, nullptr));
  check(env, napi_add_env_cleanup_hook(env, on_exit, environment));
  napi_value description = from(env, std::string_view("torch-node kind")), symbol;
  check(env, napi_create_symbol(env, description, &symbol));
  check(env, napi_create_reference(env, symbol, 1, &environment->tag_symbol));
  define(env, exports, "kTag", symbol);
  define(env, exports, "torchVersion", from(env, std::string_view(TORCH_VERSION)));
  napi_value buffer, sizes;
  void* memory = nullptr;
  check(env, napi_create_arraybuffer(env, kMaxDims * sizeof(double), &memory, &buffer));
  check(env, napi_create_typedarray(env, napi_float64_array, kMaxDims, buffer, 0, &sizes));
  environment->size_buffer = static_cast<double*>(memory);
  // Held for good: the memory is written as long as the addon lives.
  napi_ref hold;
  check(env, napi_create_reference(env, buffer, 1, &hold));
  define(env, exports, "sizeBuffer", sizes);
  for (const auto& part : kParts) add(env, exports, *environment, part());
  add(env, exports, *environment, {{"setup", entry<setup>}});
  return exports;
}

napi_value init(napi_env env, napi_value exports) {
  try {
    return start(env, exports);
  } catch (const PendingException&) {
  } catch (const std::exception& error) {
    napi_throw_error(env, "ERR_TORCH_RUNTIME", error.what());
  }
  return nullptr;
}

}  // namespace

}  // namespace torch_node

NAPI_MODULE(torch_node, torch_node::init)

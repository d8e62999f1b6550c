// Tracing: the operators that a JavaScript function calls become a graph of TorchScript.
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/ir/ir.h>

#include "entry.h"
#include "handle.h"
#include "script.h"
#include "value.h"

namespace torch_node {

namespace {

using torch::jit::Stack;

Stack inputs_of(Args& args, size_t i) {
  Stack inputs;
  for (uint32_t k = 0; k < array_length(args.env, args[i]); k++)
    inputs.push_back(infer_script(args.environment, element(args.env, args[i], k)));
  return inputs;
}

// trace(function, inputs, argument names, strict, module or null, name): a function; or a method that the module gets.
napi_value trace(Args& args) {
  napi_env env = args.env;
  auto& environment = args.environment;
  std::vector<std::string> names;
  for (uint32_t i = 0; i < array_length(env, args[2]); i++) names.push_back(to_string(env, element(env, args[2], i)));
  std::optional<torch::jit::Module> self;
  if (!is_nullish(env, args[4])) self = module_of(environment, args[4]);
  const std::string name = to_string(env, args[5]);
  napi_value function = args[0];
  const auto run = [&](Stack inputs) -> Stack {
    std::vector<napi_value> values;
    for (const auto& input : inputs) values.push_back(from_script(environment, input));
    return {infer_script(environment, call_js(environment, function, values))};
  };
  const auto [state, outputs] = torch::jit::tracer::trace(
      inputs_of(args, 1), run, [](const at::Tensor&) { return std::string(); }, to_bool(env, args[3]), false,
      self ? &*self : nullptr, names);
  if (!self) {
    auto unit = std::make_shared<torch::jit::CompilationUnit>();
    auto* traced = unit->create_function(c10::QualifiedName("__torch__", name), state->graph);
    return wrap_script(environment, {nullptr, traced, unit});
  }
  const auto type = self->type();
  auto* method = self->_ivalue()->compilation_unit()->create_function(c10::QualifiedName(*type->name(), name), state->graph);
  type->addMethod(method);
  return undefined(env);
}

napi_value is_tracing(Args& args) { return from(args.env, torch::jit::tracer::isTracing()); }

}  // namespace

Exports script_trace_exports() { return {{"scriptTrace", entry<trace>}, {"scriptIsTracing", entry<is_tracing>}}; }

}  // namespace torch_node

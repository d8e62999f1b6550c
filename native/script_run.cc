// Calls of TorchScript's methods and functions.
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include "async.h"
#include "entry.h"
#include "handle.h"
#include "script.h"
#include "value.h"

namespace torch_node {

namespace {

using c10::FunctionSchema;
using c10::IValue;

// What one call runs; it holds on to the module or unit that owns the function.
struct Run {
  Script script;
  torch::jit::Function* function;
  torch::jit::Stack stack;
};

torch::jit::Function& method_of(const Script& script, const std::string& name) {
  if (script.function) return *script.function;
  auto* method = script.object->type()->findMethod(name);
  TORCH_CHECK(method, "Method '", name, "' is not defined.");
  return *method;
}

// The parameter's own words about a value that does not fit, as Python's.
[[noreturn]] void refuse(const FunctionSchema& schema, const c10::Argument& argument, size_t position,
                         const TypeError& error) {
  std::ostringstream text;
  text << schema.name() << "(): argument '" << argument.name() << "' (position " << position << "): " << error.what()
       << ".\nDeclaration: " << schema;
  throw TypeError(text.str());
}

IValue argument(Environment& environment, const FunctionSchema& schema, size_t i, size_t skipped, napi_value js) {
  // Too many arguments: the schema's own check says so.
  if (i >= schema.arguments().size()) return infer_script(environment, js);
  const auto& parameter = schema.arguments()[i];
  try {
    return to_script(environment, js, parameter.type());
  } catch (const TypeError& error) {
    refuse(schema, parameter, i + 1 - skipped, error);
  }
}

void bind(Environment& environment, Run& run, napi_value args) {
  napi_env env = environment.env;
  const auto& schema = run.function->getSchema();
  const auto& parameters = schema.arguments();
  auto& stack = run.stack;
  if (run.script.object) stack.emplace_back(run.script.object);
  const size_t skipped = stack.size();
  uint32_t count = array_length(env, args);
  torch::jit::Kwargs keywords;
  if (count > 0) {
    napi_value last = element(env, args, count - 1);
    const size_t place = skipped + count - 1;
    const bool own = place < parameters.size() && takes_object(parameters[place].type());
    if (!own && type_of(env, last) == napi_object && classify(environment, last).kind == Kind::object) {
      count--;
      napi_value names;
      check(env, napi_get_property_names(env, last, &names));
      for (uint32_t i = 0; i < array_length(env, names); i++) {
        napi_value key = element(env, names, i), value;
        check(env, napi_get_property(env, last, key, &value));
        const std::string name = to_string(env, key);
        const auto index = schema.argumentIndexWithName(name);
        keywords[name] = argument(environment, schema, index ? static_cast<size_t>(*index) : parameters.size(), skipped,
                                  value);
      }
    }
  }
  for (uint32_t i = 0; i < count; i++) {
    const size_t place = skipped + i;
    if (place < parameters.size() && parameters[place].kwarg_only())
      throw TypeError(schema.name() + "() takes " + std::to_string(i) + " positional arguments but " +
                      std::to_string(count) + " were given");
    stack.push_back(argument(environment, schema, place, skipped, element(env, args, i)));
  }
  schema.checkAndNormalizeInputs(stack, keywords);
}

Run prepare(Args& args) {
  const auto& script = script_of(args.environment, args[0]);
  Run run{script, &method_of(script, to_string(args.env, args[1])), {}};
  bind(args.environment, run, args[2]);
  return run;
}

napi_value call(Args& args) {
  Run run = prepare(args);
  run.function->run(run.stack);
  return from_script(args.environment, run.stack.back());
}

napi_value call_async(Args& args) {
  auto run = std::make_shared<Run>(prepare(args));
  return run_async(
      args.environment, [run] { run->function->run(run->stack); },
      [run](Environment& environment) { return from_script(environment, run->stack.back()); });
}

}  // namespace

Exports script_run_exports() { return {{"scriptCall", entry<call>}, {"scriptCallAsync", entry<call_async>}}; }

}  // namespace torch_node

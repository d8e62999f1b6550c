// Operators that JavaScript defines, and kernels of operators that it writes.
#include <ATen/ThreadLocalState.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/jit/frontend/function_schema_parser.h>

#include <map>
#include <set>
#include <sstream>

#include "bind.h"
#include "entry.h"
#include "handle.h"
#include "library.h"

namespace torch_node {

namespace {

using c10::FunctionSchema;
using torch::jit::Stack;

// What an operator does for one dispatch key: a function of each environment that wants it, all null for a fallthrough.
struct Kernel {
  std::mutex mutex;
  std::map<Environment*, std::shared_ptr<JsRef>> functions;

  // The function of this thread's environment. A thread without JavaScript, such as one of the autograd engine, may ask the
  // only environment that there is.
  std::shared_ptr<JsRef> here() {
    std::lock_guard lock(mutex);
    for (const auto& [environment, function] : functions)
      if (environment->on_js_thread()) return function;
    return functions.size() == 1 && !Environment::is_js_thread() ? functions.begin()->second : nullptr;
  }
};

napi_value argument_to_js(Environment& environment, const c10::Argument& argument, const c10::IValue& value) {
  c10::TypePtr type = argument.real_type();
  if (auto optional = type->cast<c10::OptionalType>()) type = optional->getElementType();
  const auto tagged = [&](Hook hook) {
    return element(environment.env, environment.hook(hook), static_cast<uint32_t>(value.toInt()));
  };
  if (value.isInt()) switch (type->kind()) {
      case c10::TypeKind::ScalarTypeType: return tagged(Hook::dtypes);
      case c10::TypeKind::LayoutType: return tagged(Hook::layouts);
      case c10::TypeKind::MemoryFormatType: return tagged(Hook::memory_formats);
      default: break;
    }
  return to_js(environment, value);
}

// Positional arguments in order, keyword-only ones in one object behind them.
std::vector<napi_value> arguments_to_js(Environment& environment, const FunctionSchema& schema, const Stack& stack) {
  const auto& arguments = schema.arguments();
  const size_t first = stack.size() - arguments.size();
  std::vector<napi_value> result;
  napi_value keywords = nullptr;
  for (size_t i = 0; i < arguments.size(); i++) {
    napi_value value = argument_to_js(environment, arguments[i], stack[first + i]);
    if (!arguments[i].kwarg_only()) {
      result.push_back(value);
      continue;
    }
    if (!keywords) check(environment.env, napi_create_object(environment.env, &keywords));
    check(environment.env, napi_set_named_property(environment.env, keywords, arguments[i].name().c_str(), value));
  }
  if (keywords) result.push_back(keywords);
  return result;
}

c10::IValue result_to_ivalue(Environment& environment, const FunctionSchema& schema, size_t i, napi_value value) {
  std::string what = schema.name() + "(): ";
  what += schema.returns().size() == 1 ? "the result of its kernel" : "result " + std::to_string(i) + " of its kernel";
  return to_typed(environment, type_of_argument(schema.returns()[i]), classify(environment, value), what);
}

void run_kernel(Environment& environment, const FunctionSchema& schema, napi_value function, Stack& stack) {
  napi_env env = environment.env;
  napi_value result = call_js(environment, function, arguments_to_js(environment, schema, stack));
  const size_t wanted = schema.returns().size();
  std::vector<c10::IValue> values;
  if (wanted == 0 && !is_nullish(env, result))
    throw TypeError(schema.name() + "(): its kernel must return nothing");
  if (wanted == 1) values.push_back(result_to_ivalue(environment, schema, 0, result));
  if (wanted > 1) {
    if (type_of(env, result) != napi_object || !is_array(env, result) || array_length(env, result) != wanted)
      throw TypeError(schema.name() + "(): its kernel must return a list of " + std::to_string(wanted) + " results");
    for (uint32_t i = 0; i < wanted; i++)
      values.push_back(result_to_ivalue(environment, schema, i, element(env, result, i)));
  }
  torch::jit::drop(stack, schema.arguments().size());
  for (auto& value : values) stack.push_back(std::move(value));
}

struct JsKernel : c10::OperatorKernel {
  explicit JsKernel(std::shared_ptr<Kernel> k) : kernel(std::move(k)) {}

  void operator()(const c10::OperatorHandle& op, c10::DispatchKeySet, Stack* stack) {
    const std::shared_ptr<JsRef> function = kernel->here();
    TORCH_CHECK(function, op.schema().name(),
                ": its kernel is a function of another thread; a worker that calls the operator must register it too");
    auto& environment = function->environment();
    const bool here = environment.on_js_thread();
    const at::ThreadLocalState state;
    environment.run_on_js([&] {
      std::optional<at::ThreadLocalStateGuard> guard;
      if (!here) guard.emplace(state);
      run_kernel(environment, op.schema(), function->value(), *stack);
    });
  }

  std::shared_ptr<Kernel> kernel;
};

// A definition stays for good: whoever has looked the operator up goes on using it.
struct Definition {
  std::string schema;
  c10::RegistrationHandleRAII handle;
  std::set<Environment*> owners;
};

struct Implementation {
  std::shared_ptr<Kernel> kernel;
  c10::RegistrationHandleRAII handle;
  bool fallthrough;
};

// The dispatcher is one for the process, and so is this; what is in it belongs to environments and goes with them.
struct Registry {
  std::mutex mutex;
  std::map<c10::OperatorName, Definition, bool (*)(const c10::OperatorName&, const c10::OperatorName&)> definitions{before};
  std::map<std::pair<std::string, c10::DispatchKey>, Implementation> implementations;

  static bool before(const c10::OperatorName& a, const c10::OperatorName& b) {
    return std::tie(a.name, a.overload_name) < std::tie(b.name, b.overload_name);
  }
};

Registry& registry() {
  static auto* const it = new Registry;
  return *it;
}

c10::OperatorName operator_name(Args& args) {
  return {to_string(args.env, args[0]), to_string_or_empty(args.env, args[1])};
}

std::pair<std::string, c10::DispatchKey> implementation_key(const c10::OperatorName& name, const std::string& key) {
  return {toString(name), c10::parseDispatchKey(key)};
}

napi_value define(Args& args) {
  FunctionSchema schema = torch::jit::parseSchema(to_string(args.env, args[0]));
  schema.setAliasAnalysis(c10::AliasAnalysisKind::FROM_SCHEMA);
  std::ostringstream text;
  text << schema;
  const c10::OperatorName name = schema.operator_name();
  std::lock_guard lock(registry().mutex);
  const auto known = registry().definitions.find(name);
  if (known != registry().definitions.end()) {
    TORCH_CHECK(known->second.schema == text.str(), "Tried to register ", text.str(), ", but this process knows it as ",
                known->second.schema);
    TORCH_CHECK(known->second.owners.insert(&args.environment).second, "Tried to register an operator (", text.str(),
                ") with the same name and the same overload name multiple times.");
  } else {
    auto handle = c10::Dispatcher::singleton().registerDef(std::move(schema), "defined in JavaScript");
    registry().definitions.emplace(name, Definition{text.str(), std::move(handle), {&args.environment}});
    forget_packet(args.environment, name.name);
  }
  return from(args.env, std::string_view(toString(name)));
}

napi_value implement(Args& args) {
  const auto name = operator_name(args);
  const auto key = implementation_key(name, to_string(args.env, args[2]));
  const bool fallthrough = is_nullish(args.env, args[3]);
  if (!fallthrough && type_of(args.env, args[3]) != napi_function) throw TypeError("A kernel must be a function");
  TORCH_CHECK(c10::Dispatcher::singleton().findSchema(name), "There is no operator ", toString(name),
              ": define it before its kernels");
  auto function = fallthrough ? nullptr : std::make_shared<JsRef>(args.environment, args[3]);
  std::lock_guard lock(registry().mutex);
  auto& all = registry().implementations;
  auto known = all.find(key);
  if (known == all.end()) {
    auto kernel = std::make_shared<Kernel>();
    auto handle = c10::Dispatcher::singleton().registerImpl(
        name, key.second,
        fallthrough ? c10::KernelFunction::makeFallthrough()
                    : c10::KernelFunction::makeFromBoxedFunctor(std::make_unique<JsKernel>(kernel)),
        std::nullopt, nullptr, "registered in JavaScript");
    known = all.emplace(key, Implementation{std::move(kernel), std::move(handle), fallthrough}).first;
  }
  TORCH_CHECK(known->second.fallthrough == fallthrough, "Another thread registered another kind of kernel for ",
              toString(name));
  std::lock_guard functions(known->second.kernel->mutex);
  TORCH_CHECK(known->second.kernel->functions.emplace(&args.environment, std::move(function)).second,
              "This is not allowed since there's already a kernel registered from JavaScript overriding ", toString(name),
              "'s behavior for ", toString(key.second), " dispatch key.");
  return undefined(args.env);
}

// True when nobody is left to use the kernel.
bool leave(Kernel& kernel, Environment& environment) {
  std::lock_guard lock(kernel.mutex);
  kernel.functions.erase(&environment);
  return kernel.functions.empty();
}

// Takes back what this environment has defined, or with a dispatch key what it has implemented.
napi_value remove(Args& args) {
  const auto name = operator_name(args);
  std::lock_guard lock(registry().mutex);
  if (is_nullish(args.env, args[2])) {
    const auto known = registry().definitions.find(name);
    if (known != registry().definitions.end()) known->second.owners.erase(&args.environment);
    return undefined(args.env);
  }
  auto& all = registry().implementations;
  const auto known = all.find(implementation_key(name, to_string(args.env, args[2])));
  if (known != all.end() && leave(*known->second.kernel, args.environment)) all.erase(known);
  return undefined(args.env);
}

}  // namespace

void leave_library(Environment& environment) {
  std::lock_guard lock(registry().mutex);
  for (auto& [name, definition] : registry().definitions) definition.owners.erase(&environment);
  std::erase_if(registry().implementations, [&](auto& entry) { return leave(*entry.second.kernel, environment); });
}

Exports library_exports() {
  return {{"libraryDefine", entry<define>}, {"libraryImplement", entry<implement>}, {"libraryRemove", entry<remove>}};
}

}  // namespace torch_node

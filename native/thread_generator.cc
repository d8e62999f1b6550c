// LibTorch has one default generator for all threads of the process. A worker of a data loader has to draw the same numbers
// whatever the others do, so operators in its thread are handed the thread's own.
#include "thread_generator.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/library.h>

#include "entry.h"

namespace torch_node {

namespace {

// LibTorch keeps this key for its own tests; it comes before all others.
constexpr auto kKey = c10::DispatchKey::TESTING_ONLY_GenericMode;

thread_local at::Generator own;

bool draws_on_cpu(const c10::FunctionSchema& schema, const torch::jit::Stack& stack) {
  const size_t first = stack.size() - schema.arguments().size();
  for (size_t i = first; i < stack.size(); i++) {
    const auto& value = stack[i];
    if (value.isTensor() && value.toTensor().defined()) return value.toTensor().device().is_cpu();
    if (value.isDevice()) return value.toDevice().is_cpu();
  }
  return true;
}

void give_generator(const c10::OperatorHandle& op, c10::DispatchKeySet keys, torch::jit::Stack* stack) {
  // The addon's other threads take the key over, but not the generator.
  if (own.defined() && draws_on_cpu(op.schema(), *stack)) {
    const auto& arguments = op.schema().arguments();
    const size_t first = stack->size() - arguments.size();
    for (size_t i = 0; i < arguments.size(); i++) {
      auto& value = (*stack)[first + i];
      if (arguments[i].name() == "generator" && value.isNone()) value = own;
    }
  }
  op.redispatchBoxed(keys & c10::DispatchKeySet(c10::DispatchKeySet::FULL_AFTER, kKey), stack);
}

bool takes_generator(const c10::FunctionSchema& schema) {
  for (const auto& argument : schema.arguments())
    if (argument.name() == "generator") return true;
  return false;
}

// All other operators pass the key by, at no cost.
void install() {
  // Never destroyed, as the engine.
  static auto* libraries = [] {
    auto made = std::make_unique<std::vector<torch::Library>>();
    made->reserve(2);
    made->emplace_back(torch::Library::IMPL, "_", kKey, __FILE__, __LINE__);
    made->back().fallback(torch::CppFunction::makeFallthrough());
    made->emplace_back(torch::Library::IMPL, "aten", kKey, __FILE__, __LINE__);
    auto& dispatcher = c10::Dispatcher::singleton();
    for (const auto& name : dispatcher.getAllOpNames()) {
      if (name.getNamespace() != "aten") continue;
      const auto op = dispatcher.findSchema(name);
      if (!op || !takes_generator(op->schema())) continue;
      const std::string full = name.overload_name.empty() ? name.name : name.name + "." + name.overload_name;
      made->back().impl(full.c_str(), torch::CppFunction::makeFromBoxedFunction<&give_generator>());
    }
    return made.release();
  }();
  (void)libraries;
}

// Before the first such thread: it changes LibTorch's tables of operators.
napi_value prepare_thread_generators(Args& args) {
  install();
  return undefined(args.env);
}

napi_value use_thread_generator(Args& args) {
  install();
  own = at::make_generator<at::CPUGeneratorImpl>();
  c10::impl::tls_set_dispatch_key_included(kKey, true);
  return undefined(args.env);
}

}  // namespace

const at::Generator& thread_generator() { return own; }

Exports thread_generator_exports() {
  return {{"prepareThreadGenerators", entry<prepare_thread_generators>},
          {"useThreadGenerator", entry<use_thread_generator>}};
}

}  // namespace torch_node

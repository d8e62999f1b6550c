// A JavaScript function that sees every operator below autograd, as Python's TorchDispatchMode does.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/List.h>
#include <c10/core/GradMode.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/library.h>

#include "entry.h"
#include "handle.h"
#include "value.h"

namespace torch_node {

namespace {

// LibTorch keeps this key for its own fake tensors, which nothing here makes; it comes right after autograd.
constexpr auto kKey = c10::DispatchKey::Fake;

// The operator that waits for the mode's answer.
struct Frame {
  const c10::OperatorHandle& op;
  c10::DispatchKeySet below;
  torch::jit::Stack& stack;
  bool ran = false;
};

// Of this JavaScript thread.
thread_local std::shared_ptr<JsRef> mode;
thread_local Frame* frame = nullptr;

bool is_default(const c10::Argument& argument, const c10::IValue& value) {
  if (!argument.default_value() || argument.kwarg_only()) return false;
  if (value.isNone()) return argument.default_value()->isNone();
  return !value.isTensor() && !value.isTensorList() && value == *argument.default_value();
}

napi_value arguments_to_js(Environment& environment, const c10::FunctionSchema& schema, const torch::jit::Stack& stack) {
  const auto& arguments = schema.arguments();
  const size_t first = stack.size() - arguments.size();
  size_t count = arguments.size();
  // As Python, which leaves out what nobody gave.
  while (count > 0 && (arguments[count - 1].kwarg_only() || is_default(arguments[count - 1], stack[first + count - 1]))) count--;
  napi_value array = array_of(environment.env, count);
  for (size_t i = 0; i < count; i++) set_element(environment.env, array, i, to_js(environment, stack[first + i]));
  return array;
}

// The tensors that the operator is going to write to.
napi_value written_to_js(Environment& environment, const c10::FunctionSchema& schema, const torch::jit::Stack& stack) {
  const auto& arguments = schema.arguments();
  const size_t first = stack.size() - arguments.size();
  std::vector<at::Tensor> written;
  for (size_t i = 0; i < arguments.size(); i++) {
    if (!arguments[i].alias_info() || !arguments[i].alias_info()->isWrite()) continue;
    const auto& value = stack[first + i];
    if (value.isTensor() && value.toTensor().defined()) written.push_back(value.toTensor());
    if (value.isTensorList())
      for (const auto& tensor : value.toTensorVector()) written.push_back(tensor);
  }
  return wrap_all(environment, written);
}

c10::IValue from_js(Environment& environment, const c10::TypePtr& type, napi_value value) {
  if (type->kind() == c10::TypeKind::ListType && type->containedType(0)->kind() == c10::TypeKind::TensorType)
    return c10::List<at::Tensor>(tensors_of(environment, value));
  if (type->kind() == c10::TypeKind::TensorType) return optional_tensor_of(environment, value);
  return to_ivalue(environment, classify(environment, value));
}

// Asks the mode, which runs the operator by `runOperator` or answers with results of its own.
void ask(const c10::OperatorHandle& op, Frame& here) {
  auto& environment = mode->environment();
  napi_env env = environment.env;
  HandleScope scope(env);
  // JavaScript may leave another grad mode behind than the engine's.
  const c10::AutoGradMode grad_mode(c10::GradMode::is_enabled());
  const auto& schema = op.schema();
  napi_value answer = call_js(
      environment, mode->value(),
      {from(env, std::string_view(schema.name())), from(env, std::string_view(schema.overload_name())),
       arguments_to_js(environment, schema, here.stack), written_to_js(environment, schema, here.stack)});
  if (!is_nullish(env, answer)) {
    const auto& returns = schema.returns();
    TORCH_CHECK(array_length(env, answer) == returns.size(), schema.name(), ": expected ", returns.size(), " results, got ",
                array_length(env, answer));
    torch::jit::Stack results;
    for (uint32_t i = 0; i < returns.size(); i++)
      results.push_back(from_js(environment, returns[i].type(), element(env, answer, i)));
    torch::jit::drop(here.stack, here.ran ? returns.size() : schema.arguments().size());
    for (auto& result : results) here.stack.push_back(std::move(result));
    return;
  }
  if (!here.ran) op.redispatchBoxed(here.below, &here.stack);
}

void fallback(const c10::OperatorHandle& op, c10::DispatchKeySet keys, torch::jit::Stack* stack) {
  const auto below = keys & c10::DispatchKeySet(c10::DispatchKeySet::FULL_AFTER, kKey);
  const c10::impl::ExcludeDispatchKeyGuard outside(kKey);
  // The engine's threads take the key over, but not the mode.
  if (!mode || !mode->environment().on_js_thread()) return op.redispatchBoxed(below, stack);
  Frame here{op, below, *stack};
  Frame* outer = std::exchange(frame, &here);
  try {
    ask(op, here);
  } catch (...) {
    frame = outer;
    throw;
  }
  frame = outer;
}

// The mode's own way to the operator: its results, as an array.
napi_value run_operator(Args& args) {
  TORCH_CHECK(frame && !frame->ran, "No operator waits to be run");
  frame->op.redispatchBoxed(frame->below, &frame->stack);
  frame->ran = true;
  const size_t count = frame->op.schema().returns().size(), first = frame->stack.size() - count;
  napi_value array = array_of(args.env, count);
  for (size_t i = 0; i < count; i++) set_element(args.env, array, i, to_js(args.environment, frame->stack[first + i]));
  return array;
}

void install() {
  // Never destroyed, as the engine. Made when first asked for: it costs a walk over all operators.
  static auto* library = [] {
    auto made = std::make_unique<torch::Library>(torch::Library::IMPL, "_", kKey, __FILE__, __LINE__);
    made->fallback(torch::CppFunction::makeFromBoxedFunction<&fallback>());
    return made.release();
  }();
  (void)library;
}

napi_value set_dispatch_mode(Args& args) {
  const bool on = !is_nullish(args.env, args[0]);
  if (on && type_of(args.env, args[0]) != napi_function) throw TypeError("A mode must be a function");
  if (on) install();
  mode = on ? std::make_shared<JsRef>(args.environment, args[0]) : nullptr;
  c10::impl::tls_set_dispatch_key_included(kKey, on);
  return undefined(args.env);
}

// The same memory and the same version, without a history: what a mode may keep of a result.
napi_value detach_sharing(Args& args) {
  const auto& tensor = tensor_of(args.environment, args[0]);
  auto impl = tensor.unsafeGetTensorImpl()->shallow_copy_and_detach(
      tensor.is_inference() ? c10::VariableVersion() : torch::autograd::impl::version_counter(tensor), true);
  return wrap(args.environment, at::Tensor(std::move(impl)));
}

}  // namespace

Exports dispatch_mode_exports() {
  return {{"setDispatchMode", entry<set_dispatch_mode>},
          {"runOperator", entry<run_operator>},
          {"detachSharing", entry<detach_sharing>}};
}

}  // namespace torch_node

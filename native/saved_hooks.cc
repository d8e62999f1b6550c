// JavaScript functions that the tensors saved for backward go through.
#include <torch/csrc/autograd/saved_variable_hooks.h>

#include "autograd.h"
#include "engine.h"
#include "entry.h"
#include "handle.h"
#include "value.h"

namespace torch_node {

namespace {

struct Hooks {
  std::shared_ptr<JsRef> pack, unpack;
};

// Of the JavaScript thread that this is, as `setSavedTensorHooks` left it.
thread_local Hooks current;

struct SavedTensor : torch::autograd::SavedVariableHooks {
  explicit SavedTensor(Hooks h) : hooks(std::move(h)) {}

  void call_pack_hook(const at::Tensor& tensor) override {
    in_javascript(*hooks.pack, [&](Environment& environment, napi_value function, napi_value grad_mode) {
      // What backward needs outlives the tensor scope of the forward pass, so a leaf's own object won't do in one.
      const auto scope = std::exchange(environment.scope, 0);
      // An output as it is would hold the node that holds it.
      const napi_value saved = !tensor.is_leaf() ? wrap(environment, tensor.detach())
                               : scope == 0      ? wrap(environment, tensor)
                                                 : wrap_new(environment, tensor);
      environment.scope = scope;
      packed = std::make_unique<JsRef>(environment, call_js(environment, function, {grad_mode, saved}));
    });
  }

  at::Tensor call_unpack_hook() override {
    at::Tensor tensor;
    in_javascript(*hooks.unpack, [&](Environment& environment, napi_value function, napi_value grad_mode) {
      tensor = tensor_of(environment, call_js(environment, function, {grad_mode, packed->value()}));
    });
    return tensor;
  }

  Hooks hooks;
  std::unique_ptr<JsRef> packed;
};

napi_value set_saved_tensor_hooks(Args& args) {
  if (is_nullish(args.env, args[0])) {
    current = {};
    return undefined(args.env);
  }
  for (const size_t i : {0, 1})
    if (type_of(args.env, args[i]) != napi_function) throw TypeError("A hook must be a function");
  current = {std::make_shared<JsRef>(args.environment, args[0]), std::make_shared<JsRef>(args.environment, args[1])};
  return undefined(args.env);
}

}  // namespace

std::unique_ptr<torch::autograd::SavedVariableHooks> saved_tensor_hooks() {
  if (!current.pack) return nullptr;
  return std::make_unique<SavedTensor>(current);
}

Exports saved_hook_exports() { return {{"setSavedTensorHooks", entry<set_saved_tensor_hooks>}}; }

}  // namespace torch_node

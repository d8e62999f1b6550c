// JavaScript inside the backward pass: hooks of tensors, and custom functions.
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/csrc/autograd/variable.h>

#include "autograd.h"
#include "entry.h"
#include "handle.h"
#include "value.h"

namespace torch_node {

namespace {

using torch::autograd::Node;
using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

napi_value register_hook(Args& args) {
  const auto& tensor = tensor_of(args.environment, args[0]);
  TORCH_CHECK(tensor.requires_grad(), "cannot register a hook on a tensor that doesn't require gradient");
  if (type_of(args.env, args[1]) != napi_function) throw TypeError("A hook must be a function");
  auto hook = std::make_shared<JsRef>(args.environment, args[1]);
  const auto number = tensor.register_hook([hook](const at::Tensor& gradient) {
    at::Tensor result;
    in_javascript(*hook, [&](Environment& environment, napi_value function, napi_value grad_mode) {
      napi_value value = call_js(environment, function, {grad_mode, wrap(environment, gradient)});
      result = optional_tensor_of(environment, value);
    });
    return result;
  });
  return from(args.env, static_cast<uint32_t>(number));
}

napi_value remove_hook(Args& args) {
  tensor_of(args.environment, args[0]).remove_hook(static_cast<unsigned>(to_int64(args.env, args[1])));
  return undefined(args.env);
}

struct PostAccumulate : torch::autograd::PostAccumulateGradHook {
  explicit PostAccumulate(std::shared_ptr<JsRef> h) : hook(std::move(h)) {}
  void operator()(const torch::autograd::Variable& tensor) override {
    in_javascript(*hook, [&](Environment& environment, napi_value function, napi_value grad_mode) {
      call_js(environment, function, {grad_mode, wrap(environment, tensor)});
    });
  }
  void compiled_args(torch::dynamo::autograd::CompiledNodeArgs&) const override {}
  void apply_with_saved(torch::autograd::Variable&, torch::dynamo::autograd::SwapSavedVariables&) override {}
  std::shared_ptr<JsRef> hook;
};

struct BeforeNode : torch::autograd::FunctionPreHook {
  explicit BeforeNode(std::shared_ptr<JsRef> h) : hook(std::move(h)) {}
  variable_list operator()(const variable_list& gradients) override {
    variable_list result;
    in_javascript(*hook, [&](Environment& environment, napi_value function, napi_value grad_mode) {
      napi_value value = call_js(environment, function, {grad_mode, wrap_all(environment, gradients)});
      result = is_nullish(environment.env, value) ? gradients : tensors_of(environment, value);
    });
    return result;
  }
  void compiled_args(torch::dynamo::autograd::CompiledNodeArgs&) const override {}
  std::shared_ptr<JsRef> hook;
};

struct AfterNode : torch::autograd::FunctionPostHook {
  explicit AfterNode(std::shared_ptr<JsRef> h) : hook(std::move(h)) {}
  variable_list operator()(const variable_list& outputs, const variable_list& inputs) override {
    variable_list result;
    in_javascript(*hook, [&](Environment& environment, napi_value function, napi_value grad_mode) {
      napi_value value = call_js(environment, function,
                                 {grad_mode, wrap_all(environment, outputs), wrap_all(environment, inputs)});
      result = is_nullish(environment.env, value) ? outputs : tensors_of(environment, value);
    });
    return result;
  }
  void compiled_args(torch::dynamo::autograd::CompiledNodeArgs&) const override {}
  std::shared_ptr<JsRef> hook;
};

napi_value register_node_hook(Args& args) {
  const auto& node = node_of(args.environment, args[0]);
  const bool before = to_bool(args.env, args[1]);
  if (type_of(args.env, args[2]) != napi_function) throw TypeError("A hook must be a function");
  auto hook = std::make_shared<JsRef>(args.environment, args[2]);
  if (before)
    node->add_pre_hook(std::make_unique<BeforeNode>(std::move(hook)));
  else
    node->add_post_hook(std::make_unique<AfterNode>(std::move(hook)));
  return undefined(args.env);
}

napi_value set_post_accumulate_grad_hook(Args& args) {
  const auto& tensor = tensor_of(args.environment, args[0]);
  TORCH_CHECK(tensor.requires_grad(), "cannot register a hook on a tensor that doesn't require gradient");
  TORCH_CHECK(tensor.is_leaf(), "post accumulate grad hooks cannot be registered on non-leaf tensors");
  if (is_nullish(args.env, args[1])) {
    torch::autograd::impl::set_post_acc_grad_hooks(tensor, nullptr);
  } else {
    if (type_of(args.env, args[1]) != napi_function) throw TypeError("A hook must be a function");
    torch::autograd::impl::set_post_acc_grad_hooks(
        tensor, std::make_unique<PostAccumulate>(std::make_shared<JsRef>(args.environment, args[1])));
  }
  return undefined(args.env);
}

// LibTorch's releases differ in what holds a node: templates, so that only the branch for this release is compiled.
template <typename Pointer>
constexpr bool is_shared = std::is_same_v<Pointer, std::shared_ptr<Node>>;

template <typename Pointer = NodePtr>
Pointer pointer_to(Node& node) {
  if constexpr (is_shared<Pointer>)
    return node.getptr();
  else
    return Pointer::unsafe_reclaim_from_nonowning(&node);
}

// 2.14 adds where to put the node that the outputs got.
template <typename... A>
auto wrap_outputs(NodePtr& attached, A&&... args) {
  if constexpr (requires { torch::autograd::_wrap_outputs(args..., attached); })
    return torch::autograd::_wrap_outputs(args..., attached);
  else
    return torch::autograd::_wrap_outputs(args...);
}

// A node whose backward is a JavaScript function.
struct JsNode : Node {
  std::string title;
  std::shared_ptr<JsRef> backward;
  std::vector<SavedVariable> saved;
  // For inputs and outputs: which were tensors, and what zeros of them look like.
  std::vector<torch::autograd::VariableInfo> output_info;
  std::vector<torch::autograd::VariableInfo> input_info;
  bool materialize = true;
  bool released = false;

  std::string name() const override { return title; }

  void release_variables() override {
    std::lock_guard lock(mutex_);
    saved.clear();
    released = true;
  }

  variable_list unpack() {
    std::lock_guard lock(mutex_);
    TORCH_CHECK(!released,
                "Trying to backward through the graph a second time (or directly access saved tensors after they have "
                "already been freed). Saved intermediate values of the graph are freed when you call .backward() or "
                "autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or "
                "if you need to access saved tensors after calling backward.");
    variable_list unpacked;
    for (auto& variable : saved) unpacked.push_back(variable.unpack(pointer_to(*this)));
    return unpacked;
  }

  variable_list apply(variable_list&& gradients) override {
    // Unlocked from here on: JavaScript may come back to this node.
    const variable_list unpacked = unpack();
    variable_list results;
    at::OptionalDeviceGuard guard;
    if (materialize)
      for (size_t i = 0; i < gradients.size(); i++)
        if (!gradients[i].defined()) gradients[i] = output_info[i].zeros(guard);
    in_javascript(*backward, [&](Environment& environment, napi_value function, napi_value grad_mode) {
      std::vector<napi_value> args{grad_mode, wrap_all(environment, unpacked)};
      for (const auto& gradient : gradients) args.push_back(wrap(environment, gradient));
      results = tensors_of(environment, call_js(environment, function, args));
    });
    TORCH_CHECK(results.size() == input_info.size(), "function ", title,
                " returned an incorrect number of gradients (expected ", input_info.size(), ", got ", results.size(), ")");
    return results;
  }
};

std::unordered_set<at::TensorImpl*> impls_of(const variable_list& tensors) {
  std::unordered_set<at::TensorImpl*> result;
  for (const auto& tensor : tensors) result.insert(tensor.unsafeGetTensorImpl());
  return result;
}

napi_value custom_function(Args& args) {
  auto& environment = args.environment;
  napi_env env = args.env;
  napi_value options = args[0];
  const auto list = [&](const char* name) { return tensors_of(environment, property(env, options, name)); };
  const variable_list inputs = list("inputs"), outputs = list("outputs"), saved = list("saved");
  for (const auto& tensor : inputs)
    if (!tensor.defined()) throw TypeError("inputs must be tensors");
  for (const auto& tensor : outputs)
    if (!tensor.defined()) throw TypeError("outputs must be tensors");
  const auto dirty = impls_of(list("dirty")), non_differentiable = impls_of(list("nonDifferentiable"));
  const bool executable = c10::GradMode::is_enabled() && torch::autograd::any_variable_requires_grad(inputs);
  auto owned = std::make_unique<JsNode>();
  JsNode* node = owned.get();
  node->title = to_string(env, property(env, options, "name"));
  node->backward = std::make_shared<JsRef>(environment, property(env, options, "backward"));
  node->materialize = to_bool(env, property(env, options, "materializeGrads"));
  const NodePtr holder = own(std::move(owned));
  if (executable) {
    node->set_next_edges(torch::autograd::collect_next_edges(inputs));
    for (const auto& input : inputs) node->input_info.emplace_back(input);
  }
  // Runs before this call returns, on this thread.
  const napi_value jvp = property(env, options, "jvp");
  const auto forward_mode = [&](const variable_list&, const variable_list& tangents) -> variable_list {
    return tensors_of(environment, call_js(environment, jvp, {wrap_all(environment, tangents)}));
  };
  std::vector<std::optional<at::Tensor>> raw(outputs.begin(), outputs.end());
  const torch::autograd::_jvp_fn_t tangents_of = forward_mode;
  const torch::autograd::_view_as_self_fn_t view_as_self = [](const at::Tensor& tensor) { return tensor.view_as(tensor); };
  const std::unordered_set<at::TensorImpl*> to_save;
  const NodePtr tied = executable ? holder : NodePtr();
  NodePtr attached;
  const auto wrapped = wrap_outputs(attached, inputs, non_differentiable, dirty,
                                    at::ArrayRef<std::optional<at::Tensor>>(raw), tied, tangents_of, to_save, view_as_self, false);
  variable_list results;
  for (const auto& output : wrapped) {
    results.push_back(*output);
    if (executable) node->output_info.emplace_back(*output);
  }
  if (executable) {
    for (const auto& tensor : saved) {
      const bool is_output = tensor.defined() && tensor.grad_fn() == holder;
      node->saved.emplace_back(tensor, is_output);
    }
  }
  return wrap_all(environment, results);
}

}  // namespace

void in_javascript(JsRef& hook, const std::function<void(Environment&, napi_value function, napi_value grad_mode)>& run) {
  auto& environment = hook.environment();
  const bool grad_mode = c10::GradMode::is_enabled();
  const bool inside = environment.on_js_thread();
  const auto restore = [&] {
    if (inside) c10::GradMode::set_enabled(grad_mode);
  };
  const GraphTask task = GraphTask::current();
  try {
    environment.run_on_js([&] {
      const auto outer = std::exchange(environment.graph_task, &task);
      try {
        run(environment, hook.value(), from(environment.env, grad_mode));
      } catch (...) {
        environment.graph_task = outer;
        throw;
      }
      environment.graph_task = outer;
    });
  } catch (...) {
    restore();
    throw;
  }
  restore();
}

Exports hook_exports() {
  return {{"registerHook", entry<register_hook>},
          {"removeHook", entry<remove_hook>},
          {"setPostAccumulateGradHook", entry<set_post_accumulate_grad_hook>},
          {"registerNodeHook", entry<register_node_hook>},
          {"customFunction", entry<custom_function>}};
}

}  // namespace torch_node

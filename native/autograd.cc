// The autograd engine.
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/variable.h>

#include "async.h"
#include "autograd.h"
#include "entry.h"
#include "handle.h"

namespace torch_node {

namespace {

constexpr napi_type_tag kNodeTag = {0x746f7263682d6e6f, 0x64652d6e6f646531};

const at::Tensor& self(Args& args) { return tensor_of(args.environment, args[0]); }

napi_value wrap_node(Environment& environment, const NodePtr& node) {
  napi_env env = environment.env;
  if (!node) return null(env);
  napi_value object;
  check(env, napi_create_object(env, &object));
  check(env, napi_type_tag_object(env, object, &kNodeTag));
  auto* keep = new NodePtr(node);
  const auto finalize = [](node_api_basic_env, void* data, void*) { delete static_cast<NodePtr*>(data); };
  const auto status = napi_wrap(env, object, keep, finalize, nullptr, nullptr);
  if (status != napi_ok) {
    delete keep;
    fail(env, status);
  }
  return object;
}

std::optional<bool> optional_bool(napi_env env, napi_value value) {
  if (is_nullish(env, value)) return std::nullopt;
  return to_bool(env, value);
}

bool on_host(const std::vector<at::Tensor>& tensors) {
  for (const auto& tensor : tensors)
    if (tensor.defined() && !tensor.device().is_cpu()) return false;
  return true;
}

// The engine runs a graph of CPU tensors on the calling thread. Any other graph runs its hooks on device threads, which
// need this one: so it serves them while another thread drives the engine.
template <typename Work>
void drive(Environment& environment, const std::vector<at::Tensor>& roots, const Work& work) {
  static const bool always = std::getenv("TORCH_NODE_ENGINE_THREAD") != nullptr;
  if (on_host(roots) && !always) return work();
  at::ThreadLocalState state;
  environment.run_off_js([&] {
    at::ThreadLocalStateGuard guard(state);
    work();
  });
}

struct Backward {
  std::vector<at::Tensor> tensors, gradients;
  std::optional<bool> retain_graph;
  bool create_graph;
  std::vector<at::Tensor> inputs;

  explicit Backward(Args& args)
      : tensors(tensors_of(args.environment, args[0])),
        gradients(tensors_of(args.environment, args[1])),
        retain_graph(optional_bool(args.env, args[2])),
        create_graph(to_bool(args.env, args[3])),
        inputs(tensors_of(args.environment, args[4])) {
    for (const auto& tensor : tensors)
      if (!tensor.defined()) throw TypeError("backward() needs tensors, not null");
    for (const auto& input : inputs)
      if (!input.defined()) throw TypeError("backward() needs tensors as inputs, not null");
  }
  void run() const { torch::autograd::backward(tensors, gradients, retain_graph, create_graph, inputs); }
};

napi_value backward(Args& args) {
  const Backward job(args);
  drive(args.environment, job.tensors, [&] { job.run(); });
  return undefined(args.env);
}

napi_value backward_async(Args& args) {
  auto job = std::make_shared<Backward>(args);
  return run_async(
      args.environment, [job] { job->run(); }, [](Environment& environment) { return undefined(environment.env); });
}

napi_value grad_of(Args& args) {
  const auto outputs = tensors_of(args.environment, args[0]);
  const auto inputs = tensors_of(args.environment, args[1]);
  const auto gradients = tensors_of(args.environment, args[2]);
  const auto retain_graph = optional_bool(args.env, args[3]);
  const bool create_graph = to_bool(args.env, args[4]);
  const bool allow_unused = to_bool(args.env, args[5]);
  for (const auto& tensor : outputs)
    if (!tensor.defined()) throw TypeError("grad() needs tensors as outputs, not null");
  for (const auto& tensor : inputs)
    if (!tensor.defined()) throw TypeError("grad() needs tensors as inputs, not null");
  std::vector<at::Tensor> result;
  drive(args.environment, outputs, [&] {
    result = torch::autograd::grad(outputs, inputs, gradients, retain_graph, create_graph, allow_unused);
  });
  return wrap_all(args.environment, result);
}

napi_value requires_grad(Args& args) { return from(args.env, self(args).requires_grad()); }
napi_value set_requires_grad(Args& args) {
  const auto& tensor = self(args);
  const bool value = to_bool(args.env, args[1]);
  TORCH_CHECK(tensor.is_leaf() || value,
              "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a "
              "subgraph that doesn't require differentiation use var_no_grad = var.detach().");
  TORCH_CHECK(!value || torch::autograd::isDifferentiableType(tensor.scalar_type()),
              "only Tensors of floating point and complex dtype can require gradients");
  tensor.set_requires_grad(value);
  return undefined(args.env);
}
// -1: gradients of any dtype.
napi_value grad_dtype(Args& args) {
  const auto& tensor = self(args);
  TORCH_CHECK(tensor.is_leaf(), "grad_dtype can only be accessed on leaf tensors.");
  const auto dtype = tensor.grad_dtype();
  return from(args.env, dtype ? static_cast<int32_t>(*dtype) : -1);
}
napi_value set_grad_dtype(Args& args) {
  const auto& tensor = self(args);
  const int32_t code = to_int32(args.env, args[1]);
  TORCH_CHECK(tensor.is_leaf(), "grad_dtype can only be set on leaf tensors.");
  if (code >= static_cast<int32_t>(at::ScalarType::NumOptions)) throw TypeError("Unknown dtype");
  const auto dtype = code < 0 ? std::nullopt : std::make_optional(static_cast<at::ScalarType>(code));
  const auto& grad = tensor.grad();
  TORCH_CHECK(!dtype || !grad.defined() || grad.scalar_type() == *dtype, "Cannot set grad_dtype to '", *dtype,
              "' because there is already a gradient with dtype '", grad.scalar_type(),
              "'. Please clear the gradient (.grad = null) before changing grad_dtype, or ensure the new grad_dtype "
              "matches the existing gradient's dtype.");
  tensor.set_grad_dtype(dtype);
  return undefined(args.env);
}
napi_value is_leaf(Args& args) { return from(args.env, self(args).is_leaf()); }
napi_value retains_grad(Args& args) { return from(args.env, self(args).retains_grad()); }
napi_value retain_grad(Args& args) {
  self(args).retain_grad();
  return undefined(args.env);
}
napi_value output_nr(Args& args) { return from(args.env, self(args).output_nr()); }
napi_value grad(Args& args) { return wrap(args.environment, self(args).grad()); }

napi_value set_grad(Args& args) {
  const auto& tensor = self(args);
  const at::Tensor gradient = optional_tensor_of(args.environment, args[1]);
  if (gradient.defined()) {
    TORCH_CHECK_TYPE(gradient.unsafeGetTensorImpl() != tensor.unsafeGetTensorImpl(), "can't assign Variable as its own grad");
    TORCH_CHECK(gradient.scalar_type() == tensor.scalar_type(), "assigned grad has data of a different type");
    TORCH_CHECK(gradient.device() == tensor.device(), "assigned grad has data located on a different device");
    TORCH_CHECK(gradient.sizes() == tensor.sizes(), "assigned grad has data of a different size");
  }
  tensor.mutable_grad() = gradient;
  return undefined(args.env);
}

napi_value grad_fn(Args& args) { return wrap_node(args.environment, self(args).grad_fn()); }
napi_value node_name(Args& args) { return from(args.env, std::string_view(node_of(args.environment, args[0])->name())); }
napi_value next_functions(Args& args) {
  const auto& edges = node_of(args.environment, args[0])->next_edges();
  napi_value result = array_of(args.env, edges.size());
  for (size_t i = 0; i < edges.size(); i++) {
    napi_value pair = array_of(args.env, 2);
    set_element(args.env, pair, 0, wrap_node(args.environment, edges[i].function));
    set_element(args.env, pair, 1, from(args.env, static_cast<int64_t>(edges[i].input_nr)));
    set_element(args.env, result, i, pair);
  }
  return result;
}

}  // namespace

const NodePtr& node_of(Environment& environment, napi_value value) {
  napi_env env = environment.env;
  bool is = false;
  void* data = nullptr;
  if (napi_check_object_type_tag(env, value, &kNodeTag, &is) != napi_ok || !is ||
      napi_unwrap(env, value, &data) != napi_ok)
    throw TypeError("Expected a node of the autograd graph");
  return *static_cast<NodePtr*>(data);
}

Exports autograd_exports() {
  return {{"backward", entry<backward>},
          {"backwardAsync", entry<backward_async>},
          {"gradOf", entry<grad_of>},
          {"requiresGrad", entry<requires_grad>},
          {"setRequiresGrad", entry<set_requires_grad>},
          {"gradDtype", entry<grad_dtype>},
          {"setGradDtype", entry<set_grad_dtype>},
          {"isLeaf", entry<is_leaf>},
          {"retainsGrad", entry<retains_grad>},
          {"retainGrad", entry<retain_grad>},
          {"outputNr", entry<output_nr>},
          {"grad", entry<grad>},
          {"setGrad", entry<set_grad>},
          {"gradFn", entry<grad_fn>},
          {"nodeName", entry<node_name>},
          {"nextFunctions", entry<next_functions>}};
}

}  // namespace torch_node

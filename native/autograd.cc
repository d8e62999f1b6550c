// The autograd engine.
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/basic_ops.h>
#include <torch/csrc/autograd/variable.h>

#include "async.h"
#include "autograd.h"
#include "entry.h"
#include "handle.h"

namespace torch_node {

namespace {

const at::Tensor& self(Args& args) { return peek(args.environment, args[0]); }

using torch::autograd::Edge;
using torch::autograd::edge_list;

bool on_host(const edge_list& roots) {
  for (const auto& root : roots)
    if (!root.function->input_metadata(root.input_nr).device().is_cpu()) return false;
  return true;
}

// The engine runs a graph of CPU tensors on the calling thread. Any other graph runs its hooks on device threads, which
// need this one: so it serves them while another thread drives the engine.
template <typename Work>
void drive(Environment& environment, const edge_list& roots, const Work& work) {
  static const bool always = std::getenv("TORCH_NODE_ENGINE_THREAD") != nullptr;
  if (on_host(roots) && !always) return work();
  at::ThreadLocalState state;
  environment.run_off_js([&] {
    at::ThreadLocalStateGuard guard(state);
    work();
  });
}

// One pass through the graph. Roots and inputs are tensors or edges.
struct Pass {
  edge_list roots, inputs;
  std::vector<at::Tensor> gradients;
  bool retain_graph, create_graph, accumulate;

  Pass(Environment& environment, napi_value outputs, napi_value grads, napi_value retain, napi_value create,
       napi_value targets, bool accumulate)
      : gradients(tensors_of(environment, grads)), create_graph(to_bool(environment.env, create)), accumulate(accumulate) {
    napi_env env = environment.env;
    retain_graph = is_nullish(env, retain) ? create_graph : to_bool(env, retain);
    for (uint32_t i = 0, count = array_length(env, outputs); i < count; i++) {
      roots.push_back(edge_of(environment, element(env, outputs, i)));
      const auto& root = roots.back();
      TORCH_CHECK(root.function, "element ", i, " of tensors does not require grad and does not have a grad_fn");
      TORCH_CHECK(root.input_nr < root.function->num_inputs(), "element ", i, " of tensors is an edge to input ",
                  root.input_nr, " of a node that has ", root.function->num_inputs());
    }
    TORCH_CHECK(roots.size() == gradients.size(), "got ", roots.size(), " tensors and ", gradients.size(), " gradients");
    for (uint32_t i = 0, count = array_length(env, targets); i < count; i++)
      inputs.push_back(target(environment, element(env, targets, i)));
  }

  // Where the gradient of an input is to be caught.
  Edge target(Environment& environment, napi_value value) const {
    if (!handle_of(environment, value)) return edge_of(environment, value);
    const auto& tensor = tensor_of(environment, value);
    TORCH_CHECK(tensor.requires_grad(), "One of the differentiated Tensors does not require grad");
    if (accumulate) tensor.retain_grad();
    NodePtr node = tensor.grad_fn();
    if (!node) node = torch::autograd::impl::try_get_grad_accumulator(tensor);
    // A leaf that no operator has seen: nothing arrives at a node of its own.
    if (!node) return Edge(own(std::make_unique<torch::autograd::Identity>()), 0);
    return Edge(node, tensor.output_nr());
  }

  torch::autograd::variable_list run() const {
    return torch::autograd::Engine::get_default_engine().execute(roots, gradients, retain_graph, create_graph, accumulate,
                                                                 inputs);
  }
};

napi_value backward(Args& args) {
  const Pass pass(args.environment, args[0], args[1], args[2], args[3], args[4], true);
  drive(args.environment, pass.roots, [&] { pass.run(); });
  return undefined(args.env);
}

napi_value backward_async(Args& args) {
  auto pass = std::make_shared<Pass>(args.environment, args[0], args[1], args[2], args[3], args[4], true);
  return run_async(
      args.environment, [pass] { pass->run(); }, [](Environment& environment) { return undefined(environment.env); });
}

napi_value grad_of(Args& args) {
  const Pass pass(args.environment, args[0], args[2], args[3], args[4], args[1], false);
  const bool allow_unused = to_bool(args.env, args[5]);
  torch::autograd::variable_list result;
  drive(args.environment, pass.roots, [&] { result = pass.run(); });
  for (const auto& gradient : result)
    TORCH_CHECK(allow_unused || gradient.defined(),
                "One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if "
                "this is the desired behavior.");
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

napi_value increment_version(Args& args) {
  const auto& tensor = self(args);
  if (!tensor.is_inference()) torch::autograd::impl::bump_version(tensor);
  return undefined(args.env);
}

}  // namespace

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
          {"incrementVersion", entry<increment_version>}};
}

}  // namespace torch_node

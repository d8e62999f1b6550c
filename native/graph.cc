// The graph that autograd recorded: its nodes, their edges, and the pass through it that runs now.
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/variable.h>

#include "autograd.h"
#include "engine.h"
#include "entry.h"
#include "handle.h"
#include "value.h"

namespace torch_node {

namespace {

constexpr napi_type_tag kNodeTag = {0x746f7263682d6e6f, 0x64652d6e6f646531};

// What the JavaScript object of a node holds.
struct NodeHandle {
  NodePtr node;
  Environment* environment;
  napi_ref reference = nullptr;
};

// Runs inside the garbage collection: no JavaScript here.
void finalize(node_api_basic_env, void* data, void*) {
  auto* handle = static_cast<NodeHandle*>(data);
  auto& environment = *handle->environment;
  const auto place = environment.nodes.find(handle->node.get());
  // Another object may stand for the node by now.
  if (place != environment.nodes.end() && place->second == handle->reference) environment.nodes.erase(place);
  environment.spend_reference(handle->reference);
  delete handle;
  environment.release();
}

napi_value grad_fn(Args& args) { return wrap_node(args.environment, peek(args.environment, args[0]).grad_fn()); }

napi_value edge_to_js(Environment& environment, const torch::autograd::Edge& edge) {
  napi_value pair = array_of(environment.env, 2);
  set_element(environment.env, pair, 0, wrap_node(environment, edge.function));
  set_element(environment.env, pair, 1, from(environment.env, static_cast<int64_t>(edge.input_nr)));
  return pair;
}

napi_value gradient_edge(Args& args) {
  return edge_to_js(args.environment, torch::autograd::impl::gradient_edge(tensor_of(args.environment, args[0])));
}

napi_value node_name(Args& args) { return from(args.env, std::string_view(node_of(args.environment, args[0])->name())); }
napi_value node_sequence_nr(Args& args) {
  return from(args.env, static_cast<int64_t>(node_of(args.environment, args[0])->sequence_nr()));
}

napi_value next_functions(Args& args) {
  const auto& edges = node_of(args.environment, args[0])->next_edges();
  napi_value result = array_of(args.env, edges.size());
  for (size_t i = 0; i < edges.size(); i++) set_element(args.env, result, i, edge_to_js(args.environment, edges[i]));
  return result;
}

// For each gradient that the node takes: an empty tensor with its dtype and device, and its shape; null where it has none.
napi_value node_inputs(Args& args) {
  const auto& node = node_of(args.environment, args[0]);
  napi_value result = array_of(args.env, node->num_inputs());
  for (uint32_t i = 0; i < node->num_inputs(); i++) {
    const auto& metadata = node->input_metadata(i);
    if (metadata.was_default_constructed() || metadata.is_nested_tensor()) {
      set_element(args.env, result, i, null(args.env));
      continue;
    }
    std::vector<int64_t> shape;
    for (const auto& size : metadata.shape_as_dim_vector()) shape.push_back(size.expect_int());
    napi_value pair = array_of(args.env, 2);
    const auto like = at::empty({0}, metadata.options().layout(at::kStrided).requires_grad(false));
    set_element(args.env, pair, 0, wrap(args.environment, like));
    set_element(args.env, pair, 1, from(args.env, shape));
    set_element(args.env, result, i, pair);
  }
  return result;
}

// The object that stays with the node, made by `make` the first time.
napi_value node_notes(Args& args) {
  const auto& node = node_of(args.environment, args[0]);
  return notes_of(args.environment, *node->metadata());
}

napi_value graph_task_id(Args& args) {
  const auto* task = args.environment.graph_task;
  return from(args.env, int32_t{task ? task->id : -1});
}

napi_value is_checkpoint_valid(Args& args) {
  const auto* task = args.environment.graph_task;
  return from(args.env, !task || task->checkpoint_valid);
}

napi_value current_node(Args& args) {
  const auto* task = args.environment.graph_task;
  return task ? wrap_node(args.environment, task->node) : null(args.env);
}

napi_value will_execute(Args& args) {
  const auto* task = args.environment.graph_task;
  TORCH_CHECK(task && task->exec_info && task->nodes, "_get_should_execute_nodes should only be called during the backward pass");
  auto* node = node_of(args.environment, args[0]).get();
  if (!task->nodes->contains(node)) return from(args.env, false);
  if (task->exec_info->empty()) return from(args.env, true);
  const auto place = task->exec_info->find(node);
  if (place == task->exec_info->end() || !place->second.should_execute()) return from(args.env, false);
  TORCH_CHECK(!(node->topological_nr() == 0 && place->second.captures_),
              "A leaf node was passed to _will_engine_execute_node but we are currently running autograd.grad(). This is "
              "currently not supported.");
  return from(args.env, true);
}

}  // namespace

GraphTask GraphTask::current() {
  GraphTask task;
  task.id = torch::autograd::get_current_graph_task_id();
  if (task.id == -1) return task;
  task.checkpoint_valid = torch::autograd::Engine::get_default_engine().is_checkpoint_valid();
  task.node = torch::autograd::get_current_node();
  task.exec_info = torch::autograd::get_current_graph_task_exec_info();
  task.nodes = torch::autograd::get_current_graph_task_nodes_in_graph();
  return task;
}

napi_value wrap_node(Environment& environment, const NodePtr& node) {
  napi_env env = environment.env;
  environment.drop_spent_references();
  if (!node) return null(env);
  napi_value object = nullptr;
  const auto place = environment.nodes.find(node.get());
  if (place != environment.nodes.end()) {
    check(env, napi_get_reference_value(env, place->second, &object));
    if (object) return object;
  }
  check(env, napi_create_object(env, &object));
  check(env, napi_type_tag_object(env, object, &kNodeTag));
  auto handle = std::make_unique<NodeHandle>(node, &environment);
  check(env, napi_wrap(env, object, handle.get(), finalize, nullptr, &handle->reference));
  environment.retain();
  environment.nodes[node.get()] = handle.release()->reference;
  return object;
}

const NodePtr& node_of(Environment& environment, napi_value value) {
  napi_env env = environment.env;
  bool is = false;
  void* data = nullptr;
  if (napi_check_object_type_tag(env, value, &kNodeTag, &is) != napi_ok || !is ||
      napi_unwrap(env, value, &data) != napi_ok)
    throw TypeError("Expected a node of the autograd graph");
  return static_cast<NodeHandle*>(data)->node;
}

torch::autograd::Edge edge_of(Environment& environment, napi_value value) {
  napi_env env = environment.env;
  if (!is_array(env, value)) return torch::autograd::impl::gradient_edge(tensor_of(environment, value));
  const int64_t number = to_int64(env, element(env, value, 1));
  if (number < 0 || number > UINT32_MAX) throw TypeError("The number of a node's input is out of range");
  return {node_of(environment, element(env, value, 0)), static_cast<uint32_t>(number)};
}

Exports graph_exports() {
  return {{"gradFn", entry<grad_fn>},
          {"gradientEdge", entry<gradient_edge>},
          {"nodeName", entry<node_name>},
          {"nodeSequenceNr", entry<node_sequence_nr>},
          {"nextFunctions", entry<next_functions>},
          {"nodeInputs", entry<node_inputs>},
          {"nodeNotes", entry<node_notes>},
          {"graphTaskId", entry<graph_task_id>},
          {"isCheckpointValid", entry<is_checkpoint_valid>},
          {"currentNode", entry<current_node>},
          {"willExecute", entry<will_execute>}};
}

}  // namespace torch_node

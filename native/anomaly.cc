// Anomaly mode: each node of the graph remembers the JavaScript stack that made it.
#include <torch/csrc/autograd/anomaly_mode.h>

#include "autograd.h"
#include "engine.h"
#include "entry.h"
#include "value.h"

namespace torch_node {

namespace {

// How this JavaScript thread takes its stack, and where a failing node's story goes; empty on other threads.
thread_local std::shared_ptr<JsRef> stack_of, report;

struct Anomaly : torch::autograd::AnomalyMetadata {
  void store_stack() override {
    if (!stack_of) return;
    telling = report;
    auto& environment = stack_of->environment();
    HandleScope scope(environment.env);
    stack = to_string(environment.env, call_js(environment, stack_of->value(), {}));
  }

  void assign_parent(const NodePtr& node) override { parent = node; }

  void print_stack(const std::string& name) override {
    const auto& to = telling ? telling : report;
    if (!to) return AnomalyMetadata::print_stack(name);
    std::string message = "Error detected in " + name + ". ";
    message += stack.empty() ? "No forward pass information available. Enable detect anomaly during forward pass for more "
                               "information."
                             : "Traceback of forward call that caused the error:\n" + stack;
    for (NodePtr node = parent; node;) {
      const auto* of = dynamic_cast<Anomaly*>(node->metadata());
      message += "\n\nPrevious calculation was induced by " + node->name() + ". ";
      message += !of || of->stack.empty()
                     ? "No forward pass information available."
                     : "Traceback of forward call that induced the previous calculation:\n" + of->stack;
      node = of ? of->parent : NodePtr();
    }
    to->environment().run_on_js([&] {
      auto& environment = to->environment();
      call_js(environment, to->value(), {from(environment.env, std::string_view(message))});
    });
  }

  std::string stack;
  std::shared_ptr<JsRef> telling;
  NodePtr parent;
  std::unique_ptr<JsRef> notes;
};

napi_value set_anomaly_mode(Args& args) {
  const bool enabled = to_bool(args.env, args[0]), check_nan = to_bool(args.env, args[1]);
  for (const size_t i : {2, 3})
    if (type_of(args.env, args[i]) != napi_function) throw TypeError("setAnomalyMode needs two functions");
  stack_of = std::make_shared<JsRef>(args.environment, args[2]);
  report = std::make_shared<JsRef>(args.environment, args[3]);
  torch::autograd::AnomalyMode::set_enabled(enabled, check_nan);
  return undefined(args.env);
}

napi_value anomaly_mode(Args& args) {
  using torch::autograd::AnomalyMode;
  return from(args.env, int32_t{AnomalyMode::is_enabled()} | int32_t{AnomalyMode::should_check_nan()} << 1);
}

}  // namespace

std::unique_ptr<torch::autograd::AnomalyMetadata> anomaly_metadata() { return std::make_unique<Anomaly>(); }

napi_value notes_of(Environment& environment, torch::autograd::AnomalyMetadata& metadata) {
  napi_env env = environment.env;
  auto* of = dynamic_cast<Anomaly*>(&metadata);
  TORCH_CHECK(of, "This node was made by another program");
  if (of->notes) {
    TORCH_CHECK(&of->notes->environment() == &environment, "The metadata of this node belongs to another thread");
    return of->notes->value();
  }
  napi_value object;
  check(env, napi_create_object(env, &object));
  const auto set = [&](const char* name, napi_value value) { check(env, napi_set_named_property(env, object, name, value)); };
  if (!of->stack.empty()) set("traceback_", from(env, std::string_view(of->stack)));
  if (of->parent) set("parent_", wrap_node(environment, of->parent));
  of->notes = std::make_unique<JsRef>(environment, object);
  return object;
}

Exports anomaly_exports() {
  return {{"setAnomalyMode", entry<set_anomaly_mode>}, {"anomalyMode", entry<anomaly_mode>}};
}

}  // namespace torch_node

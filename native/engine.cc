// The autograd engine, with the two questions answered that LibTorch's own leaves open.
#include "engine.h"

#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/saved_variable_hooks.h>

namespace torch_node {

namespace {

struct JsEngine : torch::autograd::Engine {
  std::unique_ptr<torch::autograd::AnomalyMetadata> make_anomaly_metadata() override { return anomaly_metadata(); }
  std::unique_ptr<torch::autograd::SavedVariableHooks> get_default_saved_variable_hooks() override {
    return saved_tensor_hooks();
  }
};

torch::autograd::Engine& engine() {
  // One for the process, never destroyed: its threads may outlive every environment.
  static auto* instance = new JsEngine;
  return *instance;
}

}  // namespace

void install_engine() { torch::autograd::set_default_engine_stub(engine); }

}  // namespace torch_node

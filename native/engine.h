#pragma once

#include <memory>

#include "environment.h"

namespace torch::autograd {
struct AnomalyMetadata;
struct SavedVariableHooks;
}  // namespace torch::autograd

namespace torch_node {

// Makes the autograd engine of the process ask this addon the two questions below.
void install_engine();

// The hooks that a tensor saved by this thread is to go through, null for none.
std::unique_ptr<torch::autograd::SavedVariableHooks> saved_tensor_hooks();

// What a new node of the graph notes in anomaly mode.
std::unique_ptr<torch::autograd::AnomalyMetadata> anomaly_metadata();

// The JavaScript object that stays with a node; `traceback_` is the stack that anomaly mode noted.
napi_value notes_of(Environment& environment, torch::autograd::AnomalyMetadata& metadata);

}  // namespace torch_node

// Arguments on which LibTorch itself ends the process, refused before it sees them.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

namespace torch_node {

// Throws for arguments that the operator would not survive.
using Guard = void (*)(const c10::FunctionSchema& schema, const torch::jit::Stack& stack);

// Null for an operator that checks its arguments itself, as nearly all do.
Guard find_guard(const std::string& name);

}  // namespace torch_node

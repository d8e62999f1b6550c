#pragma once

namespace torch_node {

class Environment;

// Takes back whatever the environment has registered with the dispatcher.
void leave_library(Environment& environment);

}  // namespace torch_node

// A default generator of one thread's own.
#pragma once

#include <ATen/core/Generator.h>

namespace torch_node {

// What this thread draws from on the CPU when no generator is given; undefined where that is the process's.
const at::Generator& thread_generator();

}  // namespace torch_node

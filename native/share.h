// Tensors on their way between environments.
#pragma once

#include "environment.h"

namespace torch_node {

// Drops what this environment shared and nobody adopted.
void revoke_all(Environment& environment);

}  // namespace torch_node

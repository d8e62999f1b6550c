// Operators and kernels that JavaScript registers.
#include "entry.h"

namespace torch_node {

Exports library_exports() { return {}; }

}  // namespace torch_node

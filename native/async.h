// Work on the addon's own threads, with a Promise for its result.
#pragma once

#include <functional>

#include "environment.h"

namespace torch_node {

// Runs `work` on a thread of the pool, under the caller's thread-local state (grad mode and the like); then `finish` on the
// JavaScript thread makes the value that the returned Promise resolves to. An exception of either rejects it.
napi_value run_async(Environment& environment, std::function<void()> work,
                     std::function<napi_value(Environment&)> finish);

}  // namespace torch_node

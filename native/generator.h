// Random number generators as JavaScript objects.
#pragma once

#include <ATen/core/Generator.h>

#include "environment.h"

namespace torch_node {

napi_value wrap_generator(Environment& environment, at::Generator generator);
bool is_generator(Environment& environment, napi_value value);
at::Generator generator_of(Environment& environment, napi_value value);

}  // namespace torch_node

// Objects of LibTorch's custom classes, such as packed weights: JavaScript keeps them and hands them back.
#pragma once

#include "environment.h"

namespace torch_node {

napi_value wrap_script_object(Environment& environment, c10::IValue object);
bool is_script_object(Environment& environment, napi_value external);
c10::IValue script_object_of(Environment& environment, napi_value value);

}  // namespace torch_node

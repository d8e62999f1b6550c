// Objects of TorchScript and of LibTorch's custom classes (packed weights) among the values of operators; script.h has the
// rest, at the price of TorchScript's headers.
#pragma once

#include "environment.h"

namespace torch_node {

// What `makeScript` of the script hooks makes of it.
napi_value wrap_script_object(Environment& environment, const c10::IValue& object);
// Whether a value holds such an object under `_c`.
bool is_script_object(Environment& environment, napi_value value);
c10::IValue script_object_of(Environment& environment, napi_value value);

}  // namespace torch_node

// TorchScript: its modules, instances of its classes and its functions, as JavaScript holds them.
#pragma once

#include <torch/csrc/jit/api/module.h>

#include "environment.h"

namespace torch_node {

// An object of TorchScript (a module, or an instance of a script class), or a function with the unit that owns it.
struct Script {
  c10::intrusive_ptr<c10::ivalue::Object> object;
  torch::jit::Function* function = nullptr;
  std::shared_ptr<torch::jit::CompilationUnit> unit = nullptr;
};

napi_value wrap_script(Environment& environment, Script script);
bool is_script(Environment& environment, napi_value value);
// A TypeError for any other value.
const Script& script_of(Environment& environment, napi_value value);
// The module behind a value; a TypeError where it is none.
torch::jit::Module module_of(Environment& environment, napi_value value);

// A value as a TorchScript type asks for it: dictionaries from plain objects and Maps, named tuples from objects too. A
// value that does not fit is a TypeError that says what was found.
c10::IValue to_script(Environment& environment, napi_value js, const c10::TypePtr& type);
// A value whose type nobody asks for, as Python infers it: frozen arrays are tuples, others lists.
c10::IValue infer_script(Environment& environment, napi_value js);
// Whether a parameter of this type takes a plain object, which is then no set of keywords.
bool takes_object(const c10::TypePtr& type);

// What TorchScript gave, as JavaScript sees it.
napi_value from_script(Environment& environment, const c10::IValue& value);

}  // namespace torch_node

// One operator name with its overloads, prepared for JavaScript arguments.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>

#include "guards.h"
#include "value.h"

namespace torch_node {

enum class Base : uint8_t {
  tensor,
  scalar,
  integer,
  floating,
  boolean,
  string,
  dtype,
  layout,
  memory_format,
  device,
  generator,
  script_object,
  qscheme,
  any,
  unsupported
};

struct Type {
  Base base;
  bool optional = false;
  bool list = false;
  bool optional_elements = false;
  // `int[2]`: one number stands for all
  bool broadcast = false;
  int32_t fixed = 0;
};

struct Parameter {
  std::string name;
  Type type;
  bool keyword_only;
  bool has_default;
  // one of the tensors that `out` names
  bool out;
  c10::IValue fallback;
};

struct Signature {
  c10::OperatorHandle op;
  std::vector<Parameter> parameters;
  // How many parameters may be given by position.
  size_t positional;
  size_t outs = 0;
  // Makes tensors from sizes or data: takes `requires_grad`.
  bool factory = false;
  // A factory whose result no argument's gradient reaches: Python's bindings run it below autograd.
  bool below_autograd = false;
  // Python's bindings do not offer this overload: a number goes to the Tensor one.
  bool hidden = false;
  // The only positional parameter (self aside) is a list of ints, which may be spread.
  bool spread = false;
  // For each result, the parameter that it is the same tensor as, or -1.
  std::vector<int> aliases;
  std::vector<bool> dtype_results;
  std::vector<std::string> result_names;
  napi_ref named_result = nullptr;
};

struct Packet {
  std::string name;
  // `add` of `aten::add`
  std::string base_name;
  // Python takes a number for a Tensor here.
  bool numbers_as_tensors = false;
  std::vector<Signature> signatures;
  Guard guard = nullptr;
  // The overload that the last call of the same argument kinds took.
  uint64_t cached_kinds = 0;
  int cached_signature = -1;
};

// Null when LibTorch has no such operator.
Packet* find_packet(Environment& environment, const std::string& name);

// An overload was added: looks the operator up anew next time.
void forget_packet(Environment& environment, const std::string& name);

Type type_of_argument(const c10::Argument& argument);

std::string format(const Type& type);
std::string format(const Signature& signature, const std::string& name);

}  // namespace torch_node

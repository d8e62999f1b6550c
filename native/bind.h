// JavaScript arguments meet an overload's parameters.
#pragma once

#include <c10/util/SmallVector.h>

#include "packet.h"

namespace torch_node {

struct Keyword {
  std::string name;
  Value value;
};

// The arguments of one operator call.
struct Call {
  c10::SmallVector<Value, 6> positional;
  std::vector<Keyword> keywords;
  bool requires_grad = false;
  bool requires_grad_given = false;

  uint64_t kinds() const;
  std::string describe() const;
};

void read_call(Environment& environment, const napi_value* args, size_t count, Call& call);

// Fills `stack` for the first overload that takes the arguments, and returns it; a TypeError lists the signatures.
const Signature& bind_call(Environment& environment, Packet& packet, const Call& call, torch::jit::Stack& stack,
                      c10::SmallVectorImpl<const Value*>& chosen);

// Only this overload.
const Signature& bind_overload(Environment& environment, Packet& packet, const std::string& overload, const Call& call,
                               torch::jit::Stack& stack, c10::SmallVectorImpl<const Value*>& chosen);

// The value for a parameter or result of this type; where it is of another kind a TypeError that begins with `what`.
c10::IValue to_typed(Environment& environment, const Type& type, const Value& value, const std::string& what);

// Lets an argument be found again if LibTorch, which holds it now too, may come to give it back: as a leaf, or as the
// `result` of the call that is over. Null where results are several.
void remember_kept(const Value& value, const at::Tensor* result);

}  // namespace torch_node

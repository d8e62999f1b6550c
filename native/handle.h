// A JavaScript tensor: what it points to, and what V8 knows of its weight.
#pragma once

#include <ATen/core/Tensor.h>

#include "environment.h"

namespace torch_node {

struct Handle {
  at::Tensor tensor;
  Environment* environment;
  // Live handles of an environment, oldest first; `next` also chains the free ones.
  Handle* previous;
  Handle* next;
  int64_t id;
  int64_t scope;
  // Weak: the JavaScript object, null until `remember`.
  napi_ref reference;
  // The storage that is charged for this handle, null when none.
  void* storage;
  bool live;
  bool disposed;
};

// The JavaScript object of `tensor`: the one that it has, or a new one; null for an undefined tensor. `shell` is an object
// with the right prototype that waits for its tensor: making it in JavaScript costs a tenth of making it here.
napi_value wrap(Environment& environment, at::Tensor tensor, napi_value shell = nullptr);
// A new object always, which belongs to the scope `environment.scope`.
napi_value wrap_new(Environment& environment, at::Tensor tensor, napi_value shell = nullptr);

// Made by an operator: what autograd keeps of such a tensor comes back as another one.
bool has_node(const at::Tensor& tensor);

// The object that stands for the tensor already, null where there is none or nobody asked to `remember` it.
napi_value find_object(Environment& environment, const at::Tensor& tensor);

// The handle behind a value, null when it is no tensor of this environment.
Handle* handle_of(Environment& environment, napi_value value);

// Lets `wrap` find the object again. Only a tensor that LibTorch holds too can come back from it, and most are gone before
// it does: so this is for those that it may hold.
void remember(Handle& handle, napi_value object);

// The tensor behind a value, to look at only; a TypeError when it is none or was disposed.
const at::Tensor& peek(Environment& environment, napi_value value);
// The same where LibTorch may come to hold the tensor.
const at::Tensor& tensor_of(Environment& environment, napi_value value);
// null and undefined give an undefined tensor.
at::Tensor optional_tensor_of(Environment& environment, napi_value value);
std::vector<at::Tensor> tensors_of(Environment& environment, napi_value array);
napi_value wrap_all(Environment& environment, const std::vector<at::Tensor>& tensors);

// Frees the tensor now; the JavaScript object stays, empty.
void dispose(Handle& handle);
// Tells V8 again what the tensor weighs, after its storage was exchanged.
void recharge(Handle& handle);

// The sizes as text; those of a nested tensor are irregular.
std::string sizes_text(const at::Tensor& tensor);

void free_chunks(Environment& environment);

}  // namespace torch_node

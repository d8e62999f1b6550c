// What kind of thing a JavaScript argument is, found out once for all overloads.
#pragma once

#include <ATen/core/ivalue.h>

#include "environment.h"

namespace torch_node {

enum class Kind : uint8_t {
  undefined,
  null,
  boolean,
  // a whole number that a double holds exactly, or a bigint of 64 bits
  integer,
  // any other number
  number,
  complex,
  string,
  tensor,
  dtype,
  layout,
  memory_format,
  device,
  qscheme,
  generator,
  // of a custom class
  script_object,
  // lists, by what is common to their elements
  empty_list,
  integers,
  numbers,
  booleans,
  scalars,
  strings,
  tensors,
  // tensors and nulls
  optional_tensors,
  mixed_list,
  // a plain object: keywords, or a dictionary
  object,
  other
};

struct Value {
  Kind kind = Kind::undefined;
  // integer, boolean, or the code of a tag
  int64_t integer = 0;
  double number = 0;
  double imaginary = 0;
  Handle* handle = nullptr;
  napi_value js = nullptr;
  std::vector<Value> items;

  bool given() const { return kind != Kind::undefined; }
  bool is_list() const { return kind >= Kind::empty_list && kind <= Kind::mixed_list; }
  bool is_number() const { return kind == Kind::integer || kind == Kind::number; }
  bool is_scalar() const { return is_number() || kind == Kind::boolean || kind == Kind::complex; }
};

// How a dtype and its like are tagged; `TagKind` in lib/_C/native.ts.
enum class Tag : uint8_t { none, dtype, layout, memory_format, device, complex, qscheme };

Value classify(Environment& environment, napi_value js);

// The name of the kind in error messages, as Python words it.
std::string describe(const Value& value);

at::Scalar to_scalar(const Value& value);
c10::Device to_device(Environment& environment, const Value& value);
// A dtype from its code.
at::ScalarType to_dtype(napi_env env, napi_value code);
// Any value as an IValue, for operators that take `Any`.
c10::IValue to_ivalue(Environment& environment, const Value& value);

// An IValue as JavaScript sees it.
napi_value to_js(Environment& environment, const c10::IValue& value);
napi_value to_js(Environment& environment, const at::Scalar& value);
napi_value dtype_to_js(Environment& environment, at::ScalarType dtype);

napi_value property(napi_env env, napi_value object, const char* name);

}  // namespace torch_node

// The small vocabulary over node-api that every file here speaks.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace torch_node {

// A JavaScript exception is already pending: unwind to the entry.
struct PendingException {};

// A wrong argument: becomes a JavaScript TypeError at the entry.
struct TypeError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

[[noreturn]] void fail(napi_env env, napi_status status);

inline void check(napi_env env, napi_status status) {
  if (status != napi_ok) [[unlikely]]
    fail(env, status);
}

inline napi_valuetype type_of(napi_env env, napi_value value) {
  napi_valuetype type;
  check(env, napi_typeof(env, value, &type));
  return type;
}

// JavaScript to C++; a value of another kind is a TypeError.
double to_double(napi_env env, napi_value value);
int64_t to_int64(napi_env env, napi_value value);
int32_t to_int32(napi_env env, napi_value value);
bool to_bool(napi_env env, napi_value value);
std::string to_string(napi_env env, napi_value value);
// null stays empty
std::string to_string_or_empty(napi_env env, napi_value value);
int64_t bigint_to_int64(napi_env env, napi_value value);
uint64_t bigint_to_uint64(napi_env env, napi_value value);
bool is_nullish(napi_env env, napi_value value);
bool is_array(napi_env env, napi_value value);
uint32_t array_length(napi_env env, napi_value array);
napi_value element(napi_env env, napi_value array, uint32_t i);
std::vector<int64_t> to_int64s(napi_env env, napi_value array);

// C++ to JavaScript.
napi_value undefined(napi_env env);
napi_value null(napi_env env);
napi_value from(napi_env env, bool value);
napi_value from(napi_env env, double value);
napi_value from(napi_env env, int32_t value);
napi_value from(napi_env env, uint32_t value);
// number where exact, else bigint
napi_value from(napi_env env, int64_t value);
napi_value from(napi_env env, std::string_view value);
napi_value bigint_from(napi_env env, int64_t value);
napi_value bigint_from(napi_env env, uint64_t value);
napi_value array_of(napi_env env, size_t length);
void set_element(napi_env env, napi_value array, size_t i, napi_value value);
napi_value from(napi_env env, const std::vector<int64_t>& values);

// Calls a JavaScript function with undefined as `this`.
napi_value call_function(napi_env env, napi_value function, std::initializer_list<napi_value> args);

// A handle scope for loops that make many values.
class HandleScope {
 public:
  explicit HandleScope(napi_env env) : env_(env) { check(env, napi_open_handle_scope(env, &scope_)); }
  ~HandleScope() { napi_close_handle_scope(env_, scope_); }
  HandleScope(const HandleScope&) = delete;
  HandleScope& operator=(const HandleScope&) = delete;

 private:
  napi_env env_;
  napi_handle_scope scope_;
};

}  // namespace torch_node

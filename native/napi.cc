#include "napi.h"

#include <cmath>

namespace torch_node {

namespace {
constexpr double kMaxSafeInteger = 9007199254740991.0;

const char* name_of(napi_valuetype type) {
  switch (type) {
    case napi_undefined: return "undefined";
    case napi_null: return "null";
    case napi_boolean: return "a boolean";
    case napi_number: return "a number";
    case napi_string: return "a string";
    case napi_symbol: return "a symbol";
    case napi_object: return "an object";
    case napi_function: return "a function";
    case napi_bigint: return "a bigint";
    default: return "another value";
  }
}

[[noreturn]] void wrong(napi_env env, const char* expected, napi_value value) {
  throw TypeError(std::string("Expected ") + expected + " but got " + name_of(type_of(env, value)));
}
}  // namespace

void fail(napi_env env, napi_status status) {
  // First: every other call forgets what the last error was.
  const napi_extended_error_info* info = nullptr;
  napi_get_last_error_info(env, &info);
  const std::string message = info && info->error_message ? info->error_message : "status " + std::to_string(status);
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending || status == napi_pending_exception) throw PendingException{};
  throw TypeError("node-api: " + message);
}

double to_double(napi_env env, napi_value value) {
  double result;
  if (napi_get_value_double(env, value, &result) != napi_ok) wrong(env, "a number", value);
  return result;
}

int64_t to_int64(napi_env env, napi_value value) {
  if (type_of(env, value) == napi_bigint) return bigint_to_int64(env, value);
  const double number = to_double(env, value);
  if (!(std::abs(number) <= kMaxSafeInteger) || number != std::trunc(number))
    throw TypeError("Expected an integer but got " + std::to_string(number));
  return static_cast<int64_t>(number);
}

int32_t to_int32(napi_env env, napi_value value) {
  const int64_t wide = to_int64(env, value);
  if (wide != static_cast<int32_t>(wide)) throw TypeError("Integer out of range: " + std::to_string(wide));
  return static_cast<int32_t>(wide);
}

bool to_bool(napi_env env, napi_value value) {
  bool result;
  if (napi_get_value_bool(env, value, &result) != napi_ok) wrong(env, "a boolean", value);
  return result;
}

std::string to_string(napi_env env, napi_value value) {
  size_t length;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) wrong(env, "a string", value);
  std::string result(length, '\0');
  check(env, napi_get_value_string_utf8(env, value, result.data(), length + 1, &length));
  return result;
}

std::string to_string_or_empty(napi_env env, napi_value value) {
  return is_nullish(env, value) ? std::string() : to_string(env, value);
}

int64_t bigint_to_int64(napi_env env, napi_value value) {
  int64_t result;
  bool lossless;
  if (napi_get_value_bigint_int64(env, value, &result, &lossless) != napi_ok) wrong(env, "a bigint", value);
  if (!lossless) throw TypeError("bigint does not fit into 64 bits");
  return result;
}

uint64_t bigint_to_uint64(napi_env env, napi_value value) {
  uint64_t result;
  bool lossless;
  if (napi_get_value_bigint_uint64(env, value, &result, &lossless) != napi_ok) wrong(env, "a bigint", value);
  if (!lossless) throw TypeError("bigint does not fit into 64 unsigned bits");
  return result;
}

bool is_nullish(napi_env env, napi_value value) {
  const auto type = type_of(env, value);
  return type == napi_undefined || type == napi_null;
}

bool is_array(napi_env env, napi_value value) {
  bool result;
  check(env, napi_is_array(env, value, &result));
  return result;
}

uint32_t array_length(napi_env env, napi_value array) {
  uint32_t length;
  if (napi_get_array_length(env, array, &length) != napi_ok) wrong(env, "an array", array);
  return length;
}

napi_value element(napi_env env, napi_value array, uint32_t i) {
  napi_value value;
  check(env, napi_get_element(env, array, i, &value));
  return value;
}

std::vector<int64_t> to_int64s(napi_env env, napi_value array) {
  std::vector<int64_t> result(array_length(env, array));
  for (uint32_t i = 0; i < result.size(); i++) result[i] = to_int64(env, element(env, array, i));
  return result;
}

napi_value undefined(napi_env env) {
  napi_value result;
  check(env, napi_get_undefined(env, &result));
  return result;
}

napi_value null(napi_env env) {
  napi_value result;
  check(env, napi_get_null(env, &result));
  return result;
}

napi_value from(napi_env env, bool value) {
  napi_value result;
  check(env, napi_get_boolean(env, value, &result));
  return result;
}

napi_value from(napi_env env, double value) {
  napi_value result;
  check(env, napi_create_double(env, value, &result));
  return result;
}

napi_value from(napi_env env, int32_t value) {
  napi_value result;
  check(env, napi_create_int32(env, value, &result));
  return result;
}

napi_value from(napi_env env, uint32_t value) {
  napi_value result;
  check(env, napi_create_uint32(env, value, &result));
  return result;
}

napi_value from(napi_env env, int64_t value) {
  if (std::abs(static_cast<double>(value)) > kMaxSafeInteger) return bigint_from(env, value);
  napi_value result;
  check(env, napi_create_int64(env, value, &result));
  return result;
}

napi_value from(napi_env env, std::string_view value) {
  napi_value result;
  check(env, napi_create_string_utf8(env, value.data(), value.size(), &result));
  return result;
}

napi_value bigint_from(napi_env env, int64_t value) {
  napi_value result;
  check(env, napi_create_bigint_int64(env, value, &result));
  return result;
}

napi_value bigint_from(napi_env env, uint64_t value) {
  napi_value result;
  check(env, napi_create_bigint_uint64(env, value, &result));
  return result;
}

napi_value array_of(napi_env env, size_t length) {
  napi_value result;
  check(env, napi_create_array_with_length(env, length, &result));
  return result;
}

void set_element(napi_env env, napi_value array, size_t i, napi_value value) {
  check(env, napi_set_element(env, array, static_cast<uint32_t>(i), value));
}

napi_value from(napi_env env, const std::vector<int64_t>& values) {
  napi_value result = array_of(env, values.size());
  for (size_t i = 0; i < values.size(); i++) set_element(env, result, i, from(env, values[i]));
  return result;
}

napi_value call_function(napi_env env, napi_value function, std::initializer_list<napi_value> args) {
  napi_value result;
  check(env, napi_call_function(env, undefined(env), function, args.size(), args.begin(), &result));
  return result;
}

}  // namespace torch_node

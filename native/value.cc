#include "value.h"

#include <c10/core/Scalar.h>

#include <cmath>

#include "generator.h"
#include "handle.h"
#include "script_object.h"

namespace torch_node {

namespace {

constexpr int kMaxDepth = 64;

Value classify_at(Environment& environment, napi_value js, int depth);

Kind common_kind(const std::vector<Value>& items) {
  if (items.empty()) return Kind::empty_list;
  bool integers = true, numbers = true, booleans = true, scalars = true, strings = true, tensors = true,
       optional_tensors = true;
  for (const auto& item : items) {
    const Kind kind = item.kind;
    integers &= kind == Kind::integer;
    numbers &= item.is_number();
    booleans &= kind == Kind::boolean;
    scalars &= item.is_scalar();
    strings &= kind == Kind::string;
    tensors &= kind == Kind::tensor;
    optional_tensors &= kind == Kind::tensor || kind == Kind::null || kind == Kind::undefined;
  }
  if (integers) return Kind::integers;
  if (numbers) return Kind::numbers;
  if (booleans) return Kind::booleans;
  if (scalars) return Kind::scalars;
  if (strings) return Kind::strings;
  if (tensors) return Kind::tensors;
  return optional_tensors ? Kind::optional_tensors : Kind::mixed_list;
}

Value classify_list(Environment& environment, napi_value js, int depth) {
  if (depth > kMaxDepth) throw TypeError("List is nested too deeply");
  Value value;
  value.js = js;
  const uint32_t length = array_length(environment.env, js);
  if (length > (1u << 24)) throw TypeError("List is too long for an operator argument");
  value.items.reserve(length);
  for (uint32_t i = 0; i < length; i++)
    value.items.push_back(classify_at(environment, element(environment.env, js, i), depth + 1));
  value.kind = common_kind(value.items);
  return value;
}

Value classify_typed_array(Environment& environment, napi_value js) {
  Value value;
  value.js = js;
  value.kind = Kind::other;
  napi_value length_value = property(environment.env, js, "length");
  if (type_of(environment.env, length_value) != napi_number) return value;
  const int64_t length = to_int64(environment.env, length_value);
  // Long ones are data, which `torch.tensor` takes, not sizes.
  if (length > 64) return value;
  for (int64_t i = 0; i < length; i++)
    value.items.push_back(classify_at(environment, element(environment.env, js, static_cast<uint32_t>(i)), 1));
  value.kind = common_kind(value.items);
  return value;
}

bool is_plain_object(napi_env env, napi_value js) {
  napi_value prototype;
  check(env, napi_get_prototype(env, js, &prototype));
  if (type_of(env, prototype) == napi_null) return true;
  // Object.prototype, also of another realm: the one whose own prototype is null and which owns hasOwnProperty.
  napi_value above;
  check(env, napi_get_prototype(env, prototype, &above));
  if (type_of(env, above) != napi_null) return false;
  bool owns = false;
  check(env, napi_has_own_property(env, prototype, from(env, std::string_view("hasOwnProperty")), &owns));
  return owns;
}

Value classify_object(Environment& environment, napi_value js, int depth) {
  napi_env env = environment.env;
  Value value;
  value.js = js;
  if (Handle* handle = handle_of(environment, js)) {
    if (handle->disposed) throw TypeError("This Tensor was disposed");
    value.kind = Kind::tensor;
    value.handle = handle;
    return value;
  }
  if (is_array(env, js)) return classify_list(environment, js, depth);
  napi_value key, tag_value;
  check(env, napi_get_reference_value(env, environment.tag_symbol, &key));
  check(env, napi_get_property(env, js, key, &tag_value));
  if (type_of(env, tag_value) == napi_number) {
    const int64_t tag = to_int64(env, tag_value);
    value.integer = tag & 0xffff;
    switch (static_cast<Tag>(tag >> 16)) {
      case Tag::dtype: value.kind = Kind::dtype; return value;
      case Tag::layout: value.kind = Kind::layout; return value;
      case Tag::memory_format: value.kind = Kind::memory_format; return value;
      case Tag::device: value.kind = Kind::device; return value;
      case Tag::qscheme: value.kind = Kind::qscheme; return value;
      case Tag::complex:
        value.kind = Kind::complex;
        value.number = to_double(env, property(env, js, "re"));
        value.imaginary = to_double(env, property(env, js, "im"));
        return value;
      case Tag::none: break;
    }
  }
  bool typed_array = false;
  check(env, napi_is_typedarray(env, js, &typed_array));
  if (typed_array) return classify_typed_array(environment, js);
  if (is_generator(environment, js)) {
    value.kind = Kind::generator;
    return value;
  }
  if (is_plain_object(env, js))
    value.kind = Kind::object;
  else
    value.kind = is_script_object(environment, js) ? Kind::script_object : Kind::other;
  return value;
}

Value classify_at(Environment& environment, napi_value js, int depth) {
  napi_env env = environment.env;
  Value value;
  value.js = js;
  switch (type_of(env, js)) {
    case napi_undefined: break;
    case napi_null: value.kind = Kind::null; break;
    case napi_boolean:
      value.kind = Kind::boolean;
      value.integer = to_bool(env, js);
      value.number = static_cast<double>(value.integer);
      break;
    case napi_number:
      value.number = to_double(env, js);
      // -0 and numbers past 2**53 are floats: their integers would lose something.
      if (value.number == std::trunc(value.number) && std::abs(value.number) <= 9007199254740992.0 &&
          !(value.number == 0 && std::signbit(value.number))) {
        value.kind = Kind::integer;
        value.integer = static_cast<int64_t>(value.number);
      } else {
        value.kind = Kind::number;
      }
      break;
    case napi_bigint:
      value.kind = Kind::integer;
      value.integer = bigint_to_int64(env, js);
      value.number = static_cast<double>(value.integer);
      break;
    case napi_string: value.kind = Kind::string; break;
    case napi_object: return classify_object(environment, js, depth);
    case napi_function: {
      // Modules are functions; they are never arguments of an operator.
      value.kind = Kind::other;
      break;
    }
    default: value.kind = Kind::other;
  }
  return value;
}

}  // namespace

Value classify(Environment& environment, napi_value js) { return classify_at(environment, js, 0); }

std::string describe(const Value& value) {
  switch (value.kind) {
    case Kind::undefined:
    case Kind::null: return "NoneType";
    case Kind::boolean: return "bool";
    case Kind::integer: return "int";
    case Kind::number: return "float";
    case Kind::complex: return "complex";
    case Kind::string: return "str";
    case Kind::tensor: return "Tensor";
    case Kind::dtype: return "torch.dtype";
    case Kind::layout: return "torch.layout";
    case Kind::memory_format: return "torch.memory_format";
    case Kind::device: return "torch.device";
    case Kind::qscheme: return "torch.qscheme";
    case Kind::generator: return "torch.Generator";
    case Kind::script_object: return "torch.ScriptObject";
    case Kind::object: return "dict";
    case Kind::other: return "object";
    default: break;
  }
  std::string text = "list of [";
  for (size_t i = 0; i < value.items.size(); i++) {
    if (i == 8) return text + ", ...]";
    text += (i ? ", " : "") + describe(value.items[i]);
  }
  return text + "]";
}

at::Scalar to_scalar(const Value& value) {
  switch (value.kind) {
    case Kind::integer: return value.integer;
    case Kind::number: return value.number;
    case Kind::boolean: return value.integer != 0;
    case Kind::complex: return c10::complex<double>(value.number, value.imaginary);
    default: return value.handle->tensor.item();
  }
}

c10::Device to_device(Environment& environment, const Value& value) {
  if (value.kind == Kind::string) return c10::Device(to_string(environment.env, value.js));
  if (value.kind == Kind::integer) return {at::kCUDA, static_cast<c10::DeviceIndex>(value.integer)};
  const int64_t index = (value.integer & 0xff) - 1;
  return {static_cast<c10::DeviceType>(value.integer >> 8), static_cast<c10::DeviceIndex>(index)};
}

at::ScalarType to_dtype(napi_env env, napi_value value) {
  const int32_t code = to_int32(env, value);
  if (code < 0 || code >= static_cast<int32_t>(at::ScalarType::NumOptions)) throw TypeError("Unknown dtype");
  return static_cast<at::ScalarType>(code);
}

c10::IValue to_ivalue(Environment& environment, const Value& value) {
  switch (value.kind) {
    case Kind::undefined:
    case Kind::null: return {};
    case Kind::string: return to_string(environment.env, value.js);
    case Kind::tensor: remember(*value.handle, value.js); return value.handle->tensor;
    case Kind::dtype:
    case Kind::layout:
    case Kind::memory_format:
    case Kind::qscheme: return value.integer;
    case Kind::device: return to_device(environment, value);
    case Kind::generator: return generator_of(environment, value.js);
    case Kind::script_object: return script_object_of(environment, value.js);
    case Kind::boolean:
    case Kind::integer:
    case Kind::number:
    case Kind::complex: return to_scalar(value);
    case Kind::object:
    case Kind::other: throw TypeError("An operator can't take a " + describe(value));
    default: break;
  }
  c10::impl::GenericList list(c10::AnyType::get());
  for (const auto& item : value.items) list.push_back(to_ivalue(environment, item));
  return list;
}

napi_value dtype_to_js(Environment& environment, at::ScalarType dtype) {
  napi_value dtypes = environment.hook(Hook::dtypes);
  return element(environment.env, dtypes, static_cast<uint32_t>(dtype));
}

napi_value to_js(Environment& environment, const at::Scalar& value) {
  napi_env env = environment.env;
  if (value.isBoolean()) return from(env, value.toBool());
  if (value.isComplex()) {
    const auto number = value.toComplexDouble();
    return call_function(env, environment.hook(Hook::make_complex), {from(env, number.real()), from(env, number.imag())});
  }
  if (value.isFloatingPoint()) return from(env, value.toDouble());
  if (value.type() == at::kUInt64) {
    const uint64_t number = value.toUInt64();
    return number > 9007199254740991u ? bigint_from(env, number) : from(env, static_cast<int64_t>(number));
  }
  return from(env, value.toLong());
}

napi_value to_js(Environment& environment, const c10::IValue& value) {
  napi_env env = environment.env;
  if (value.isTensor()) return wrap(environment, value.toTensor());
  if (value.isNone()) return null(env);
  if (value.isBool()) return from(env, value.toBool());
  if (value.isInt()) return from(env, value.toInt());
  if (value.isDouble()) return from(env, value.toDouble());
  if (value.isScalar()) return to_js(environment, value.toScalar());
  if (value.isString()) return from(env, std::string_view(value.toStringRef()));
  if (value.isDevice()) {
    const auto device = value.toDevice();
    return call_function(
        env, environment.hook(Hook::make_device),
        {from(env, static_cast<int32_t>(device.type())),
         device.has_index() ? from(env, static_cast<int32_t>(device.index())) : null(env)});
  }
  if (value.isObject()) return wrap_script_object(environment, value);
  if (value.isGenerator()) return wrap_generator(environment, value.toGenerator());
  if (value.isSymInt()) return from(env, value.toSymInt().expect_int());
  if (value.isList()) {
    const auto list = value.toListRef();
    napi_value array = array_of(env, list.size());
    for (size_t i = 0; i < list.size(); i++) set_element(env, array, i, to_js(environment, list[i]));
    return array;
  }
  if (value.isTuple()) {
    const auto& elements = value.toTupleRef().elements();
    napi_value array = array_of(env, elements.size());
    for (size_t i = 0; i < elements.size(); i++) set_element(env, array, i, to_js(environment, elements[i]));
    return array;
  }
  if (value.isGenericDict()) {
    napi_value object;
    check(env, napi_create_object(env, &object));
    for (const auto& entry : value.toGenericDict())
      check(env, napi_set_property(env, object, to_js(environment, entry.key()), to_js(environment, entry.value())));
    return object;
  }
  throw std::runtime_error("An operator returned a " + value.tagKind() + ", which JavaScript has no counterpart for");
}

napi_value property(napi_env env, napi_value object, const char* name) {
  napi_value value;
  check(env, napi_get_named_property(env, object, name, &value));
  return value;
}

}  // namespace torch_node

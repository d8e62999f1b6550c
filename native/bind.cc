#include "bind.h"

#include <ATen/ScalarOps.h>
#include <ATen/core/List.h>

#include <algorithm>

#include "generator.h"
#include "handle.h"
#include "script_object.h"

namespace torch_node {

namespace {

// Python's arg parser takes these for a parameter's name too.
std::string_view canonical(std::string_view name) {
  if (name == "input") return "self";
  if (name == "axis") return "dim";
  if (name == "keepdims") return "keepdim";
  return name;
}

bool zero_dim(const Value& value) { return value.kind == Kind::tensor && value.handle->tensor.dim() == 0; }

bool fits_element(Base base, const Value& value, bool lenient, bool numbers_as_tensors) {
  switch (base) {
    case Base::tensor: return value.kind == Kind::tensor || (numbers_as_tensors && value.is_scalar());
    case Base::scalar: return value.is_scalar() || (lenient && zero_dim(value));
    case Base::integer:
      return value.kind == Kind::integer || (lenient && zero_dim(value) &&
                                             at::isIntegralType(value.handle->tensor.scalar_type(), false));
    case Base::floating:
      return value.is_number() || (lenient && (value.kind == Kind::boolean || zero_dim(value)));
    case Base::boolean: return value.kind == Kind::boolean;
    case Base::string: return value.kind == Kind::string;
    case Base::dtype: return value.kind == Kind::dtype;
    case Base::layout: return value.kind == Kind::layout;
    case Base::memory_format: return value.kind == Kind::memory_format;
    case Base::device:
      return value.kind == Kind::device || value.kind == Kind::string || (lenient && value.kind == Kind::integer);
    case Base::generator: return value.kind == Kind::generator;
    case Base::script_object: return value.kind == Kind::script_object;
    case Base::qscheme: return value.kind == Kind::qscheme;
    case Base::any: return true;
    case Base::unsupported: return false;
  }
  return false;
}

bool fits(const Type& type, const Value& value, bool lenient, bool numbers_as_tensors) {
  if (value.kind == Kind::null) return type.optional || type.base == Base::any;
  if (!type.list) return fits_element(type.base, value, lenient, numbers_as_tensors);
  switch (value.kind) {
    case Kind::empty_list: return true;
    case Kind::integers:
      return type.base == Base::integer || type.base == Base::floating || type.base == Base::scalar ||
             type.base == Base::any;
    case Kind::numbers: return type.base == Base::floating || type.base == Base::scalar || type.base == Base::any;
    case Kind::booleans: return type.base == Base::boolean || type.base == Base::scalar || type.base == Base::any;
    case Kind::scalars: return type.base == Base::scalar || type.base == Base::any;
    case Kind::strings: return type.base == Base::string || type.base == Base::any;
    case Kind::tensors:
      if (type.base == Base::tensor || type.base == Base::any) return true;
      break;
    case Kind::optional_tensors: return type.base == Base::tensor && type.optional_elements;
    case Kind::mixed_list: break;
    default: return type.broadcast && fits_element(type.base, value, lenient, false);
  }
  if (!lenient) return false;
  for (const auto& item : value.items)
    if (!fits_element(type.base, item, true, false)) return false;
  return true;
}

// A getter of a later keyword may have disposed it since.
const at::Tensor& live_tensor(const Value& value) {
  if (value.handle->disposed) throw TypeError("This Tensor was disposed");
  return value.handle->tensor;
}

at::Tensor number_as_tensor(const Value& value) {
  at::Tensor tensor = c10::scalar_to_tensor(to_scalar(value));
  tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
  return tensor;
}

int64_t to_integer(const Value& value) {
  return value.kind == Kind::tensor ? value.handle->tensor.item().toLong() : value.integer;
}

double to_floating(const Value& value) {
  return value.kind == Kind::tensor ? value.handle->tensor.item().toDouble() : value.number;
}

c10::IValue element_ivalue(Environment& environment, Base base, const Value& value) {
  switch (base) {
    case Base::tensor: return value.kind == Kind::tensor ? live_tensor(value) : number_as_tensor(value);
    case Base::scalar: return to_scalar(value);
    case Base::integer: return to_integer(value);
    case Base::floating: return to_floating(value);
    case Base::boolean: return value.integer != 0;
    case Base::string: return to_string(environment.env, value.js);
    case Base::dtype:
    case Base::layout:
    case Base::memory_format:
    case Base::qscheme: return value.integer;
    case Base::device: return to_device(environment, value);
    case Base::generator: return generator_of(environment, value.js);
    case Base::script_object: return script_object_of(environment, value.js);
    default: return to_ivalue(environment, value);
  }
}

template <typename T, typename Convert>
c10::IValue list_ivalue(const Value& value, const Type& type, Convert convert) {
  c10::List<T> list;
  if (value.is_list()) {
    list.reserve(value.items.size());
    for (const auto& item : value.items) list.push_back(convert(item));
  } else {
    const int32_t copies = std::max(type.fixed, 1);
    for (int32_t i = 0; i < copies; i++) list.push_back(convert(value));
  }
  return list;
}

c10::IValue to_parameter(Environment& environment, const Type& type, const Value& value) {
  if (value.kind == Kind::null) return {};
  if (!type.list) return element_ivalue(environment, type.base, value);
  switch (type.base) {
    case Base::integer: return list_ivalue<int64_t>(value, type, to_integer);
    case Base::floating: return list_ivalue<double>(value, type, to_floating);
    case Base::boolean: return list_ivalue<bool>(value, type, [](const Value& item) { return item.integer != 0; });
    case Base::tensor:
      if (type.optional_elements)
        return list_ivalue<std::optional<at::Tensor>>(value, type, [](const Value& item) {
          return item.kind == Kind::tensor ? std::optional<at::Tensor>(live_tensor(item)) : std::nullopt;
        });
      return list_ivalue<at::Tensor>(value, type, live_tensor);
    case Base::string:
      return list_ivalue<std::string>(
          value, type, [&](const Value& item) { return to_string(environment.env, item.js); });
    default: {
      c10::TypePtr element = type.base == Base::scalar ? c10::TypePtr(c10::NumberType::get()) : c10::AnyType::get();
      c10::impl::GenericList list(element);
      if (value.is_list())
        for (const auto& item : value.items) list.push_back(element_ivalue(environment, type.base, item));
      else
        list.push_back(element_ivalue(environment, type.base, value));
      return list;
    }
  }
}

// Why an overload did not take the arguments; written only when somebody asks.
using Reason = std::string*;

bool reject(Reason reason, const std::string& text) {
  if (reason && reason->empty()) *reason = text;
  return false;
}

// Chooses the value of each parameter; false when this overload does not take the arguments.
bool match(const Packet& packet, const Signature& signature, const Call& call, bool lenient, Value& spread_list,
           c10::SmallVectorImpl<const Value*>& chosen, Reason reason) {
  const auto& parameters = signature.parameters;
  const size_t given = call.positional.size();
  chosen.assign(parameters.size(), nullptr);
  size_t used = given;
  if (signature.spread) {
    const size_t first = signature.positional - 1;
    const bool several = given > signature.positional;
    const bool lone = given == signature.positional && call.positional[first].kind == Kind::integer &&
                      !parameters[first].type.broadcast;
    if (several || lone) {
      spread_list.items.assign(call.positional.begin() + static_cast<ptrdiff_t>(first), call.positional.end());
      for (const auto& item : spread_list.items)
        if (!fits_element(Base::integer, item, lenient, false)) return reject(reason, "");
      spread_list.kind = Kind::integers;
      chosen[first] = &spread_list;
      used = first;
    }
  }
  if (used > signature.positional)
    return reject(reason, packet.base_name + "() takes " + std::to_string(signature.positional) +
                              " positional arguments but " + std::to_string(given) + " were given");
  for (size_t i = 0; i < used; i++)
    if (call.positional[i].given()) chosen[i] = &call.positional[i];
  size_t outs = 0;
  for (const auto& keyword : call.keywords) {
    if (!keyword.value.given()) continue;
    if (keyword.name == "out") {
      if (keyword.value.kind == Kind::null) continue;
      if (signature.outs == 0) return reject(reason, packet.base_name + "() has no out");
      const bool list = signature.outs > 1 || keyword.value.is_list();
      if (list && (!keyword.value.is_list() || keyword.value.items.size() != signature.outs))
        return reject(reason, "expected a list of " + std::to_string(signature.outs) + " elements for 'out'");
      for (size_t i = 0; i < parameters.size(); i++) {
        if (!parameters[i].out) continue;
        const Value& value = list ? keyword.value.items[outs] : keyword.value;
        // `Tensor[] out` of foreach operators takes the list itself.
        chosen[i] = parameters[i].type.list ? &keyword.value : &value;
        outs++;
      }
      continue;
    }
    const std::string_view name = canonical(keyword.name);
    size_t i = 0;
    while (i < parameters.size() && parameters[i].name != name && parameters[i].name != keyword.name) i++;
    if (i == parameters.size())
      return reject(reason, packet.base_name + "() got an unexpected keyword argument '" + keyword.name + "'");
    if (chosen[i])
      return reject(reason, packet.base_name + "() got multiple values for argument '" + keyword.name + "'");
    chosen[i] = &keyword.value;
  }
  if (signature.outs > 0 && outs == 0) return false;
  if (call.requires_grad_given && !signature.factory)
    return reject(reason, packet.base_name + "() got an unexpected keyword argument 'requires_grad'");
  for (size_t i = 0; i < parameters.size(); i++) {
    const auto& parameter = parameters[i];
    const Value* value = chosen[i];
    if (!value || (value->kind == Kind::null && !parameter.type.optional && parameter.has_default)) {
      if (!parameter.has_default)
        return reject(reason, packet.base_name + "() missing required argument: '" + parameter.name + "'");
      chosen[i] = nullptr;
      continue;
    }
    if (!fits(parameter.type, *value, lenient, packet.numbers_as_tensors))
      return reject(reason, packet.base_name + "(): argument '" + (parameter.name == "self" ? "input" : parameter.name) +
                                "' (position " + std::to_string(i + 1) + ") must be " + format(parameter.type) +
                                ", not " + torch_node::describe(*value));
  }
  return true;
}

void fill(Environment& environment, const Signature& signature, const c10::SmallVectorImpl<const Value*>& chosen,
          torch::jit::Stack& stack) {
  stack.reserve(signature.parameters.size());
  for (size_t i = 0; i < signature.parameters.size(); i++) {
    const auto& parameter = signature.parameters[i];
    if (chosen[i])
      stack.push_back(to_parameter(environment, parameter.type, *chosen[i]));
    else
      stack.push_back(parameter.fallback);
  }
}

bool has_out(const Call& call) {
  return std::ranges::any_of(call.keywords, [](const auto& keyword) {
    return keyword.name == "out" && keyword.value.given() && keyword.value.kind != Kind::null;
  });
}

[[noreturn]] void refuse(const Packet& packet, const Call& call) {
  // With `out`, only what writes into it can be meant.
  const bool into_out = has_out(call) && std::ranges::any_of(packet.signatures, [](const auto& signature) {
    return signature.outs > 0 && !signature.hidden;
  });
  std::string reason, list;
  int shown = 0;
  for (const auto& signature : packet.signatures) {
    if ((signature.outs > 0) != into_out || signature.hidden) continue;
    Value spread;
    c10::SmallVector<const Value*, 12> chosen;
    match(packet, signature, call, true, spread, chosen, &reason);
    list += "\n * " + format(signature, packet.base_name);
    shown++;
  }
  if (shown == 1 && !reason.empty()) throw TypeError(reason + "\nsignature:" + list);
  throw TypeError(packet.base_name + "() received an invalid combination of arguments - got " + call.describe() +
                  ", but expected one of:" + list);
}

}  // namespace

c10::IValue to_typed(Environment& environment, const Type& type, const Value& value, const std::string& what) {
  if (!value.given() && type.optional) return {};
  if (!fits(type, value, false, false))
    throw TypeError(what + " must be " + format(type) + ", not " + torch_node::describe(value));
  c10::IValue result = to_parameter(environment, type, value);
  remember_kept(value, nullptr);
  return result;
}

void remember_kept(const Value& value, const at::Tensor* result) {
  if (value.kind != Kind::tensor) {
    for (const auto& item : value.items) remember_kept(item, result);
    return;
  }
  const auto& tensor = value.handle->tensor;
  if (tensor.use_count() <= 1 || value.handle->reference) return;
  if (!result || !has_node(tensor) || result->is_same(tensor)) remember(*value.handle, value.js);
}

uint64_t Call::kinds() const {
  if (!keywords.empty() || positional.size() > 12) return 0;
  uint64_t key = 1;
  for (const auto& value : positional) key = key << 5 | static_cast<uint64_t>(value.kind);
  return key;
}

std::string Call::describe() const {
  std::string text = "(";
  for (size_t i = 0; i < positional.size(); i++) text += (i ? ", " : "") + torch_node::describe(positional[i]);
  for (const auto& keyword : keywords)
    text += (text.size() > 1 ? ", " : "") + keyword.name + "=" + torch_node::describe(keyword.value);
  return text + ")";
}

void read_call(Environment& environment, const napi_value* args, size_t count, Call& call) {
  napi_env env = environment.env;
  for (size_t i = 0; i < count; i++) call.positional.push_back(classify(environment, args[i]));
  while (!call.positional.empty() && !call.positional.back().given()) call.positional.pop_back();
  if (call.positional.empty() || call.positional.back().kind != Kind::object) return;
  napi_value object = call.positional.back().js, names;
  call.positional.pop_back();
  check(env, napi_get_property_names(env, object, &names));
  const uint32_t length = array_length(env, names);
  for (uint32_t i = 0; i < length; i++) {
    napi_value name = element(env, names, i), value;
    check(env, napi_get_property(env, object, name, &value));
    Keyword keyword{to_string(env, name), classify(environment, value)};
    if (keyword.name == "requires_grad") {
      if (keyword.value.given() && keyword.value.kind != Kind::boolean)
        throw TypeError("requires_grad must be a bool, not " + describe(keyword.value));
      call.requires_grad_given = keyword.value.given();
      call.requires_grad = keyword.value.integer != 0;
      continue;
    }
    call.keywords.push_back(std::move(keyword));
  }
}

const Signature& bind_call(Environment& environment, Packet& packet, const Call& call, torch::jit::Stack& stack,
                      c10::SmallVectorImpl<const Value*>& chosen) {
  Value spread;
  const uint64_t kinds = call.kinds();
  if (kinds != 0 && kinds == packet.cached_kinds) {
    const auto& signature = packet.signatures[static_cast<size_t>(packet.cached_signature)];
    if (match(packet, signature, call, false, spread, chosen, nullptr)) {
      fill(environment, signature, chosen, stack);
      return signature;
    }
  }
  for (const bool lenient : {false, true}) {
    for (size_t i = 0; i < packet.signatures.size(); i++) {
      const auto& signature = packet.signatures[i];
      if (signature.hidden || !match(packet, signature, call, lenient, spread, chosen, nullptr)) continue;
      if (!lenient && kinds != 0) {
        packet.cached_kinds = kinds;
        packet.cached_signature = static_cast<int>(i);
      }
      fill(environment, signature, chosen, stack);
      return signature;
    }
  }
  refuse(packet, call);
}

const Signature& bind_overload(Environment& environment, Packet& packet, const std::string& overload, const Call& call,
                               torch::jit::Stack& stack, c10::SmallVectorImpl<const Value*>& chosen) {
  for (const auto& signature : packet.signatures) {
    if (signature.op.schema().overload_name() != overload) continue;
    Value spread;
    std::string reason;
    if (!match(packet, signature, call, true, spread, chosen, &reason))
      throw TypeError(reason + "\nsignature:\n * " + format(signature, packet.base_name + "." + overload));
    fill(environment, signature, chosen, stack);
    return signature;
  }
  throw TypeError(packet.name + " has no overload '" + overload + "'");
}

}  // namespace torch_node

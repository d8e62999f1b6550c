// Values on their way into TorchScript and out of it.
#include <ATen/core/Dict.h>
#include <ATen/core/List.h>
#include <ATen/core/enum_type.h>

#include <cmath>

#include "generator.h"
#include "handle.h"
#include "script.h"
#include "script_object.h"
#include "value.h"

namespace torch_node {

namespace {

using c10::IValue;
using c10::TypeKind;
using c10::TypePtr;
using Pairs = std::vector<std::pair<napi_value, napi_value>>;

constexpr int kMaxDepth = 64;

IValue convert(Environment& environment, napi_value js, const TypePtr& type, int depth);
IValue infer(Environment& environment, napi_value js, int depth);

[[noreturn]] void misfit(Environment& environment, napi_value js, const TypePtr& type) {
  throw TypeError("expected a value of type '" + type->repr_str() + "' but found '" +
                  describe(classify(environment, js)) + "'");
}

napi_value global(napi_env env, const char* name) {
  napi_value object;
  check(env, napi_get_global(env, &object));
  return property(env, object, name);
}

bool is_map(napi_env env, napi_value js) {
  bool is = false;
  check(env, napi_instanceof(env, js, global(env, "Map"), &is));
  return is;
}

// The entries of a Map or of a plain object, whose keys are strings.
Pairs entries_of(napi_env env, napi_value js) {
  Pairs pairs;
  if (is_map(env, js)) {
    napi_value array = call_function(env, property(env, global(env, "Array"), "from"), {js});
    const uint32_t length = array_length(env, array);
    for (uint32_t i = 0; i < length; i++) {
      napi_value pair = element(env, array, i);
      pairs.emplace_back(element(env, pair, 0), element(env, pair, 1));
    }
    return pairs;
  }
  napi_value names;
  check(env, napi_get_all_property_names(env, js, napi_key_own_only,
                                         static_cast<napi_key_filter>(napi_key_enumerable | napi_key_skip_symbols),
                                         napi_key_numbers_to_strings, &names));
  const uint32_t length = array_length(env, names);
  for (uint32_t i = 0; i < length; i++) {
    napi_value name = element(env, names, i), value;
    check(env, napi_get_property(env, js, name, &value));
    pairs.emplace_back(name, value);
  }
  return pairs;
}

bool is_frozen(napi_env env, napi_value js) {
  return to_bool(env, call_function(env, property(env, global(env, "Object"), "isFrozen"), {js}));
}

IValue to_list(Environment& environment, napi_value js, const TypePtr& element_type, int depth) {
  c10::impl::GenericList list(element_type);
  const uint32_t length = array_length(environment.env, js);
  list.reserve(length);
  for (uint32_t i = 0; i < length; i++) {
    HandleScope scope(environment.env);
    list.push_back(convert(environment, element(environment.env, js, i), element_type, depth));
  }
  return list;
}

// A key of a plain object is text; a dictionary of numbers means the number that it spells.
IValue to_key(Environment& environment, napi_value js, const TypePtr& type, int depth) {
  napi_env env = environment.env;
  const bool number = type->kind() == TypeKind::IntType || type->kind() == TypeKind::FloatType;
  if (!number || type_of(env, js) != napi_string) return convert(environment, js, type, depth);
  napi_value spelled;
  check(env, napi_coerce_to_number(env, js, &spelled));
  return convert(environment, spelled, type, depth);
}

IValue to_dict(Environment& environment, napi_value js, const c10::DictType& type, int depth) {
  c10::impl::GenericDict dict(type.getKeyType(), type.getValueType());
  for (const auto& [key, value] : entries_of(environment.env, js))
    dict.insert_or_assign(to_key(environment, key, type.getKeyType(), depth),
                          convert(environment, value, type.getValueType(), depth));
  return dict;
}

IValue to_tuple(Environment& environment, napi_value js, const std::shared_ptr<c10::TupleType>& type, int depth) {
  napi_env env = environment.env;
  const auto& types = type->elements();
  std::vector<IValue> items;
  if (is_array(env, js)) {
    if (array_length(env, js) != types.size()) misfit(environment, js, type);
    for (uint32_t i = 0; i < types.size(); i++)
      items.push_back(convert(environment, element(env, js, i), types[i], depth));
  } else if (type->schema() && type_of(env, js) == napi_object) {
    const auto& fields = type->schema()->arguments();
    for (size_t i = 0; i < types.size(); i++)
      items.push_back(convert(environment, property(env, js, fields[i].name().c_str()), types[i], depth));
  } else {
    misfit(environment, js, type);
  }
  if (type->schema()) return c10::ivalue::Tuple::createNamed(std::move(items), type);
  return c10::ivalue::Tuple::create(std::move(items));
}

// An enumeration's member by its name, or as an object that has it.
IValue to_enum(Environment& environment, napi_value js, const std::shared_ptr<c10::EnumType>& type) {
  napi_env env = environment.env;
  napi_value name = type_of(env, js) == napi_object ? property(env, js, "name") : js;
  if (type_of(env, name) != napi_string) misfit(environment, js, type);
  const std::string wanted = to_string(env, name);
  for (const auto& [member, value] : type->enumNamesValues())
    if (member == wanted) return IValue(c10::make_intrusive<c10::ivalue::EnumHolder>(type, member, value));
  throw TypeError("'" + type->repr_str() + "' has no member " + wanted);
}

IValue to_object(Environment& environment, napi_value js, const TypePtr& type) {
  napi_env env = environment.env;
  napi_value inner = js;
  // A ScriptModule is a function with its TorchScript object under this name.
  if (!is_script(environment, js)) {
    const auto kind = type_of(env, js);
    if (kind != napi_object && kind != napi_function) misfit(environment, js, type);
    inner = property(env, js, "_c");
  }
  if (!is_script(environment, inner)) misfit(environment, js, type);
  const auto& script = script_of(environment, inner);
  if (!script.object || !script.object->type()->isSubtypeOf(*type)) misfit(environment, js, type);
  return script.object;
}

// How freely a type takes JavaScript's values: among a union's members the strictest that fits is meant, so 3 is an int
// before it is a float, and 'cpu' a string before it is a device.
int freedom_of(const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::FloatType:
    case TypeKind::EnumType:
    case TypeKind::DeviceObjType: return 1;
    case TypeKind::ComplexType: return 2;
    case TypeKind::AnyType: return 3;
    default: break;
  }
  int freedom = 0;
  for (const auto& part : type->containedTypes()) freedom = std::max(freedom, freedom_of(part));
  return freedom;
}

IValue to_union(Environment& environment, napi_value js, const TypePtr& type, int depth) {
  std::vector<TypePtr> members(type->containedTypes().begin(), type->containedTypes().end());
  // A frozen array is a tuple before it is a list.
  const bool tuple = is_array(environment.env, js) && is_frozen(environment.env, js);
  const auto rank = [&](const TypePtr& member) {
    return std::pair((member->kind() == TypeKind::TupleType) != tuple, freedom_of(member));
  };
  std::ranges::stable_sort(members, {}, rank);
  for (const auto& member : members) {
    try {
      return convert(environment, js, member, depth);
    } catch (const TypeError&) {
    }
  }
  misfit(environment, js, type);
}

bool is_tag(Kind kind) {
  return kind == Kind::dtype || kind == Kind::layout || kind == Kind::memory_format || kind == Kind::qscheme;
}

IValue to_plain(Environment& environment, napi_value js, const TypePtr& type) {
  const Value value = classify(environment, js);
  switch (type->kind()) {
    case TypeKind::TensorType:
      if (value.kind == Kind::tensor) return tensor_of(environment, js);
      break;
    case TypeKind::NumberType:
      if (value.is_scalar()) return to_scalar(value);
      break;
    case TypeKind::ComplexType:
      if (value.kind == Kind::complex || value.is_number())
        return c10::complex<double>(value.number, value.kind == Kind::complex ? value.imaginary : 0);
      break;
    case TypeKind::FloatType:
      if (value.is_number()) return value.number;
      break;
    case TypeKind::SymIntType:
    case TypeKind::ScalarTypeType:
    case TypeKind::LayoutType:
    case TypeKind::MemoryFormatType:
    case TypeKind::QSchemeType:
    case TypeKind::IntType:
      if (value.kind == Kind::integer || is_tag(value.kind)) return value.integer;
      break;
    case TypeKind::SymBoolType:
    case TypeKind::BoolType:
      if (value.kind == Kind::boolean) return value.integer != 0;
      break;
    case TypeKind::StringType:
      if (value.kind == Kind::string) return to_string(environment.env, js);
      break;
    case TypeKind::DeviceObjType:
      if (value.kind == Kind::device || value.kind == Kind::string) return to_device(environment, value);
      break;
    case TypeKind::NoneType:
      if (is_nullish(environment.env, js)) return {};
      break;
    case TypeKind::GeneratorType:
      if (value.kind == Kind::generator) return generator_of(environment, js);
      break;
    default: break;
  }
  misfit(environment, js, type);
}

IValue convert(Environment& environment, napi_value js, const TypePtr& type, int depth) {
  if (depth > kMaxDepth) throw TypeError("the value is nested too deeply");
  napi_env env = environment.env;
  switch (type->kind()) {
    case TypeKind::AnyType: return infer(environment, js, depth + 1);
    case TypeKind::OptionalType:
      if (is_nullish(env, js)) return {};
      return convert(environment, js, type->expectRef<c10::OptionalType>().getElementType(), depth + 1);
    case TypeKind::UnionType: return to_union(environment, js, type, depth + 1);
    case TypeKind::ListType:
      if (!is_array(env, js)) misfit(environment, js, type);
      return to_list(environment, js, type->expectRef<c10::ListType>().getElementType(), depth + 1);
    case TypeKind::DictType:
      if (type_of(env, js) != napi_object || is_array(env, js)) misfit(environment, js, type);
      return to_dict(environment, js, type->expectRef<c10::DictType>(), depth + 1);
    case TypeKind::TupleType: return to_tuple(environment, js, type->expect<c10::TupleType>(), depth + 1);
    case TypeKind::EnumType: return to_enum(environment, js, type->expect<c10::EnumType>());
    case TypeKind::ClassType:
    case TypeKind::InterfaceType: return to_object(environment, js, type);
    default: return to_plain(environment, js, type);
  }
}

// The type that all values have; ints among floats count as floats.
TypePtr common_type(std::vector<IValue>& values) {
  if (values.empty()) return c10::TensorType::get();
  bool numbers = true;
  for (const auto& value : values) numbers &= value.isInt() || value.isDouble();
  TypePtr type = values.front().type();
  const auto same = [&](const IValue& value) {
    return value.isTensor() ? type->kind() == TypeKind::TensorType : *value.type() == *type;
  };
  if (std::ranges::all_of(values, same)) return type->kind() == TypeKind::TensorType ? c10::TensorType::get() : type;
  if (!numbers) throw TypeError("the elements of a list or dictionary must have one type where none is asked for");
  for (auto& value : values)
    if (value.isInt()) value = static_cast<double>(value.toInt());
  return c10::FloatType::get();
}

IValue infer_array(Environment& environment, napi_value js, int depth) {
  napi_env env = environment.env;
  std::vector<IValue> items;
  const uint32_t length = array_length(env, js);
  for (uint32_t i = 0; i < length; i++) items.push_back(infer(environment, element(env, js, i), depth));
  if (is_frozen(env, js)) return c10::ivalue::Tuple::create(std::move(items));
  c10::impl::GenericList list(common_type(items));
  for (auto& item : items) list.push_back(std::move(item));
  return list;
}

IValue infer_dict(Environment& environment, napi_value js, int depth) {
  std::vector<IValue> keys, values;
  for (const auto& [key, value] : entries_of(environment.env, js)) {
    keys.push_back(infer(environment, key, depth));
    values.push_back(infer(environment, value, depth));
  }
  TypePtr key_type = keys.empty() ? c10::TypePtr(c10::StringType::get()) : common_type(keys);
  c10::impl::GenericDict dict(key_type, common_type(values));
  for (size_t i = 0; i < keys.size(); i++) dict.insert_or_assign(keys[i], values[i]);
  return dict;
}

IValue infer(Environment& environment, napi_value js, int depth) {
  if (depth > kMaxDepth) throw TypeError("the value is nested too deeply");
  napi_env env = environment.env;
  if (is_array(env, js)) return infer_array(environment, js, depth + 1);
  const auto kind = type_of(env, js);
  if (kind == napi_function || is_script(environment, js)) return to_object(environment, js, c10::AnyType::get());
  const Value value = classify(environment, js);
  if (value.kind == Kind::object || (kind == napi_object && value.kind == Kind::other && is_map(env, js)))
    return infer_dict(environment, js, depth + 1);
  if (value.kind == Kind::other) throw TypeError("TorchScript has no counterpart for this kind of object");
  return to_ivalue(environment, value);
}

// How deep in a value the conversion is: a list may hold itself.
struct Nesting {
  Nesting() {
    if (++depth() > kMaxNesting) {
      depth()--;
      throw TypeError("the value is nested too deeply");
    }
  }
  ~Nesting() { depth()--; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  static constexpr int kMaxNesting = 500;
  static int& depth() {
    thread_local int depth = 0;
    return depth;
  }
};

napi_value object_from(Environment& environment, const c10::impl::GenericDict& dict) {
  napi_env env = environment.env;
  napi_value object;
  check(env, napi_create_object(env, &object));
  for (const auto& entry : dict) {
    // Defined rather than set: a key may be `__proto__`.
    const napi_property_descriptor property{nullptr,
                                            from_script(environment, entry.key()),
                                            nullptr,
                                            nullptr,
                                            nullptr,
                                            from_script(environment, entry.value()),
                                            napi_default_jsproperty,
                                            nullptr};
    check(env, napi_define_properties(env, object, 1, &property));
  }
  return object;
}

napi_value map_from(Environment& environment, const c10::impl::GenericDict& dict) {
  napi_env env = environment.env;
  napi_value pairs = array_of(env, 0), map;
  uint32_t i = 0;
  for (const auto& entry : dict) {
    napi_value pair = array_of(env, 2);
    set_element(env, pair, 0, from_script(environment, entry.key()));
    set_element(env, pair, 1, from_script(environment, entry.value()));
    set_element(env, pairs, i++, pair);
  }
  check(env, napi_new_instance(env, global(env, "Map"), 1, &pairs, &map));
  return map;
}

napi_value tuple_from(Environment& environment, const IValue& value) {
  napi_env env = environment.env;
  const auto& elements = value.toTupleRef().elements();
  napi_value array = array_of(env, elements.size());
  for (size_t i = 0; i < elements.size(); i++) set_element(env, array, i, from_script(environment, elements[i]));
  const auto type = value.type()->cast<c10::TupleType>();
  if (!type || !type->schema()) {
    // Frozen arrays are tuples on their way in, too.
    check(env, napi_object_freeze(env, array));
    return array;
  }
  napi_value names = array_of(env, elements.size());
  for (size_t i = 0; i < elements.size(); i++)
    set_element(env, names, i, from(env, std::string_view(type->schema()->arguments()[i].name())));
  napi_value name = from(env, std::string_view(type->name()->name()));
  return call_function(env, environment.hook(Hook::make_named_tuple), {name, names, array});
}

}  // namespace

IValue to_script(Environment& environment, napi_value js, const TypePtr& type) {
  return convert(environment, js, type, 0);
}

IValue infer_script(Environment& environment, napi_value js) { return infer(environment, js, 0); }

bool takes_object(const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::AnyType:
    case TypeKind::DictType: return true;
    case TypeKind::TupleType: return type->expectRef<c10::TupleType>().schema() != nullptr;
    case TypeKind::OptionalType:
    case TypeKind::UnionType: return std::ranges::any_of(type->containedTypes(), takes_object);
    default: return false;
  }
}

napi_value from_script(Environment& environment, const IValue& value) {
  napi_env env = environment.env;
  const Nesting nesting;
  if (value.isTensor()) return value.toTensor().defined() ? wrap(environment, value.toTensor()) : null(env);
  if (value.isTuple()) return tuple_from(environment, value);
  if (value.isList()) {
    const auto list = value.toListRef();
    napi_value array = array_of(env, list.size());
    for (size_t i = 0; i < list.size(); i++) set_element(env, array, i, from_script(environment, list[i]));
    return array;
  }
  if (value.isGenericDict()) {
    const auto dict = value.toGenericDict();
    return dict.keyType()->kind() == TypeKind::StringType ? object_from(environment, dict) : map_from(environment, dict);
  }
  if (value.isObject()) return wrap_script_object(environment, value);
  if (value.isEnum()) {
    const auto holder = value.toEnumHolder();
    return call_function(env, environment.hook(Hook::make_enum),
                         {from(env, std::string_view(holder->qualifiedClassName())),
                          from(env, std::string_view(holder->name())), from_script(environment, holder->value())});
  }
  if (value.isFuture()) {
    // Running scripts wait for their forks' results; what comes out here is the result itself.
    const auto future = value.toFuture();
    future->waitAndThrow();
    return from_script(environment, future->value());
  }
  return to_js(environment, value);
}

}  // namespace torch_node

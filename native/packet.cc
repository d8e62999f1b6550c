#include "packet.h"

#include <torch/csrc/jit/runtime/operator.h>

#include <algorithm>
#include <array>

namespace torch_node {

namespace {

// Functions whose Tensor parameters take plain numbers in Python (torch's own list, python_arg_parser).
constexpr std::array kNumbersAsTensors = {
    "add",          "add_",         "div",          "div_",        "divide",   "divide_",   "mul",
    "mul_",         "multiply",     "multiply_",    "sub",         "sub_",     "subtract",  "subtract_",
    "true_divide",  "true_divide_", "floor_divide", "floor_divide_",
};

Signature compile(const c10::OperatorHandle& op) {
  Signature signature{op, {}, 0, 0, false, false, false, false, {}, {}, {}, nullptr};
  const auto& schema = op.schema();
  size_t without_self = 0;
  const Parameter* only = nullptr;
  signature.parameters.reserve(schema.arguments().size());
  for (const auto& argument : schema.arguments()) {
    Parameter parameter{argument.name(),
                        type_of_argument(argument),
                        argument.kwarg_only(),
                        argument.default_value().has_value(),
                        argument.is_out(),
                        argument.default_value().value_or(c10::IValue())};
    signature.outs += parameter.out;
    signature.factory |= parameter.name == "pin_memory";
    signature.parameters.push_back(std::move(parameter));
    const auto& added = signature.parameters.back();
    if (added.keyword_only) continue;
    signature.positional++;
    if (added.name == "self" && signature.parameters.size() == 1) continue;
    without_self++;
    only = &added;
  }
  const bool takes_tensors = std::ranges::any_of(
      signature.parameters, [](const Parameter& parameter) { return !parameter.out && parameter.type.base == Base::tensor; });
  signature.below_autograd = signature.factory && (!takes_tensors || schema.name().ends_with("_like"));
  signature.spread = without_self == 1 && only->type.list && only->type.base == Base::integer;
  bool named = schema.returns().size() > 1;
  for (const auto& result : schema.returns()) {
    int alias = -1;
    if (const auto* info = result.alias_info(); info && info->isWrite()) {
      for (size_t i = 0; i < schema.arguments().size(); i++) {
        const auto* other = schema.arguments()[i].alias_info();
        if (other && other->isWrite() && other->beforeSets() == info->beforeSets()) alias = static_cast<int>(i);
      }
    }
    signature.aliases.push_back(alias);
    signature.dtype_results.push_back(result.real_type()->kind() == c10::TypeKind::ScalarTypeType);
    named &= !result.name().empty();
    signature.result_names.push_back(result.name());
  }
  // `max.dim_max(…, out)` names its results by the out tensors' names.
  if (!named) signature.result_names.clear();
  return signature;
}

const char* name_of(Base base) {
  switch (base) {
    case Base::tensor: return "Tensor";
    case Base::scalar: return "Number";
    case Base::integer: return "int";
    case Base::floating: return "float";
    case Base::boolean: return "bool";
    case Base::string: return "str";
    case Base::dtype: return "torch.dtype";
    case Base::layout: return "torch.layout";
    case Base::memory_format: return "torch.memory_format";
    case Base::device: return "torch.device";
    case Base::generator: return "torch.Generator";
    case Base::script_object: return "torch.ScriptObject";
    case Base::qscheme: return "torch.qscheme";
    case Base::any: return "Any";
    case Base::unsupported: break;
  }
  return "unsupported";
}

}  // namespace

Type type_of_argument(const c10::Argument& argument) {
  c10::TypePtr type = argument.real_type();
  Type result{};
  if (auto optional = type->cast<c10::OptionalType>()) {
    result.optional = true;
    type = optional->getElementType();
  }
  if (auto list = type->cast<c10::ListType>()) {
    result.list = true;
    result.broadcast = argument.N().has_value();
    result.fixed = argument.N().value_or(0);
    type = list->getElementType();
    if (auto optional = type->cast<c10::OptionalType>()) {
      result.optional_elements = true;
      type = optional->getElementType();
    }
  }
  switch (type->kind()) {
    case c10::TypeKind::TensorType: result.base = Base::tensor; break;
    case c10::TypeKind::NumberType: result.base = Base::scalar; break;
    case c10::TypeKind::SymIntType:
    case c10::TypeKind::IntType: result.base = Base::integer; break;
    case c10::TypeKind::FloatType: result.base = Base::floating; break;
    case c10::TypeKind::SymBoolType:
    case c10::TypeKind::BoolType: result.base = Base::boolean; break;
    case c10::TypeKind::StringType: result.base = Base::string; break;
    case c10::TypeKind::ScalarTypeType: result.base = Base::dtype; break;
    case c10::TypeKind::LayoutType: result.base = Base::layout; break;
    case c10::TypeKind::MemoryFormatType: result.base = Base::memory_format; break;
    case c10::TypeKind::DeviceObjType: result.base = Base::device; break;
    case c10::TypeKind::ClassType: result.base = Base::script_object; break;
    case c10::TypeKind::GeneratorType: result.base = Base::generator; break;
    case c10::TypeKind::QSchemeType: result.base = Base::qscheme; break;
    case c10::TypeKind::AnyType: result.base = Base::any; break;
    default: result.base = Base::unsupported;
  }
  return result;
}

Packet* find_packet(Environment& environment, const std::string& name) {
  auto& known = environment.packets[name];
  if (known) return known->signatures.empty() ? nullptr : known.get();
  known = std::make_unique<Packet>();
  known->name = name;
  const auto colons = name.rfind("::");
  if (colons == std::string::npos) return nullptr;
  known->base_name = name.substr(colons + 2);
  known->numbers_as_tensors = name.starts_with("aten::") &&
                              std::ranges::find(kNumbersAsTensors, known->base_name) != kNumbersAsTensors.end();
  known->guard = find_guard(name);
  auto& dispatcher = c10::Dispatcher::singleton();
  // The JIT's registry keeps the order of native_functions.yaml; interpreter-only operators have no dispatcher entry.
  for (const auto& op : torch::jit::getAllOperatorsFor(c10::Symbol::fromQualString(name))) {
    if (!op->isC10Op()) continue;
    const auto handle = dispatcher.findSchema({op->schema().name(), op->schema().overload_name()});
    if (!handle) continue;
    known->signatures.push_back(compile(*handle));
    known->signatures.back().hidden =
        known->numbers_as_tensors && handle->schema().overload_name().starts_with("Scalar");
  }
  if (known->signatures.empty()) environment.packets.erase(name);
  return environment.packets.contains(name) ? environment.packets[name].get() : nullptr;
}

void forget_packet(Environment& environment, const std::string& name) {
  const auto place = environment.packets.find(name);
  if (place == environment.packets.end()) return;
  std::ranges::replace(environment.ops, place->second.get(), nullptr);
  environment.retired_packets.push_back(std::move(place->second));
  environment.packets.erase(place);
}

std::string format(const Type& type) {
  if (!type.list) return name_of(type.base);
  std::string text = std::string("list of ") + name_of(type.base);
  return type.fixed ? text + "[" + std::to_string(type.fixed) + "]" : text;
}

std::string format(const Signature& signature, const std::string& name) {
  std::string text = name + "(";
  bool star = false, first = true;
  for (const auto& parameter : signature.parameters) {
    if (parameter.out && signature.outs > 1) continue;
    if (!first) text += ", ";
    first = false;
    if (parameter.keyword_only && !star) {
      star = true;
      text += "*, ";
    }
    text += format(parameter.type);
    text += " " + (parameter.out ? "out" : parameter.name == "self" ? "input" : parameter.name);
    if (parameter.has_default || parameter.type.optional) text += " = ...";
  }
  if (signature.outs > 1)
    text += std::string(star ? ", " : ", *, ") + "list of Tensor[" + std::to_string(signature.outs) + "] out";
  return text + ")";
}

}  // namespace torch_node

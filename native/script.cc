#include "script.h"

#include <torch/csrc/jit/frontend/script_type_parser.h>

#include "entry.h"
#include "handle.h"
#include "script_object.h"
#include "value.h"

namespace torch_node {

namespace {

using torch::jit::Module;

constexpr napi_type_tag kScriptTag = {0x746f7263682d6e6f, 0x64652d7363726970};

napi_value text(napi_env env, const std::string& value) { return from(env, std::string_view(value)); }

void set(napi_env env, napi_value object, const char* name, napi_value value) {
  check(env, napi_set_named_property(env, object, name, value));
}

const c10::intrusive_ptr<c10::ivalue::Object>& object_of(Args& args) {
  const auto& script = script_of(args.environment, args[0]);
  if (!script.object) throw TypeError("A function of TorchScript has no attributes");
  return script.object;
}

napi_value hooks(Args& args) {
  constexpr std::pair<Hook, const char*> names[] = {{Hook::make_script, "makeScript"},
                                                    {Hook::make_enum, "makeEnum"},
                                                    {Hook::make_named_tuple, "makeNamedTuple"}};
  for (const auto& [hook, name] : names) {
    auto& reference = args.environment.hooks[static_cast<size_t>(hook)];
    if (reference) check(args.env, napi_delete_reference(args.env, reference));
    check(args.env, napi_create_reference(args.env, property(args.env, args[0], name), 1, &reference));
  }
  return undefined(args.env);
}

napi_value describe_function(napi_env env, const torch::jit::Function& function) {
  napi_value entry;
  check(env, napi_create_object(env, &entry));
  std::ostringstream schema;
  schema << function.getSchema();
  set(env, entry, "name", text(env, function.name()));
  set(env, entry, "schema", text(env, schema.str()));
  return entry;
}

const char* kind_of(const c10::ClassType& type, size_t i) {
  // Only modules tell parameters and buffers from other attributes.
  if (!type.is_module()) return "attribute";
  if (type.is_parameter(i)) return "parameter";
  if (type.is_buffer(i)) return "buffer";
  const auto* attribute = type.getAttribute(i)->castRaw<c10::ClassType>();
  return attribute && attribute->is_module() ? "module" : "attribute";
}

// The type's name, its attributes in order, and its methods.
napi_value describe_script(Args& args) {
  napi_env env = args.env;
  const auto& script = script_of(args.environment, args[0]);
  napi_value result, attributes = array_of(env, 0), constants = array_of(env, 0), methods = array_of(env, 0);
  check(env, napi_create_object(env, &result));
  if (script.object) {
    const auto type = script.object->type();
    set(env, result, "name", text(env, type->name()->qualifiedName()));
    set(env, result, "isModule", from(env, type->is_module()));
    for (size_t i = 0; i < type->numAttributes(); i++) {
      napi_value entry;
      check(env, napi_create_object(env, &entry));
      set(env, entry, "name", text(env, type->getAttributeName(i)));
      set(env, entry, "kind", from(env, std::string_view(kind_of(*type, i))));
      set(env, entry, "type", text(env, type->getAttribute(i)->annotation_str()));
      set_element(env, attributes, i, entry);
    }
    for (size_t i = 0; i < type->numConstants(); i++) set_element(env, constants, i, text(env, type->getConstantName(i)));
    for (size_t i = 0; i < type->methods().size(); i++)
      set_element(env, methods, i, describe_function(env, *type->methods()[i]));
  } else {
    set(env, result, "name", text(env, script.function->qualname().qualifiedName()));
    set(env, result, "isModule", from(env, false));
    set_element(env, methods, 0, describe_function(env, *script.function));
  }
  set(env, result, "attributes", attributes);
  set(env, result, "constants", constants);
  set(env, result, "methods", methods);
  return result;
}

napi_value get_attribute(Args& args) {
  return from_script(args.environment, torch::jit::Object(object_of(args)).attr(to_string(args.env, args[1])));
}

napi_value set_attribute(Args& args) {
  const auto& object = object_of(args);
  const std::string name = to_string(args.env, args[1]);
  const auto slot = object->type()->findAttributeSlot(name);
  if (!slot) {
    torch::jit::Object(object).setattr(name, {});
    return undefined(args.env);
  }
  object->setSlot(*slot, to_script(args.environment, args[2], object->type()->getAttribute(*slot)));
  return undefined(args.env);
}

napi_value new_module(Args& args) {
  const std::string name = to_string(args.env, args[0]);
  const bool alone = is_nullish(args.env, args[1]);
  auto unit = alone ? std::make_shared<torch::jit::CompilationUnit>()
                    : module_of(args.environment, args[1])._ivalue()->compilation_unit();
  return wrap_script(args.environment, {Module(name, std::move(unit), true)._ivalue()});
}

// Adds a parameter, buffer, module or attribute (of a type, where one is given) to a module that `new_module` made.
napi_value register_member(Args& args) {
  auto module = module_of(args.environment, args[0]);
  const std::string kind = to_string(args.env, args[1]), name = to_string(args.env, args[2]);
  if (kind == "module") {
    module.register_module(name, module_of(args.environment, args[3]));
  } else if (kind == "attribute") {
    const bool typed = !is_nullish(args.env, args[4]);
    const auto type = typed ? torch::jit::ScriptTypeParser().parseType(to_string(args.env, args[4])) : nullptr;
    auto value = typed ? to_script(args.environment, args[3], type) : infer_script(args.environment, args[3]);
    module.register_attribute(name, typed ? type : value.type(), value);
  } else {
    module.register_parameter(name, tensor_of(args.environment, args[3]), kind == "buffer");
  }
  return undefined(args.env);
}

napi_value copy_module(Args& args) {
  return wrap_script(args.environment, {module_of(args.environment, args[0]).deepcopy()._ivalue()});
}

}  // namespace

napi_value wrap_script(Environment& environment, Script script) {
  napi_env env = environment.env;
  napi_value object;
  check(env, napi_create_object(env, &object));
  check(env, napi_type_tag_object(env, object, &kScriptTag));
  auto* keep = new Script(std::move(script));
  const auto finalize = [](node_api_basic_env, void* data, void*) { delete static_cast<Script*>(data); };
  const auto status = napi_wrap(env, object, keep, finalize, nullptr, nullptr);
  if (status != napi_ok) {
    delete keep;
    fail(env, status);
  }
  return object;
}

bool is_script(Environment& environment, napi_value value) {
  if (type_of(environment.env, value) != napi_object) return false;
  bool is = false;
  return napi_check_object_type_tag(environment.env, value, &kScriptTag, &is) == napi_ok && is;
}

const Script& script_of(Environment& environment, napi_value value) {
  void* data = nullptr;
  if (!is_script(environment, value) || napi_unwrap(environment.env, value, &data) != napi_ok)
    throw TypeError("Expected a module or function of TorchScript");
  return *static_cast<Script*>(data);
}

Module module_of(Environment& environment, napi_value value) {
  const auto& script = script_of(environment, value);
  if (!script.object || !script.object->type()->is_module()) throw TypeError("Expected a module of TorchScript");
  return Module(script.object);
}

napi_value wrap_script_object(Environment& environment, const c10::IValue& object) {
  return call_function(environment.env, environment.hook(Hook::make_script),
                       {wrap_script(environment, {object.toObject()}), from(environment.env, object.isModule())});
}

bool is_script_object(Environment& environment, napi_value value) {
  return is_script(environment, property(environment.env, value, "_c"));
}

c10::IValue script_object_of(Environment& environment, napi_value value) {
  const auto& script = script_of(environment, property(environment.env, value, "_c"));
  if (!script.object) throw TypeError("Expected an object of TorchScript, not a function");
  return script.object;
}

Exports script_exports() {
  return {{"scriptHooks", entry<hooks>},
          {"scriptDescribe", entry<describe_script>},
          {"scriptGet", entry<get_attribute>},
          {"scriptSet", entry<set_attribute>},
          {"scriptNewModule", entry<new_module>},
          {"scriptRegister", entry<register_member>},
          {"scriptCopy", entry<copy_module>}};
}

}  // namespace torch_node

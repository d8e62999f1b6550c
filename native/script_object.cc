#include "script_object.h"

namespace torch_node {

namespace {
constexpr napi_type_tag kScriptObjectTag = {0x746f7263682d6e6f, 0x64652d6f626a6563};
}

napi_value wrap_script_object(Environment& environment, c10::IValue object) {
  napi_env env = environment.env;
  auto keep = std::make_unique<c10::IValue>(std::move(object));
  const auto finalize = [](node_api_basic_env, void* data, void*) { delete static_cast<c10::IValue*>(data); };
  napi_value external;
  check(env, napi_create_external(env, keep.get(), finalize, nullptr, &external));
  keep.release();
  check(env, napi_type_tag_object(env, external, &kScriptObjectTag));
  return external;
}

bool is_script_object(Environment& environment, napi_value external) {
  bool is = false;
  return napi_check_object_type_tag(environment.env, external, &kScriptObjectTag, &is) == napi_ok && is;
}

c10::IValue script_object_of(Environment& environment, napi_value value) {
  void* data = nullptr;
  if (type_of(environment.env, value) != napi_external || !is_script_object(environment, value) ||
      napi_get_value_external(environment.env, value, &data) != napi_ok)
    throw TypeError("Expected an object of a custom class");
  return *static_cast<c10::IValue*>(data);
}

}  // namespace torch_node

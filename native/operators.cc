// `call`: the one way to every operator.
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/util/Exception.h>

#include <dlfcn.h>

#include <sstream>

#include "async.h"
#include "bind.h"
#include "entry.h"
#include "handle.h"

namespace torch_node {

namespace {

// The arguments of a failed call, for TorchError.shapes.
std::string shapes_of(const Call& call) {
  std::ostringstream text;
  const auto one = [&](const Value& value) {
    if (value.kind != Kind::tensor) {
      text << describe(value);
    } else if (value.handle->tensor.defined()) {
      text << "Tensor" << sizes_text(value.handle->tensor) << " " << value.handle->tensor.scalar_type();
    }
  };
  for (size_t i = 0; i < call.positional.size(); i++) {
    if (i) text << ", ";
    one(call.positional[i]);
  }
  for (const auto& keyword : call.keywords) {
    text << ", " << keyword.name << "=";
    one(keyword.value);
  }
  return text.str();
}

// A stack for one call; its memory serves the next.
class StackLease {
 public:
  explicit StackLease(Environment& environment) : environment_(environment) {
    auto& idle = environment.idle_stacks;
    if (idle.empty()) return;
    stack = std::move(idle.back());
    idle.pop_back();
  }
  ~StackLease() {
    stack.clear();
    environment_.idle_stacks.push_back(std::move(stack));
  }
  StackLease(const StackLease&) = delete;
  StackLease& operator=(const StackLease&) = delete;

  torch::jit::Stack stack;

 private:
  Environment& environment_;
};

// `wrap` for what an operator gives: autograd holds some of that, too, but gives none of it back as this tensor.
napi_value wrap_result(Environment& environment, at::Tensor tensor, napi_value shell) {
  if (tensor.use_count() <= 1 || !has_node(tensor)) return wrap(environment, std::move(tensor), shell);
  napi_value object = find_object(environment, tensor);
  return object ? object : wrap_new(environment, std::move(tensor), shell);
}

napi_value one_result(Environment& environment, const Signature& signature, size_t i, c10::IValue& value,
                      const c10::SmallVectorImpl<const Value*>& chosen, napi_value shell = nullptr) {
  const int alias = signature.aliases[i];
  // An in-place operator gives back the very object it was called on.
  if (alias >= 0 && chosen[static_cast<size_t>(alias)] && chosen[static_cast<size_t>(alias)]->js)
    return chosen[static_cast<size_t>(alias)]->js;
  if (value.isTensor()) return wrap_result(environment, std::move(value).toTensor(), shell);
  if (value.isTensorList()) {
    // Out of the list, which would count as another owner of each.
    auto tensors = value.toTensorVector();
    value = {};
    napi_value array = array_of(environment.env, tensors.size());
    for (size_t k = 0; k < tensors.size(); k++)
      set_element(environment.env, array, k, wrap_result(environment, std::move(tensors[k]), nullptr));
    return array;
  }
  if (signature.dtype_results[i]) return dtype_to_js(environment, value.toScalarType());
  return to_js(environment, value);
}

napi_value named_result(Environment& environment, const Signature& signature, const std::vector<napi_value>& values) {
  napi_env env = environment.env;
  napi_value constructor, result;
  if (!signature.named_result) {
    napi_value names = array_of(env, signature.result_names.size());
    for (size_t i = 0; i < signature.result_names.size(); i++)
      set_element(env, names, i, from(env, std::string_view(signature.result_names[i])));
    const auto& name = signature.op.schema().name();
    const std::string title = name.substr(name.rfind(':') + 1) + (signature.outs > 0 ? "_out" : "");
    napi_value op = from(env, std::string_view(title));
    constructor = call_function(env, environment.hook(Hook::make_named), {names, op});
    check(env, napi_create_reference(env, constructor, 1, &const_cast<Signature&>(signature).named_result));
  } else {
    check(env, napi_get_reference_value(env, signature.named_result, &constructor));
  }
  check(env, napi_new_instance(env, constructor, values.size(), values.data(), &result));
  return result;
}

napi_value run(Environment& environment, Packet& packet, const std::string* overload, napi_value shell,
               const napi_value* args, size_t count, bool below_autograd = false) {
  napi_env env = environment.env;
  Call call;
  try {
    read_call(environment, args, count, call);
    StackLease lease(environment);
    torch::jit::Stack& stack = lease.stack;
    c10::SmallVector<const Value*, 12> chosen;
    const Signature& signature = overload ? bind_overload(environment, packet, *overload, call, stack, chosen)
                                          : bind_call(environment, packet, call, stack, chosen);
    if (packet.guard) packet.guard(signature.op.schema(), stack);
    {
      std::optional<at::AutoDispatchBelowAutograd> outside;
      if (below_autograd) outside.emplace();
      std::optional<at::AutoDispatchBelowADInplaceOrView> below;
      if (signature.below_autograd) below.emplace();
      signature.op.callBoxed(stack);
    }
    const at::Tensor* result = stack.size() == 1 && stack[0].isTensor() ? &stack[0].toTensor() : nullptr;
    for (const auto& value : call.positional) remember_kept(value, result);
    for (const auto& keyword : call.keywords) remember_kept(keyword.value, result);
    if (call.requires_grad)
      for (auto& value : stack)
        if (value.isTensor()) value.toTensor().set_requires_grad(true);
    if (stack.empty()) return undefined(env);
    if (stack.size() == 1) return one_result(environment, signature, 0, stack[0], chosen, shell);
    std::vector<napi_value> results(stack.size());
    for (size_t i = 0; i < stack.size(); i++) results[i] = one_result(environment, signature, i, stack[i], chosen);
    if (!signature.result_names.empty()) return named_result(environment, signature, results);
    napi_value array = array_of(env, results.size());
    for (size_t i = 0; i < results.size(); i++) set_element(env, array, i, results[i]);
    return array;
  } catch (const PendingException&) {
  } catch (...) {
    throw_js(environment, std::current_exception(), packet.name, shapes_of(call));
  }
  return nullptr;
}

// Not an `entry`: as many arguments as the user likes, and errors that know their operator.
napi_value call(napi_env env, napi_callback_info info) {
  constexpr size_t kUsual = 12;
  napi_value values[kUsual];
  size_t count = kUsual;
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &count, values, nullptr, &data) != napi_ok) return nullptr;
  auto& environment = *static_cast<Environment*>(data);
  std::vector<napi_value> many;
  napi_value* args = values;
  if (count > kUsual) {
    many.resize(count);
    napi_get_cb_info(env, info, &count, many.data(), nullptr, nullptr);
    args = many.data();
  }
  int32_t index = -1;
  if (count > 1) napi_get_value_int32(env, args[0], &index);
  if (index < 0 || static_cast<size_t>(index) >= environment.ops.size()) {
    napi_throw_type_error(env, nullptr, "No such operator index");
    return nullptr;
  }
  Packet*& packet = environment.ops[static_cast<size_t>(index)];
  if (!packet) {
    const auto& name = environment.op_names[static_cast<size_t>(index)];
    try {
      packet = find_packet(environment, name);
      if (!packet) throw std::runtime_error("This LibTorch has no operator " + name);
    } catch (...) {
      throw_js(environment, std::current_exception());
      return nullptr;
    }
  }
  return run(environment, *packet, nullptr, args[1], args + 2, count - 2);
}

template <bool below_autograd>
napi_value call_by_name(napi_env env, napi_callback_info info) {
  size_t count = 0;
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &count, nullptr, nullptr, &data) != napi_ok) return nullptr;
  auto& environment = *static_cast<Environment*>(data);
  try {
    std::vector<napi_value> args(std::max<size_t>(count, 2), undefined(env));
    check(env, napi_get_cb_info(env, info, &count, args.data(), nullptr, nullptr));
    const std::string name = to_string(env, args[0]);
    Packet* packet = find_packet(environment, name);
    if (!packet) throw TypeError("No such operator: " + name);
    const bool any = is_nullish(env, args[1]);
    const std::string overload = to_string_or_empty(env, args[1]);
    return run(environment, *packet, any ? nullptr : &overload, nullptr, args.data() + 2, count - 2,
               below_autograd);
  } catch (const PendingException&) {
  } catch (...) {
    throw_js(environment, std::current_exception());
  }
  return nullptr;
}

// For operators that give one new tensor: it is made on a thread of the pool.
napi_value call_by_name_async(Args& args) {
  napi_env env = args.env;
  auto& environment = args.environment;
  const std::string name = to_string(env, args[0]);
  Packet* packet = find_packet(environment, name);
  if (!packet) throw TypeError("No such operator: " + name);
  const std::string overload = to_string(env, args[1]);
  std::vector<napi_value> values(array_length(env, args[2]));
  for (size_t i = 0; i < values.size(); i++) values[i] = element(env, args[2], static_cast<uint32_t>(i));
  Call call;
  read_call(environment, values.data(), values.size(), call);
  auto stack = std::make_shared<torch::jit::Stack>();
  c10::SmallVector<const Value*, 12> chosen;
  const Signature& signature = bind_overload(environment, *packet, overload, call, *stack, chosen);
  return run_async(
      environment, [stack, op = signature.op] { op.callBoxed(*stack); },
      [stack](Environment& environment) { return wrap(environment, stack->at(0).toTensor()); });
}

napi_value register_ops(Args& args) {
  const uint32_t length = array_length(args.env, args[0]);
  auto& environment = args.environment;
  environment.op_names.resize(length);
  environment.ops.assign(length, nullptr);
  for (uint32_t i = 0; i < length; i++) {
    HandleScope scope(args.env);
    environment.op_names[i] = to_string(args.env, element(args.env, args[0], i));
  }
  return undefined(args.env);
}

napi_value schemas(Args& args) {
  Packet* packet = find_packet(args.environment, to_string(args.env, args[0]));
  napi_value result = array_of(args.env, packet ? packet->signatures.size() : 0);
  for (size_t i = 0; packet && i < packet->signatures.size(); i++) {
    std::ostringstream text;
    text << packet->signatures[i].op.schema();
    set_element(args.env, result, i, from(args.env, std::string_view(text.str())));
  }
  return result;
}

napi_value operator_names(Args& args) {
  std::vector<std::string> names;
  for (const auto& name : c10::Dispatcher::singleton().getAllOpNames()) names.push_back(name.name);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  napi_value result = array_of(args.env, names.size());
  for (size_t i = 0; i < names.size(); i++)
    set_element(args.env, result, i, from(args.env, std::string_view(names[i])));
  return result;
}

napi_value load_library(Args& args) {
  const std::string path = to_string(args.env, args[0]);
  if (!dlopen(path.c_str(), RTLD_NOW | RTLD_NODELETE)) {
    const char* why = dlerror();
    throw std::runtime_error(why ? why : "Could not load " + path);
  }
  return undefined(args.env);
}

}  // namespace

Exports operator_exports() {
  return {{"call", call},
          {"callByName", call_by_name<false>},
          {"callByNameAsync", entry<call_by_name_async>},
          {"callBelowAutograd", call_by_name<true>},
          {"registerOps", entry<register_ops>},
          {"schemas", entry<schemas>},
          {"operatorNames", entry<operator_names>},
          {"loadLibrary", entry<load_library>}};
}

}  // namespace torch_node

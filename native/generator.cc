#include "generator.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

#include "entry.h"
#include "handle.h"
#include "thread_generator.h"

namespace torch_node {

namespace {

constexpr napi_type_tag kGeneratorTag = {0x746f7263682d6e6f, 0x64652d67656e6572};

c10::Device device_of(Args& args) {
  return {static_cast<c10::DeviceType>(to_int32(args.env, args[0])),
          static_cast<c10::DeviceIndex>(to_int32(args.env, args[1]))};
}

at::Generator self(Args& args) { return generator_of(args.environment, args[0]); }

napi_value new_generator(Args& args) {
  const auto device = device_of(args);
  if (device.is_cpu()) return wrap_generator(args.environment, at::make_generator<at::CPUGeneratorImpl>());
  return wrap_generator(args.environment,
                        at::globalContext().getAcceleratorHooksInterface(device.type()).getNewGenerator(device.index()));
}

napi_value default_generator(Args& args) {
  const auto device = device_of(args);
  if (device.is_cpu() && thread_generator().defined()) return wrap_generator(args.environment, thread_generator());
  return wrap_generator(args.environment, at::globalContext().defaultGenerator(device));
}

napi_value set_seed(Args& args) {
  auto generator = self(args);
  const uint64_t seed = bigint_to_uint64(args.env, args[1]);
  std::lock_guard lock(generator.mutex());
  generator.set_current_seed(seed);
  return undefined(args.env);
}

napi_value seed(Args& args) {
  auto generator = self(args);
  std::lock_guard lock(generator.mutex());
  return bigint_from(args.env, generator.seed());
}

napi_value initial_seed(Args& args) { return bigint_from(args.env, self(args).current_seed()); }

napi_value get_state(Args& args) {
  auto generator = self(args);
  std::lock_guard lock(generator.mutex());
  return wrap(args.environment, generator.get_state());
}

napi_value set_state(Args& args) {
  auto generator = self(args);
  const auto& state = tensor_of(args.environment, args[1]);
  std::lock_guard lock(generator.mutex());
  generator.set_state(state);
  return undefined(args.env);
}

napi_value generator_device(Args& args) {
  const auto device = self(args).device();
  return from(args.env, std::vector<int64_t>{static_cast<int64_t>(device.type()), device.index()});
}

napi_value manual_seed_all(Args& args) {
  const uint64_t seed = bigint_to_uint64(args.env, args[0]);
  if (auto own = thread_generator(); own.defined()) {
    // The other devices' generators belong to the whole process.
    std::lock_guard lock(own.mutex());
    own.set_current_seed(seed);
  } else {
    at::manual_seed(seed);
  }
  return undefined(args.env);
}

}  // namespace

napi_value wrap_generator(Environment& environment, at::Generator generator) {
  napi_env env = environment.env;
  napi_value object;
  check(env, napi_create_object(env, &object));
  check(env, napi_type_tag_object(env, object, &kGeneratorTag));
  auto* keep = new at::Generator(std::move(generator));
  const auto finalize = [](node_api_basic_env, void* data, void*) { delete static_cast<at::Generator*>(data); };
  const auto status = napi_wrap(env, object, keep, finalize, nullptr, nullptr);
  if (status != napi_ok) {
    delete keep;
    fail(env, status);
  }
  return object;
}

bool is_generator(Environment& environment, napi_value value) {
  bool is = false;
  return napi_check_object_type_tag(environment.env, value, &kGeneratorTag, &is) == napi_ok && is;
}

at::Generator generator_of(Environment& environment, napi_value value) {
  void* data = nullptr;
  if (type_of(environment.env, value) != napi_object || !is_generator(environment, value) ||
      napi_unwrap(environment.env, value, &data) != napi_ok)
    throw TypeError("Expected a torch.Generator");
  return *static_cast<at::Generator*>(data);
}

Exports generator_exports() {
  return {{"newGenerator", entry<new_generator>},
          {"defaultGenerator", entry<default_generator>},
          {"generatorSetSeed", entry<set_seed>},
          {"generatorSeed", entry<seed>},
          {"generatorInitialSeed", entry<initial_seed>},
          {"generatorGetState", entry<get_state>},
          {"generatorSetState", entry<set_state>},
          {"generatorDevice", entry<generator_device>},
          {"manualSeedAll", entry<manual_seed_all>}};
}

}  // namespace torch_node

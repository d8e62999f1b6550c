#include "handle.h"

#include <torch/csrc/autograd/variable.h>

#include <cstdlib>
#include <new>
#include <sstream>

#include "map.h"

namespace torch_node {

namespace {

// Handles live in aligned chunks, so that a pointer that some other addon wrapped is told apart without reading it.
constexpr size_t kChunkBytes = 1 << 16;
constexpr int64_t kReportBytes = 1 << 18;
constexpr size_t kSlots = (kChunkBytes - 64) / sizeof(Handle);

Handle* allocate(Environment& environment) {
  if (!environment.free_handles) {
    void* chunk = std::aligned_alloc(kChunkBytes, kChunkBytes);
    if (!chunk) throw std::bad_alloc();
    environment.chunks.insert(reinterpret_cast<uintptr_t>(chunk));
    auto* slots = static_cast<Handle*>(chunk);
    for (size_t i = kSlots; i-- > 0;) {
      auto* slot = new (slots + i) Handle{};
      slot->next = environment.free_handles;
      environment.free_handles = slot;
    }
  }
  Handle* handle = environment.free_handles;
  environment.free_handles = handle->next;
  return handle;
}

void report(Environment& environment, int64_t bytes) {
  environment.external_bytes += bytes;
  if (bytes > 0) environment.young_bytes += bytes;
  environment.unreported_bytes += bytes;
  if (std::abs(environment.unreported_bytes) < kReportBytes) return;
  int64_t total;
  const int64_t change = environment.unreported_bytes;
  environment.unreported_bytes = 0;
  if (!environment.closing) napi_adjust_external_memory(environment.env, change, &total);
}

void charge(Handle& handle) {
  handle.storage = nullptr;
  const auto& tensor = handle.tensor;
  if (!tensor.defined() || !tensor.has_storage()) return;
  auto* storage = tensor.storage().unsafeGetStorageImpl();
  if (storage->device_type() != at::kCPU && storage->device_type() != at::kCUDA) return;
  const auto bytes = static_cast<int64_t>(storage->nbytes());
  // Small ones cost their object, which V8 sees well enough by the wrapper.
  if (bytes < 1024 || is_file_memory(*storage)) return;
  auto [place, fresh] = handle.environment->accounts.try_emplace(storage, Account{0, bytes});
  place->second.handles++;
  handle.storage = storage;
  if (fresh) report(*handle.environment, bytes);
}

void discharge(Handle& handle) {
  if (!handle.storage) return;
  auto& accounts = handle.environment->accounts;
  auto place = accounts.find(handle.storage);
  handle.storage = nullptr;
  if (place == accounts.end() || --place->second.handles > 0) return;
  const int64_t bytes = place->second.bytes;
  accounts.erase(place);
  report(*handle.environment, -bytes);
}

void link(Environment& environment, Handle& handle) {
  handle.previous = environment.last;
  handle.next = nullptr;
  (environment.last ? environment.last->next : environment.first) = &handle;
  environment.last = &handle;
  environment.live++;
}

void unlink(Handle& handle) {
  auto& environment = *handle.environment;
  (handle.previous ? handle.previous->next : environment.first) = handle.next;
  (handle.next ? handle.next->previous : environment.last) = handle.previous;
  environment.live--;
  environment.collect_at = std::min(environment.collect_at, environment.live + Environment::kYoung);
}

void free_handle(Handle& handle) {
  auto& environment = *handle.environment;
  dispose(handle);
  handle.live = false;
  handle.next = environment.free_handles;
  environment.free_handles = &handle;
  environment.release();
}

// V8 sees a few dozen bytes where a tensor takes hundreds or millions: left alone, it collects so late that their memory is
// no longer in the processor's cache, or no longer the process's.
void collect_young(Environment& environment) {
  const int64_t before = environment.external_bytes, young = environment.young_bytes;
  environment.collect_at = environment.live + Environment::kYoung;
  environment.young_bytes = 0;
  call_function(environment.env, environment.hook(Hook::collect_young), {});
  environment.collect_at = environment.live + Environment::kYoung;
  // Where little was garbage, as while a data set is read, asking soon again is in vain.
  const bool worthwhile = before - environment.external_bytes >= young / 2;
  environment.young_limit = worthwhile ? Environment::kYoungBytes : std::min(environment.young_limit * 2, int64_t{1} << 30);
}

// Runs inside the garbage collection: no JavaScript here.
void finalize(node_api_basic_env, void* data, void*) {
  auto& handle = *static_cast<Handle*>(data);
  if (handle.reference) handle.environment->spend_reference(handle.reference);
  free_handle(handle);
}

// A JavaScript object that is still there. Between an object's end and its finalizer there is none.
napi_value object_of(const Handle& handle) {
  napi_value object = nullptr;
  const auto& environment = *handle.environment;
  check(environment.env, napi_get_reference_value(environment.env, handle.reference, &object));
  return object;
}

Handle& live_handle(Environment& environment, napi_value value) {
  Handle* handle = handle_of(environment, value);
  if (!handle) throw TypeError("Expected a Tensor");
  if (handle->disposed) throw TypeError("This Tensor was disposed");
  return *handle;
}

}  // namespace

bool has_node(const at::Tensor& tensor) {
  const auto* meta = tensor.defined() ? torch::autograd::impl::get_autograd_meta(tensor) : nullptr;
  return meta && meta->grad_fn_;
}

napi_value find_object(Environment& environment, const at::Tensor& tensor) {
  const auto place = environment.objects.find(tensor.unsafeGetTensorImpl());
  return place == environment.objects.end() ? nullptr : object_of(*place->second);
}

napi_value wrap(Environment& environment, at::Tensor tensor, napi_value shell) {
  napi_env env = environment.env;
  if (!tensor.defined()) return null(env);
  // A tensor that nobody else holds is new.
  if (tensor.use_count() > 1)
    if (napi_value object = find_object(environment, tensor)) return object;
  napi_value object = wrap_new(environment, std::move(tensor), shell);
  Handle& handle = *environment.last;
  if (handle.tensor.use_count() > 1) remember(handle, object);
  return object;
}

napi_value wrap_new(Environment& environment, at::Tensor tensor, napi_value shell) {
  napi_env env = environment.env;
  environment.drop_spent_references();
  if (environment.live >= environment.collect_at || environment.young_bytes >= environment.young_limit)
    collect_young(environment);
  if (!shell) {
    napi_value constructor = environment.hook(Hook::tensor_shell);
    check(env, napi_new_instance(env, constructor, 0, nullptr, &shell));
  }
  Handle* handle = allocate(environment);
  handle->tensor = std::move(tensor);
  handle->environment = &environment;
  handle->id = environment.next_id++;
  handle->scope = environment.scope;
  handle->live = true;
  handle->disposed = false;
  handle->reference = nullptr;
  environment.retain();
  link(environment, *handle);
  charge(*handle);
  const auto status = napi_wrap(env, shell, handle, finalize, nullptr, nullptr);
  if (status != napi_ok) {
    free_handle(*handle);
    fail(env, status);
  }
  return shell;
}

Handle* handle_of(Environment& environment, napi_value value) {
  void* data = nullptr;
  if (napi_unwrap(environment.env, value, &data) != napi_ok) return nullptr;
  const auto address = reinterpret_cast<uintptr_t>(data);
  const uintptr_t chunk = address & ~(kChunkBytes - 1);
  if (chunk != environment.last_chunk) {
    if (!environment.chunks.contains(chunk)) return nullptr;
    environment.last_chunk = chunk;
  }
  if ((address - chunk) % sizeof(Handle) != 0) return nullptr;
  auto* handle = static_cast<Handle*>(data);
  return handle->live ? handle : nullptr;
}

void remember(Handle& handle, napi_value object) {
  if (handle.reference) return;
  auto& environment = *handle.environment;
  auto [place, fresh] = environment.objects.emplace(handle.tensor.unsafeGetTensorImpl(), &handle);
  if (!fresh) {
    // An object that is there already keeps its place, unless it is dying.
    if (object_of(*place->second)) return;
    place->second = &handle;
  }
  const auto status = napi_create_reference(environment.env, object, 0, &handle.reference);
  if (status == napi_ok) return;
  environment.objects.erase(handle.tensor.unsafeGetTensorImpl());
  fail(environment.env, status);
}

const at::Tensor& peek(Environment& environment, napi_value value) { return live_handle(environment, value).tensor; }

const at::Tensor& tensor_of(Environment& environment, napi_value value) {
  Handle& handle = live_handle(environment, value);
  remember(handle, value);
  return handle.tensor;
}

at::Tensor optional_tensor_of(Environment& environment, napi_value value) {
  return is_nullish(environment.env, value) ? at::Tensor() : tensor_of(environment, value);
}

std::vector<at::Tensor> tensors_of(Environment& environment, napi_value array) {
  std::vector<at::Tensor> tensors(array_length(environment.env, array));
  for (uint32_t i = 0; i < tensors.size(); i++)
    tensors[i] = optional_tensor_of(environment, element(environment.env, array, i));
  return tensors;
}

napi_value wrap_all(Environment& environment, const std::vector<at::Tensor>& tensors) {
  napi_value array = array_of(environment.env, tensors.size());
  for (size_t i = 0; i < tensors.size(); i++)
    set_element(environment.env, array, i, wrap(environment, tensors[i]));
  return array;
}

void dispose(Handle& handle) {
  if (handle.disposed) return;
  handle.disposed = true;
  unlink(handle);
  discharge(handle);
  if (handle.reference) {
    auto& objects = handle.environment->objects;
    const auto place = objects.find(handle.tensor.unsafeGetTensorImpl());
    if (place != objects.end() && place->second == &handle) objects.erase(place);
  }
  handle.tensor.reset();
}

void recharge(Handle& handle) {
  discharge(handle);
  charge(handle);
}

std::string sizes_text(const at::Tensor& tensor) {
  if (tensor.is_nested()) return "[nested]";
  std::ostringstream text;
  text << tensor.sizes();
  return text.str();
}

void free_chunks(Environment& environment) {
  for (uintptr_t chunk : environment.chunks) {
    auto* slots = reinterpret_cast<Handle*>(chunk);
    for (size_t i = 0; i < kSlots; i++) slots[i].~Handle();
    std::free(slots);
  }
  environment.chunks.clear();
}

}  // namespace torch_node

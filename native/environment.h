// Everything that belongs to one JavaScript environment (the main thread or one worker).
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <c10/util/flat_hash_map.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "napi.h"

namespace c10 {
struct InferenceMode;
}

namespace torch_node {

struct GraphTask;
struct Handle;
struct Packet;

// A JavaScript value that C++ objects of any thread may hold; the last one to let go queues its release.
class JsRef;

// What the addon asks JavaScript for, as `setup` was given it.
enum class Hook : uint8_t {
  tensor_shell,
  dtypes,
  layouts,
  memory_formats,
  make_device,
  make_complex,
  make_named,
  make_error,
  collect_young,
  // of TorchScript, given by `scriptHooks`
  make_script,
  make_enum,
  make_named_tuple,
  count
};

// One storage that JavaScript tensors hold, and what V8 was told of it.
struct Account {
  int64_t handles;
  int64_t bytes;
};

struct TensorHash {
  using hash_policy = ska::fibonacci_hash_policy;
  size_t operator()(const c10::TensorImpl* tensor) const { return reinterpret_cast<size_t>(tensor); }
};

class Environment {
 public:
  static constexpr int64_t kYoung = 4096;
  static constexpr int64_t kYoungBytes = int64_t{64} << 20;

  explicit Environment(napi_env env);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  static Environment& of(napi_env env);

  // The environment lives until the last handle and the last JsRef are gone, also past its own teardown.
  void retain() { references_.fetch_add(1, std::memory_order_relaxed); }
  void release();

  napi_value hook(Hook which) const;
  // Is this thread the one of some environment?
  static bool is_js_thread();
  bool on_js_thread() const { return std::this_thread::get_id() == thread_; }

  // Runs `job` on the JavaScript thread and waits for it; directly when this is that thread.
  void run_on_js(const std::function<void()>& job);
  // Runs `work` on another thread while this one, the JavaScript thread, serves `run_on_js`.
  void run_off_js(const std::function<void()>& work);
  // Queues a job for the JavaScript thread and returns.
  void post(std::function<void()> job);
  void drop_reference(napi_ref reference);
  // The same for a finalizer, which runs inside the collection on this thread: older releases of Node allow no deletion there.
  void spend_reference(napi_ref reference) { spent_.push_back(reference); }
  // Two at a time: what is freed one by one serves the next allocations straight away.
  void drop_spent_references() {
    for (int i = 0; i < 2 && !spent_.empty(); i++) {
      napi_delete_reference(env, spent_.back());
      spent_.pop_back();
    }
  }
  void drop_dead_references();
  void close();
  // While a Promise is pending the process stays alive.
  void begin_async();
  void end_async();

  napi_env env;
  bool closing = false;

  // Tensors; see handle.h.
  napi_ref tag_symbol = nullptr;
  std::array<napi_ref, static_cast<size_t>(Hook::count)> hooks{};
  Handle* first = nullptr;
  Handle* last = nullptr;
  int64_t live = 0;
  // The objects that `remember` was asked for.
  ska::flat_hash_map<c10::TensorImpl*, Handle*, TensorHash> objects;
  // So many live tensors ask for a collection of the young ones.
  int64_t collect_at = kYoung;
  // So do so many bytes charged since the last one.
  int64_t young_bytes = 0;
  int64_t young_limit = kYoungBytes;
  int64_t next_id = 1;
  int64_t scope = 0;
  std::unordered_set<uintptr_t> chunks;
  // Where a handle was found last.
  uintptr_t last_chunk = 0;
  Handle* free_handles = nullptr;
  std::unordered_map<void*, Account> accounts;
  int64_t external_bytes = 0;
  int64_t unreported_bytes = 0;

  // Operators; see packet.h.
  std::vector<std::string> op_names;
  std::vector<Packet*> ops;
  std::unordered_map<std::string, std::unique_ptr<Packet>> packets;
  // Those that have got another overload since; calls may be running that use them.
  std::vector<std::unique_ptr<Packet>> retired_packets;
  // Stacks that calls are done with, to be used again.
  std::vector<std::vector<c10::IValue>> idle_stacks;

  // Where `readSizes` writes: JavaScript reads numbers out of it faster than they are made here.
  double* size_buffer = nullptr;

  // The JavaScript objects of nodes; see graph.cc.
  std::unordered_map<void*, napi_ref> nodes;
  // The backward pass whose hook runs now, null outside hooks.
  const GraphTask* graph_task = nullptr;

  // Modes; see modes.cc.
  std::unique_ptr<c10::InferenceMode> inference;

  // Tickets of `share` that nobody has redeemed yet.
  std::unordered_set<uint64_t> tickets;

 private:
  struct Job {
    std::function<void()> run;
    bool done = false;
    std::exception_ptr error;
  };
  static void on_signal(napi_env env, napi_value, void* context, void*);
  void serve();
  void signal();

  std::atomic<int64_t> references_{1};
  std::thread::id thread_;
  napi_threadsafe_function signal_ = nullptr;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Job>> jobs_;
  void drop_all_spent();

  std::vector<napi_ref> dead_;
  std::vector<napi_ref> spent_;
  int off_js_ = 0;
  int pending_async_ = 0;
};

class JsRef {
 public:
  JsRef(Environment& environment, napi_value value);
  ~JsRef();
  JsRef(const JsRef&) = delete;
  JsRef& operator=(const JsRef&) = delete;

  // JavaScript thread only.
  napi_value value() const;
  Environment& environment() const { return *environment_; }

 private:
  Environment* environment_;
  napi_ref reference_;
};

}  // namespace torch_node

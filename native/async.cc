#include "async.h"

#include <ATen/ThreadLocalState.h>

#include <algorithm>
#include <utility>

#include "errors.h"

namespace torch_node {

namespace {

// Threads that live as long as the process; shared by all environments, since a core is a core.
class Pool {
 public:
  static Pool& instance() {
    // Never destroyed: its threads may still work while the process exits.
    static Pool* pool = new Pool;
    return *pool;
  }

  void submit(std::function<void()> job) {
    std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    if (idle_ < jobs_.size() && threads_ < kMaxThreads) {
      threads_++;
      std::thread([this] { work(); }).detach();
    }
    wake_.notify_one();
  }

 private:
  const size_t kMaxThreads = std::max(4u, std::thread::hardware_concurrency());

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      idle_++;
      wake_.wait(lock, [&] { return !jobs_.empty(); });
      idle_--;
      auto job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
      job = nullptr;
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  size_t idle_ = 0;
  size_t threads_ = 0;
};

}  // namespace

napi_value run_async(Environment& environment, std::function<void()> work,
                     std::function<napi_value(Environment&)> finish) {
  napi_env env = environment.env;
  napi_deferred deferred;
  napi_value promise;
  check(env, napi_create_promise(env, &deferred, &promise));
  environment.begin_async();
  environment.retain();
  Pool::instance().submit([&environment, work = std::move(work), finish = std::move(finish), deferred,
                           scope = environment.scope, state = at::ThreadLocalState()]() mutable {
    std::exception_ptr error;
    try {
      at::ThreadLocalStateGuard guard(state);
      work();
    } catch (...) {
      error = std::current_exception();
    }
    work = nullptr;
    environment.post([&environment, finish = std::move(finish), deferred, error, scope] {
      napi_env env = environment.env;
      environment.end_async();
      // Results belong to the scope of who called, not to that of what has run since.
      const auto current = std::exchange(environment.scope, scope);
      try {
        if (error) std::rethrow_exception(error);
        napi_resolve_deferred(env, deferred, finish(environment));
      } catch (const PendingException&) {
        napi_value thrown;
        napi_get_and_clear_last_exception(env, &thrown);
        napi_reject_deferred(env, deferred, thrown);
      } catch (...) {
        napi_reject_deferred(env, deferred, error_to_js(environment, std::current_exception()));
      }
      environment.scope = current;
    });
    environment.release();
  });
  return promise;
}

}  // namespace torch_node

#include "environment.h"

#include <c10/core/InferenceMode.h>

#include "handle.h"
#include "library.h"
#include "packet.h"
#include "share.h"

namespace torch_node {

namespace {
thread_local bool runs_javascript = false;
}

bool Environment::is_js_thread() { return runs_javascript; }

Environment::Environment(napi_env e) : env(e), thread_(std::this_thread::get_id()) {
  check(env, napi_create_threadsafe_function(env, nullptr, nullptr, from(env, std::string_view("torch-node")), 0, 1,
                                             nullptr, nullptr, this, on_signal, &signal_));
  runs_javascript = true;
  // Waiting for signals must not keep the process alive.
  check(env, napi_unref_threadsafe_function(env, signal_));
}

Environment::~Environment() { free_chunks(*this); }

Environment& Environment::of(napi_env env) {
  void* data = nullptr;
  check(env, napi_get_instance_data(env, &data));
  return *static_cast<Environment*>(data);
}

void Environment::release() {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

napi_value Environment::hook(Hook which) const {
  napi_value value;
  check(env, napi_get_reference_value(env, hooks[static_cast<size_t>(which)], &value));
  return value;
}

void Environment::signal() {
  if (off_js_ > 0)
    wake_.notify_all();
  else if (signal_)
    napi_call_threadsafe_function(signal_, nullptr, napi_tsfn_nonblocking);
}

void Environment::on_signal(napi_env env, napi_value, void* context, void*) {
  if (!env) return;
  auto& self = *static_cast<Environment*>(context);
  self.drop_dead_references();
  self.serve();
}

void Environment::serve() {
  for (;;) {
    std::shared_ptr<Job> job;
    {
      std::lock_guard lock(mutex_);
      if (jobs_.empty()) return;
      job = jobs_.front();
      jobs_.pop_front();
    }
    try {
      HandleScope scope(env);
      job->run();
    } catch (...) {
      job->error = std::current_exception();
    }
    std::lock_guard lock(mutex_);
    job->done = true;
    wake_.notify_all();
  }
}

void Environment::run_on_js(const std::function<void()>& run) {
  if (on_js_thread()) {
    HandleScope scope(env);
    run();
    return;
  }
  auto job = std::make_shared<Job>();
  job->run = run;
  std::unique_lock lock(mutex_);
  if (closing) throw std::runtime_error("The JavaScript environment of this callback has ended");
  jobs_.push_back(job);
  signal();
  wake_.wait(lock, [&] { return job->done; });
  if (job->error) std::rethrow_exception(job->error);
}

void Environment::post(std::function<void()> run) {
  auto job = std::make_shared<Job>();
  job->run = std::move(run);
  std::lock_guard lock(mutex_);
  if (closing) return;
  jobs_.push_back(job);
  signal();
}

void Environment::run_off_js(const std::function<void()>& work) {
  bool done = false;
  std::exception_ptr error;
  {
    std::lock_guard lock(mutex_);
    off_js_++;
  }
  std::thread worker([&] {
    try {
      work();
    } catch (...) {
      error = std::current_exception();
    }
    std::lock_guard lock(mutex_);
    done = true;
    wake_.notify_all();
  });
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return done || !jobs_.empty(); });
      if (done && jobs_.empty()) break;
    }
    serve();
  }
  worker.join();
  {
    std::lock_guard lock(mutex_);
    off_js_--;
  }
  if (error) std::rethrow_exception(error);
}

void Environment::drop_reference(napi_ref reference) {
  std::lock_guard lock(mutex_);
  if (closing) return;
  dead_.push_back(reference);
  if (dead_.size() == 1) signal();
}

void Environment::drop_dead_references() {
  std::vector<napi_ref> dead;
  {
    std::lock_guard lock(mutex_);
    dead.swap(dead_);
  }
  for (napi_ref reference : dead) napi_delete_reference(env, reference);
  drop_all_spent();
}

void Environment::drop_all_spent() {
  // Deleting allocates nothing, so that no collection adds to the list meanwhile.
  for (napi_ref reference : spent_) napi_delete_reference(env, reference);
  spent_.clear();
}

void Environment::begin_async() {
  if (pending_async_++ == 0) napi_ref_threadsafe_function(env, signal_);
}

void Environment::end_async() {
  if (--pending_async_ == 0 && signal_) napi_unref_threadsafe_function(env, signal_);
}

void Environment::close() {
  inference.reset();
  drop_dead_references();
  revoke_all(*this);
  leave_library(*this);
  std::lock_guard lock(mutex_);
  closing = true;
  for (auto& job : jobs_) {
    job->error = std::make_exception_ptr(std::runtime_error("The JavaScript environment of this callback has ended"));
    job->done = true;
  }
  jobs_.clear();
  wake_.notify_all();
  napi_release_threadsafe_function(signal_, napi_tsfn_abort);
  signal_ = nullptr;
}

JsRef::JsRef(Environment& environment, napi_value value) : environment_(&environment) {
  check(environment.env, napi_create_reference(environment.env, value, 1, &reference_));
  environment.retain();
}

JsRef::~JsRef() {
  environment_->drop_reference(reference_);
  environment_->release();
}

napi_value JsRef::value() const {
  napi_value result;
  check(environment_->env, napi_get_reference_value(environment_->env, reference_, &result));
  return result;
}

}  // namespace torch_node

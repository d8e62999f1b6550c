#include "errors.h"

#include <c10/util/Exception.h>
#include <torch/csrc/jit/runtime/jit_exception.h>

#include <new>

namespace torch_node {

namespace {

struct Text {
  const char* code;
  std::string message;
  // The Python class that a script raised.
  std::string raised = {};
};

Text text_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const TypeError& e) {
    return {"ERR_TORCH_TYPE", e.what()};
  } catch (const c10::IndexError& e) {
    return {"ERR_TORCH_INDEX", e.what_without_backtrace()};
  } catch (const c10::ValueError& e) {
    return {"ERR_TORCH_VALUE", e.what_without_backtrace()};
  } catch (const c10::TypeError& e) {
    return {"ERR_TORCH_TYPE", e.what_without_backtrace()};
  } catch (const c10::NotImplementedError& e) {
    return {"ERR_TORCH_NOT_IMPLEMENTED", e.what_without_backtrace()};
  } catch (const c10::OutOfMemoryError& e) {
    return {"ERR_TORCH_OUT_OF_MEMORY", e.what_without_backtrace()};
  } catch (const c10::LinAlgError& e) {
    return {"ERR_TORCH_LINALG", e.what_without_backtrace()};
  } catch (const c10::AcceleratorError& e) {
    return {"ERR_TORCH_ACCELERATOR", e.what_without_backtrace()};
  } catch (const c10::Error& e) {
    const std::string message = e.what_without_backtrace();
    const bool memory = message.find("DefaultCPUAllocator: can't allocate memory") != std::string::npos;
    return {memory ? "ERR_TORCH_OUT_OF_MEMORY" : "ERR_TORCH_RUNTIME", message};
  } catch (const std::bad_alloc&) {
    return {"ERR_TORCH_OUT_OF_MEMORY", "The host is out of memory"};
  } catch (const torch::jit::JITException& e) {
    return {"ERR_TORCH_SCRIPT", e.what(), e.getPythonClassName().value_or("")};
  } catch (const std::exception& e) {
    return {"ERR_TORCH_RUNTIME", e.what()};
  } catch (...) {
    return {"ERR_TORCH_RUNTIME", "Unknown error"};
  }
}

}  // namespace

napi_value error_to_js(Environment& environment, const std::exception_ptr& error, const std::string& op,
                       const std::string& shapes) {
  napi_env env = environment.env;
  try {
    std::rethrow_exception(error);
  } catch (const JsError& e) {
    return e.error->value();
  } catch (...) {
  }
  const Text text = text_of(error);
  return call_function(env, environment.hook(Hook::make_error),
                       {from(env, std::string_view(text.code)), from(env, std::string_view(text.message)),
                        op.empty() ? null(env) : from(env, std::string_view(op)),
                        shapes.empty() ? null(env) : from(env, std::string_view(shapes)),
                        text.raised.empty() ? null(env) : from(env, std::string_view(text.raised))});
}

void throw_js(Environment& environment, const std::exception_ptr& error, const std::string& op,
              const std::string& shapes) {
  napi_env env = environment.env;
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending) return;
  try {
    napi_throw(env, error_to_js(environment, error, op, shapes));
  } catch (...) {
    napi_is_exception_pending(env, &pending);
    if (!pending) napi_throw_error(env, "ERR_TORCH_RUNTIME", text_of(error).message.c_str());
  }
}

JsError::JsError(Environment& environment, napi_value js)
    : std::runtime_error("JavaScript exception"), error(std::make_shared<JsRef>(environment, js)) {}

napi_value call_js(Environment& environment, napi_value function, const std::vector<napi_value>& args) {
  napi_env env = environment.env;
  napi_value result;
  const auto status = napi_call_function(env, undefined(env), function, args.size(), args.data(), &result);
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending) {
    napi_value error;
    check(env, napi_get_and_clear_last_exception(env, &error));
    throw JsError(environment, error);
  }
  check(env, status);
  return result;
}

}  // namespace torch_node

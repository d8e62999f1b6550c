// The one place where C++ exceptions become JavaScript errors.
#pragma once

#include <exception>

#include "environment.h"

namespace torch_node {

// Throws `error` into JavaScript, unless an exception is pending already.
void throw_js(Environment& environment, const std::exception_ptr& error, const std::string& op = {},
              const std::string& shapes = {});
// The same as a value, for promises.
napi_value error_to_js(Environment& environment, const std::exception_ptr& error, const std::string& op = {},
                       const std::string& shapes = {});

// A JavaScript exception on its way through C++ code of LibTorch, such as the autograd engine.
struct JsError : std::runtime_error {
  JsError(Environment& environment, napi_value error);
  std::shared_ptr<JsRef> error;
};

// Calls JavaScript from inside LibTorch: a pending exception becomes a JsError.
napi_value call_js(Environment& environment, napi_value function, const std::vector<napi_value>& args);

}  // namespace torch_node

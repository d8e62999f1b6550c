// What the process computes with: threads, defaults, how LibTorch was built.
#include <ATen/Config.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/DefaultDtype.h>
#include <c10/util/Exception.h>

#include "entry.h"

namespace torch_node {

namespace {

napi_value get_num_threads(Args& args) { return from(args.env, at::get_num_threads()); }
napi_value set_num_threads(Args& args) {
  const int32_t n = to_int32(args.env, args[0]);
  TORCH_CHECK(n > 0, "set_num_threads expects a positive integer");
  at::set_num_threads(n);
  return undefined(args.env);
}
napi_value get_num_interop_threads(Args& args) {
  return from(args.env, static_cast<int64_t>(at::get_num_interop_threads()));
}
napi_value set_num_interop_threads(Args& args) {
  const int32_t n = to_int32(args.env, args[0]);
  TORCH_CHECK(n > 0, "set_num_interop_threads expects a positive integer");
  at::set_num_interop_threads(n);
  return undefined(args.env);
}
napi_value get_default_dtype(Args& args) {
  return from(args.env, static_cast<int32_t>(c10::get_default_dtype_as_scalartype()));
}
napi_value set_default_dtype(Args& args) {
  const auto dtype = static_cast<at::ScalarType>(to_int32(args.env, args[0]));
  TORCH_CHECK_TYPE(at::isFloatingType(dtype), "only floating-point types are supported as the default type");
  c10::set_default_dtype(c10::scalarTypeToTypeMeta(dtype));
  return undefined(args.env);
}
napi_value show_config(Args& args) { return from(args.env, std::string_view(at::show_config())); }
napi_value parallel_info(Args& args) { return from(args.env, std::string_view(at::get_parallel_info())); }
napi_value cpu_capability(Args& args) { return from(args.env, std::string_view(at::get_cpu_capability())); }
napi_value has_cuda(Args& args) { return from(args.env, at::hasCUDA()); }
napi_value device_count(Args& args) {
  const auto type = static_cast<c10::DeviceType>(to_int32(args.env, args[0]));
  if (type == at::kCPU) return from(args.env, int32_t{1});
  if (type != at::kCUDA || !at::hasCUDA()) return from(args.env, int32_t{0});
  return from(args.env, static_cast<int32_t>(at::detail::getCUDAHooks().deviceCount()));
}
napi_value use_deterministic(Args& args) {
  at::globalContext().setDeterministicAlgorithms(to_bool(args.env, args[0]), to_bool(args.env, args[1]));
  return undefined(args.env);
}
// null as long as nobody has chosen: LibTorch warns then that it does not check.
napi_value get_sparse_checks(Args& args) {
  const auto checks = at::globalContext().checkSparseTensorInvariants();
  return checks ? from(args.env, *checks) : null(args.env);
}
napi_value set_sparse_checks(Args& args) {
  at::globalContext().setCheckSparseTensorInvariants(
      is_nullish(args.env, args[0]) ? std::nullopt : std::optional(to_bool(args.env, args[0])));
  return undefined(args.env);
}
napi_value deterministic(Args& args) { return from(args.env, at::globalContext().deterministicAlgorithms()); }
napi_value set_warn_on_stream_mismatch(Args& args) {
  at::globalContext().setWarnOnAccumulateGradStreamMismatch(to_bool(args.env, args[0]));
  return undefined(args.env);
}
// Older releases of LibTorch, such as 2.11, have no such setting.
template <typename Context>
void override_stale_capture_stream(Context& context, bool enabled) {
  if constexpr (requires { context.setOverrideStaleCaptureStream(enabled); })
    context.setOverrideStaleCaptureStream(enabled);
  else
    throw std::runtime_error("This release of LibTorch can't override stale capture streams");
}
napi_value set_override_stale_capture_stream(Args& args) {
  override_stale_capture_stream(at::globalContext(), to_bool(args.env, args[0]));
  return undefined(args.env);
}

napi_value deterministic_warn_only(Args& args) {
  return from(args.env, at::globalContext().deterministicAlgorithmsWarnOnly());
}
napi_value get_float32_matmul_precision(Args& args) {
  return from(args.env, static_cast<int32_t>(at::globalContext().float32MatmulPrecision()));
}
napi_value set_float32_matmul_precision(Args& args) {
  at::globalContext().setFloat32MatmulPrecision(to_string(args.env, args[0]));
  return undefined(args.env);
}
napi_value get_warn_always(Args& args) { return from(args.env, c10::WarningUtils::get_warnAlways()); }
napi_value set_warn_always(Args& args) {
  c10::WarningUtils::set_warnAlways(to_bool(args.env, args[0]));
  return undefined(args.env);
}
napi_value set_flush_denormal(Args& args) {
  return from(args.env, at::globalContext().setFlushDenormal(to_bool(args.env, args[0])));
}
napi_value init_num_threads(Args& args) {
  at::init_num_threads();
  return undefined(args.env);
}
napi_value has_lapack(Args& args) { return from(args.env, at::hasLAPACK()); }
napi_value has_mkl(Args& args) { return from(args.env, at::hasMKL()); }
napi_value has_mkldnn(Args& args) { return from(args.env, at::hasMKLDNN()); }
napi_value has_openmp(Args& args) { return from(args.env, at::hasOpenMP()); }
// Fourier transforms are in every build that has one of the two libraries for them.
napi_value has_spectral(Args& args) {
  return from(args.env, at::hasMKL() || static_cast<bool>(AT_POCKETFFT_ENABLED()));
}

}  // namespace

Exports process_exports() {
  return {{"getNumThreads", entry<get_num_threads>},
          {"setNumThreads", entry<set_num_threads>},
          {"getNumInteropThreads", entry<get_num_interop_threads>},
          {"setNumInteropThreads", entry<set_num_interop_threads>},
          {"getDefaultDtype", entry<get_default_dtype>},
          {"setDefaultDtype", entry<set_default_dtype>},
          {"showConfig", entry<show_config>},
          {"parallelInfo", entry<parallel_info>},
          {"cpuCapability", entry<cpu_capability>},
          {"hasCuda", entry<has_cuda>},
          {"deviceCount", entry<device_count>},
          {"useDeterministic", entry<use_deterministic>},
          {"deterministic", entry<deterministic>},
          {"getSparseChecks", entry<get_sparse_checks>},
          {"setSparseChecks", entry<set_sparse_checks>},
          {"deterministicWarnOnly", entry<deterministic_warn_only>},
          {"getFloat32MatmulPrecision", entry<get_float32_matmul_precision>},
          {"setFloat32MatmulPrecision", entry<set_float32_matmul_precision>},
          {"getWarnAlways", entry<get_warn_always>},
          {"setWarnAlways", entry<set_warn_always>},
          {"setFlushDenormal", entry<set_flush_denormal>},
          {"initNumThreads", entry<init_num_threads>},
          {"hasLapack", entry<has_lapack>},
          {"hasMkl", entry<has_mkl>},
          {"hasMkldnn", entry<has_mkldnn>},
          {"hasOpenmp", entry<has_openmp>},
          {"hasSpectral", entry<has_spectral>},
          {"setWarnOnStreamMismatch", entry<set_warn_on_stream_mismatch>},
          {"setOverrideStaleCaptureStream", entry<set_override_stale_capture_stream>}};
}

}  // namespace torch_node

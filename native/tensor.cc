// A tensor's facts.
#include <ATen/ops/empty.h>

#include "entry.h"
#include "handle.h"
#include "value.h"

namespace torch_node {

namespace {

const at::Tensor& self(Args& args) { return peek(args.environment, args[0]); }

napi_value is_tensor(Args& args) { return from(args.env, handle_of(args.environment, args[0]) != nullptr); }
napi_value read(Args& args, at::IntArrayRef values) {
  if (values.size() > 64) throw TypeError("The tensor has more than 64 dimensions");
  std::copy(values.begin(), values.end(), args.environment.size_buffer);
  return from(args.env, static_cast<int32_t>(values.size()));
}
napi_value read_sizes(Args& args) { return read(args, self(args).sizes()); }
napi_value read_strides(Args& args) { return read(args, self(args).strides()); }
napi_value dim(Args& args) { return from(args.env, self(args).dim()); }
napi_value numel(Args& args) { return from(args.env, self(args).numel()); }
napi_value scalar_type(Args& args) { return from(args.env, static_cast<int32_t>(self(args).scalar_type())); }
napi_value layout(Args& args) { return from(args.env, static_cast<int32_t>(self(args).layout())); }
napi_value device_type(Args& args) { return from(args.env, static_cast<int32_t>(self(args).device().type())); }
napi_value device_index(Args& args) { return from(args.env, static_cast<int32_t>(self(args).device().index())); }
napi_value is_contiguous(Args& args) {
  return from(args.env, self(args).is_contiguous(static_cast<at::MemoryFormat>(to_int32(args.env, args[1]))));
}
napi_value storage_offset(Args& args) { return from(args.env, self(args).storage_offset()); }
napi_value storage_bytes(Args& args) {
  const auto& tensor = self(args);
  return from(args.env, tensor.has_storage() ? static_cast<int64_t>(tensor.storage().nbytes()) : int64_t{0});
}
napi_value data_ptr(Args& args) {
  return bigint_from(args.env, static_cast<uint64_t>(reinterpret_cast<uintptr_t>(self(args).const_data_ptr())));
}
napi_value storage_ptr(Args& args) {
  const auto& tensor = self(args);
  const auto* storage = tensor.has_storage() ? tensor.storage().unsafeGetStorageImpl() : nullptr;
  return bigint_from(args.env, static_cast<uint64_t>(reinterpret_cast<uintptr_t>(storage)));
}
// How many tensors lie in the storage.
napi_value storage_use_count(Args& args) {
  return from(args.env, static_cast<int64_t>(self(args).storage().use_count()));
}
// A one-dimensional tensor over all of the storage, whatever part of it the tensor has.
napi_value storage_view(Args& args) {
  const auto& tensor = self(args);
  const auto dtype = to_dtype(args.env, args[1]);
  const int64_t count = static_cast<int64_t>(tensor.storage().nbytes() / c10::elementSize(dtype));
  at::Tensor view = at::empty({0}, at::TensorOptions().dtype(dtype).device(tensor.device()));
  return wrap(args.environment, view.set_(tensor.storage(), 0, {count}, {1}));
}
napi_value version(Args& args) {
  const auto& tensor = self(args);
  return from(args.env, tensor.is_inference() ? int64_t{0} : static_cast<int64_t>(tensor._version()));
}
napi_value is_inference(Args& args) { return from(args.env, self(args).is_inference()); }
napi_value is_conj(Args& args) { return from(args.env, self(args).is_conj()); }
napi_value is_neg(Args& args) { return from(args.env, self(args).is_neg()); }
napi_value is_nested(Args& args) { return from(args.env, self(args).is_nested()); }
napi_value is_same(Args& args) { return from(args.env, self(args).is_same(peek(args.environment, args[1]))); }
napi_value alias(Args& args) { return wrap_new(args.environment, self(args)); }

}  // namespace

Exports tensor_exports() {
  return {{"isTensor", entry<is_tensor>},
          {"isNested", entry<is_nested>},
          {"readSizes", entry<read_sizes>},
          {"readStrides", entry<read_strides>},
          {"dim", entry<dim>},
          {"numel", entry<numel>},
          {"scalarType", entry<scalar_type>},
          {"layout", entry<layout>},
          {"deviceType", entry<device_type>},
          {"deviceIndex", entry<device_index>},
          {"isContiguous", entry<is_contiguous>},
          {"storageOffset", entry<storage_offset>},
          {"storageBytes", entry<storage_bytes>},
          {"dataPtr", entry<data_ptr>},
          {"storagePtr", entry<storage_ptr>},
          {"storageUseCount", entry<storage_use_count>},
          {"storageView", entry<storage_view>},
          {"version", entry<version>},
          {"isInference", entry<is_inference>},
          {"isConj", entry<is_conj>},
          {"isNeg", entry<is_neg>},
          {"isSame", entry<is_same>},
          {"alias", entry<alias>}};
}

}  // namespace torch_node

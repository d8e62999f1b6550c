// Data in and out of tensors.
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <cmath>
#include <limits>

#include "async.h"
#include "data.h"
#include "entry.h"
#include "handle.h"
#include "value.h"

namespace torch_node {

namespace {

// The owner of memory that belongs to a JavaScript buffer.
void release_buffer(void* context) { delete static_cast<std::shared_ptr<JsRef>*>(context); }

struct Bytes {
  void* data;
  size_t length;
};

Bytes bytes_of(napi_env env, napi_value view) {
  bool is = false;
  void* data = nullptr;
  size_t length = 0, offset;
  napi_value buffer;
  check(env, napi_is_typedarray(env, view, &is));
  if (is) {
    napi_typedarray_type type;
    check(env, napi_get_typedarray_info(env, view, &type, &length, &data, &buffer, &offset));
    return {data, static_cast<size_t>(to_int64(env, property(env, view, "byteLength")))};
  }
  check(env, napi_is_dataview(env, view, &is));
  if (!is) throw TypeError("Expected a typed array or DataView");
  check(env, napi_get_dataview_info(env, view, &length, &data, &buffer, &offset));
  return {data, length};
}

napi_value from_bytes(Args& args) {
  napi_env env = args.env;
  const auto dtype = to_dtype(env, args[1]);
  const auto sizes = to_int64s(env, args[2]);
  const bool copy = to_bool(env, args[3]);
  const auto [data, length] = bytes_of(env, args[0]);
  int64_t count = 1;
  for (const int64_t size : sizes) {
    if (size < 0) throw TypeError("A size can't be negative");
    if (__builtin_mul_overflow(count, size, &count)) throw TypeError("Sizes overflow");
  }
  int64_t needed;
  if (__builtin_mul_overflow(count, static_cast<int64_t>(c10::elementSize(dtype)), &needed) ||
      needed > static_cast<int64_t>(length))
    throw TypeError("The buffer has " + std::to_string(length) + " bytes, too few for these sizes");
  if (copy || count == 0 || reinterpret_cast<uintptr_t>(data) % c10::elementSize(dtype) != 0) {
    at::Tensor tensor = at::empty(sizes, dtype);
    if (needed > 0) std::memcpy(tensor.mutable_data_ptr(), data, static_cast<size_t>(needed));
    return wrap(args.environment, tensor);
  }
  auto* owner = new std::shared_ptr<JsRef>(std::make_shared<JsRef>(args.environment, args[0]));
  c10::DataPtr pointer(data, owner, release_buffer, at::kCPU);
  auto storage = c10::make_intrusive<c10::StorageImpl>(c10::StorageImpl::use_byte_size_t(), length, std::move(pointer),
                                                       nullptr, false);
  at::Tensor tensor = at::empty({0}, dtype);
  tensor.unsafeGetTensorImpl()->set_storage_keep_dtype(c10::Storage(storage));
  tensor.unsafeGetTensorImpl()->set_sizes_contiguous(sizes);
  return wrap(args.environment, tensor);
}

// The shape of nested arrays, by their first elements.
std::vector<int64_t> nested_shape(napi_env env, napi_value data) {
  std::vector<int64_t> shape;
  while (type_of(env, data) == napi_object && is_array(env, data)) {
    const uint32_t length = array_length(env, data);
    shape.push_back(length);
    if (shape.size() > 64) throw TypeError("too many dimensions: a tensor has at most 64");
    if (length == 0) break;
    data = element(env, data, 0);
  }
  return shape;
}

// Writes leaves in order into double, int64, bool or complex memory.
class Filler {
 public:
  Filler(Environment& environment, at::ScalarType dtype, const std::vector<int64_t>& shape)
      : environment_(environment), env_(environment.env), dtype_(dtype), shape_(shape) {
    if (at::isComplexType(dtype))
      work_ = at::kComplexDouble;
    else if (dtype == at::kBool)
      work_ = at::kBool;
    else
      work_ = at::isIntegralType(dtype, false) ? at::kLong : at::kDouble;
    tensor_ = at::empty(shape, work_);
    data_ = tensor_.mutable_data_ptr();
  }

  at::Tensor fill(napi_value data) {
    visit(data, 0);
    return work_ == dtype_ ? tensor_ : tensor_.to(dtype_);
  }

 private:
  void visit(napi_value data, size_t depth) {
    if (depth == shape_.size()) return leaf(data);
    if (type_of(env_, data) != napi_object || !is_array(env_, data) ||
        array_length(env_, data) != static_cast<uint32_t>(shape_[depth]))
      throw c10_value_error("expected sequence of length " + std::to_string(shape_[depth]) + " at dim " +
                            std::to_string(depth));
    for (uint32_t i = 0; i < static_cast<uint32_t>(shape_[depth]); i++) {
      HandleScope scope(env_);
      visit(element(env_, data, i), depth + 1);
    }
  }

  static TypeError c10_value_error(const std::string& text) { return TypeError(text); }

  void leaf(napi_value data) {
    const auto type = type_of(env_, data);
    double number = 0, imaginary = 0;
    int64_t integer = 0;
    bool exact = false;
    switch (type) {
      case napi_number: number = to_double(env_, data); break;
      case napi_boolean: number = to_bool(env_, data) ? 1 : 0; break;
      case napi_bigint:
        exact = true;
        integer = dtype_ == at::kUInt64 ? static_cast<int64_t>(bigint_to_uint64(env_, data)) : bigint_to_int64(env_, data);
        number = dtype_ == at::kUInt64 ? static_cast<double>(static_cast<uint64_t>(integer)) : static_cast<double>(integer);
        break;
      case napi_object: {
        const Value value = classify(environment_, data);
        if (value.kind == Kind::complex) {
          number = value.number;
          imaginary = value.imaginary;
          if (work_ != at::kComplexDouble) throw TypeError("can't convert complex to " + std::string(toString(dtype_)));
          break;
        }
        if (value.kind == Kind::tensor && value.handle->tensor.numel() == 1) {
          const auto scalar = value.handle->tensor.item();
          if (scalar.isComplex()) {
            number = scalar.toComplexDouble().real();
            imaginary = scalar.toComplexDouble().imag();
          } else if (scalar.isIntegral(true)) {
            exact = true;
            integer = scalar.toLong();
            number = static_cast<double>(integer);
          } else {
            number = scalar.toDouble();
          }
          break;
        }
        if (value.is_list()) throw TypeError("expected a number but found a list: the nested arrays are ragged");
        throw TypeError("could not infer dtype of " + describe(value));
      }
      default: throw TypeError("new(): data must be numbers, bigints, booleans or Complex");
    }
    switch (work_) {
      case at::kDouble: static_cast<double*>(data_)[at_++] = number; break;
      case at::kBool: static_cast<bool*>(data_)[at_++] = exact ? integer != 0 : number != 0; break;
      case at::kComplexDouble:
        static_cast<c10::complex<double>*>(data_)[at_++] = c10::complex<double>(number, imaginary);
        break;
      default: static_cast<int64_t*>(data_)[at_++] = exact ? integer : to_integer(number); break;
    }
    if (work_ == at::kLong) check_range(static_cast<int64_t*>(data_)[at_ - 1]);
  }

  int64_t to_integer(double number) const {
    if (std::isnan(number)) throw c10_value_error("cannot convert float NaN to integer");
    if (dtype_ == at::kUInt64 && number >= 9223372036854775808.0 && number < 18446744073709551616.0)
      return static_cast<int64_t>(static_cast<uint64_t>(number));
    if (std::abs(number) >= 9223372036854775808.0) throw c10_value_error("Overflow when unpacking long");
    return static_cast<int64_t>(number);
  }

  void check_range(int64_t value) const {
    const auto within = [&](int64_t low, int64_t high) {
      if (value < low || value > high)
        throw c10_value_error("value cannot be converted to type " + std::string(toString(dtype_)) + " without overflow");
    };
    switch (dtype_) {
      case at::kByte: return within(0, 255);
      case at::kChar: return within(-128, 127);
      case at::kShort: return within(-32768, 32767);
      case at::kInt: return within(std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max());
      case at::kUInt16: return within(0, 65535);
      case at::kUInt32: return within(0, 4294967295);
      default: return;
    }
  }

  Environment& environment_;
  napi_env env_;
  at::ScalarType dtype_, work_;
  const std::vector<int64_t>& shape_;
  at::Tensor tensor_;
  void* data_;
  int64_t at_ = 0;
};

napi_value from_nested(Args& args) {
  const auto dtype = to_dtype(args.env, args[1]);
  const auto shape = nested_shape(args.env, args[0]);
  return wrap(args.environment, Filler(args.environment, dtype, shape).fill(args[0]));
}

napi_value item(Args& args) {
  return to_js(args.environment, peek(args.environment, args[0]).item());
}

napi_value item_async(Args& args) {
  const at::Tensor tensor = tensor_of(args.environment, args[0]);
  auto result = std::make_shared<at::Scalar>();
  return run_async(
      args.environment, [tensor, result] { *result = tensor.item(); },
      [result](Environment& environment) { return to_js(environment, *result); });
}

class Reader {
 public:
  Reader(Environment& environment, const at::Tensor& source) : environment_(environment), env_(environment.env) {
    const auto dtype = source.scalar_type();
    unsigned_ = dtype == at::kUInt64;
    auto work = at::kDouble;
    if (dtype == at::kBool)
      work = at::kBool;
    else if (at::isComplexType(dtype))
      work = at::kComplexDouble;
    else if (unsigned_)
      work = at::kUInt64;
    else if (at::isIntegralType(dtype, false))
      work = at::kLong;
    at::Tensor dense = source.detach();
    if (dense.is_quantized()) dense = dense.dequantize();
    if (dense.layout() != at::kStrided) dense = dense.to_dense();
    // A ZeroTensor, as some gradients are, has no memory until it is copied.
    if (dense._is_zerotensor()) dense = dense.clone();
    tensor_ = dense.to(at::kCPU, work).resolve_conj().resolve_neg().contiguous();
    data_ = tensor_.const_data_ptr();
    dtype_ = work;
  }

  napi_value read(int64_t dim = 0) {
    if (dim == tensor_.dim()) return leaf();
    const auto length = static_cast<size_t>(tensor_.size(dim));
    napi_value array = array_of(env_, length);
    for (size_t i = 0; i < length; i++) {
      HandleScope scope(env_);
      set_element(env_, array, i, read(dim + 1));
    }
    return array;
  }

 private:
  napi_value leaf() {
    const auto i = at_++;
    switch (dtype_) {
      case at::kBool: return from(env_, static_cast<const bool*>(data_)[i]);
      case at::kLong: return from(env_, static_cast<const int64_t*>(data_)[i]);
      case at::kUInt64: return to_js(environment_, at::Scalar(static_cast<const uint64_t*>(data_)[i]));
      case at::kComplexDouble: return to_js(environment_, at::Scalar(static_cast<const c10::complex<double>*>(data_)[i]));
      default: return from(env_, static_cast<const double*>(data_)[i]);
    }
  }

  Environment& environment_;
  napi_env env_;
  at::Tensor tensor_;
  const void* data_;
  at::ScalarType dtype_;
  bool unsigned_;
  int64_t at_ = 0;
};

napi_value to_nested(Args& args) {
  return Reader(args.environment, peek(args.environment, args[0])).read();
}

void release_storage(node_api_basic_env, void*, void* hint) { delete static_cast<c10::Storage*>(hint); }

napi_value to_array_buffer(Args& args) {
  const auto& tensor = peek(args.environment, args[0]);
  if (tensor.layout() != at::kStrided || !tensor.device().is_cpu() || !tensor.is_contiguous())
    throw TypeError("Only a contiguous CPU tensor shares its memory with a typed array: use .cpu().contiguous()");
  if (tensor.is_conj() || tensor.is_neg())
    throw TypeError("A lazily conjugated or negated tensor has no memory of its own values: use .resolve_conj().resolve_neg()");
  if (tensor._is_zerotensor()) throw TypeError("A ZeroTensor has no memory of its own values: use .clone()");
  const size_t bytes = tensor.nbytes();
  napi_value buffer;
  if (bytes == 0) {
    check(args.env, napi_create_arraybuffer(args.env, 0, nullptr, &buffer));
    return buffer;
  }
  // `resize_` would free the memory under the buffer.
  if (to_bool(args.env, args[1])) tensor.storage().unsafeGetStorageImpl()->set_resizable(false);
  // Not the tensor, which may be given another storage.
  auto* keep = new c10::Storage(tensor.storage());
  const auto status =
      napi_create_external_arraybuffer(args.env, tensor.mutable_data_ptr(), bytes, release_storage, keep, &buffer);
  if (status != napi_ok) {
    delete keep;
    fail(args.env, status);
  }
  return buffer;
}

napi_value set_data(Args& args) {
  Handle* handle = handle_of(args.environment, args[0]);
  const at::Tensor tensor = tensor_of(args.environment, args[0]);
  tensor.set_data(tensor_of(args.environment, args[1]));
  recharge(*handle);
  return undefined(args.env);
}

}  // namespace

bool is_javascript_memory(const at::Tensor& tensor) {
  return tensor.has_storage() && tensor.storage().data_ptr().get_deleter() == release_buffer;
}

Exports data_exports() {
  return {{"fromBytes", entry<from_bytes>},   {"fromNested", entry<from_nested>},
          {"item", entry<item>},              {"itemAsync", entry<item_async>},
          {"toNested", entry<to_nested>},     {"toArrayBuffer", entry<to_array_buffer>},
          {"setData", entry<set_data>}};
}

}  // namespace torch_node

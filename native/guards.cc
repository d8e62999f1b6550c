#include "guards.h"

#include <ATen/ops/isfinite.h>
#include <c10/util/Exception.h>

#include <unordered_map>

namespace torch_node {

namespace {

using Schema = c10::FunctionSchema;
using Stack = torch::jit::Stack;

const c10::IValue& argument(const Schema& schema, const Stack& stack, const char* name) {
  static const c10::IValue none;
  const auto index = schema.argumentIndexWithName(name);
  return index ? stack[static_cast<size_t>(*index)] : none;
}

// Reads hx[0] and hx[1] unasked.
void lstm_cell_state(const Schema& schema, const Stack& stack) {
  TORCH_CHECK(argument(schema, stack, "hx").toListRef().size() == 2, "lstm_cell: hx must be a list of two tensors");
}

// The kernels index weight, bias and statistics by the input's channel.
void batch_norm_channels(const Schema& schema, const Stack& stack) {
  const auto& input_value = argument(schema, stack, "input");
  if (!input_value.isTensor() || !input_value.toTensor().defined()) return;
  const auto& input = input_value.toTensor();
  TORCH_CHECK(input.dim() >= 2, "batch_norm: input must have at least 2 dimensions, got ", input.dim());
  for (const char* name : {"weight", "bias", "running_mean", "running_var", "save_mean", "save_invstd"}) {
    const auto& value = argument(schema, stack, name);
    if (!value.isTensor() || !value.toTensor().defined() || value.toTensor().numel() == 0) continue;
    TORCH_CHECK(value.toTensor().numel() == input.size(1), "batch_norm: ", name, " should contain ", input.size(1),
                " elements not ", value.toTensor().numel());
  }
}

// FBGEMM packs an empty matrix past its end.
void packed_matrix(const Schema& schema, const Stack& stack) {
  const auto& matrix = argument(schema, stack, "input").toTensor();
  TORCH_CHECK(matrix.dim() == 2 && matrix.numel() > 0, schema.name(), ": input must be a matrix with elements");
}

// oneDNN reads weights and states by the sizes that the other arguments promise.
void onednn_rnn(const Schema& schema, const Stack& stack) {
  const auto& input = argument(schema, stack, "input").toTensor();
  const int64_t hidden = argument(schema, stack, "hidden_size").toInt();
  TORCH_CHECK(input.dim() == 3 && hidden > 0, "mkldnn_rnn_layer: input must be 3-dimensional and hidden_size positive");
  TORCH_CHECK(argument(schema, stack, "mode").toInt() == 2, "mkldnn_rnn_layer: mode must be 2, the LSTM");
  const std::pair<const char*, std::vector<int64_t>> expected[] = {
      {"weight0", {4 * hidden, input.size(2)}}, {"weight1", {4 * hidden, hidden}},
      {"weight2", {4 * hidden}},                {"weight3", {4 * hidden}},
  };
  for (const auto& [name, sizes] : expected)
    TORCH_CHECK(argument(schema, stack, name).toTensor().sizes() == at::IntArrayRef(sizes), "mkldnn_rnn_layer: ", name,
                " must have sizes ", at::IntArrayRef(sizes));
  const int64_t batch = input.size(argument(schema, stack, "batch_first").toBool() ? 0 : 1);
  for (const char* name : {"hx_", "cx_"})
    TORCH_CHECK(argument(schema, stack, name).toTensor().numel() == batch * hidden, "mkldnn_rnn_layer: ", name,
                " must hold batch times hidden_size elements");
  for (const char* name : {"weight0", "weight1", "weight2", "weight3", "hx_", "cx_"})
    TORCH_CHECK(argument(schema, stack, name).toTensor().scalar_type() == input.scalar_type() && at::isFloatingType(input.scalar_type()),
                "mkldnn_rnn_layer: all tensors must have the input's floating dtype");
}

// LAPACK's geev runs past its arrays on infinities and NaN; linalg.eig checks, linalg.eigvals does not.
void finite_matrix(const Schema& schema, const Stack& stack) {
  const auto& matrix = argument(schema, stack, "self").toTensor();
  if (matrix.device().is_cpu() && matrix.layout() == at::kStrided && (matrix.is_floating_point() || matrix.is_complex()))
    TORCH_CHECK(at::isfinite(matrix.detach()).all().item().toBool(),
                "torch.linalg.eigvals: input tensor should not contain infs or NaNs.");
}

// Reads `numel` elements unasked, and takes `n_bins` steps.
void quantization_bins(const Schema& schema, const Stack& stack) {
  const auto& input = argument(schema, stack, "input").toTensor();
  const int64_t numel = argument(schema, stack, "numel").toInt(), bins = argument(schema, stack, "n_bins").toInt();
  TORCH_CHECK(numel >= 0 && numel <= input.numel(), "choose_qparams_optimized: numel is beyond the input");
  TORCH_CHECK(bins > 0 && bins <= 100000, "choose_qparams_optimized: n_bins must be from 1 to 100000, got ", bins);
}

// Rows of no width: the CPU kernel divides by it.
void embedding_rows(const Schema& schema, const Stack& stack) {
  const auto& weight = argument(schema, stack, "weight").toTensor();
  TORCH_CHECK(weight.dim() == 2 && weight.size(1) > 0, "embedding_bag: weight must be a matrix whose rows have elements");
}

// One huge and one empty dimension: the kernel walks the huge one for nothing, for hours.
void pooled_size(const Schema& schema, const Stack& stack) {
  const auto& sizes = argument(schema, stack, "output_size");
  if (!sizes.isIntList()) return;
  for (const int64_t size : sizes.toIntVector())
    TORCH_CHECK(size < (int64_t{1} << 31), schema.name(), ": output_size is too large: ", size);
}

}  // namespace

Guard find_guard(const std::string& name) {
  static const std::unordered_map<std::string, Guard> guards = {
      {"aten::quantized_lstm_cell", lstm_cell_state},
      {"aten::native_batch_norm", batch_norm_channels},
      {"aten::_native_batch_norm_legit", batch_norm_channels},
      {"aten::_native_batch_norm_legit_no_training", batch_norm_channels},
      {"aten::_native_batch_norm_legit_functional", batch_norm_channels},
      {"aten::native_batch_norm_backward", batch_norm_channels},
      {"aten::batch_norm_update_stats", batch_norm_channels},
      {"aten::_batch_norm_with_update", batch_norm_channels},
      {"aten::_batch_norm_no_update", batch_norm_channels},
      {"aten::fbgemm_pack_gemm_matrix_fp16", packed_matrix},
      {"aten::fbgemm_pack_quantized_matrix", packed_matrix},
      {"aten::fbgemm_linear_quantize_weight", packed_matrix},
      {"aten::linalg_eigvals", finite_matrix},
      {"aten::_linalg_eigvals", finite_matrix},
      {"aten::choose_qparams_optimized", quantization_bins},
      {"aten::mkldnn_rnn_layer", onednn_rnn},
      {"aten::embedding_bag", embedding_rows},
      {"aten::_embedding_bag", embedding_rows},
      {"aten::_embedding_bag_forward_only", embedding_rows},
      {"aten::adaptive_max_pool2d", pooled_size},
      {"aten::adaptive_max_pool3d", pooled_size},
      {"aten::adaptive_avg_pool2d", pooled_size},
      {"aten::adaptive_avg_pool3d", pooled_size},
      {"aten::_adaptive_avg_pool2d", pooled_size},
      {"aten::_adaptive_avg_pool3d", pooled_size},
  };
  const auto place = guards.find(name);
  return place == guards.end() ? nullptr : place->second;
}

}  // namespace torch_node

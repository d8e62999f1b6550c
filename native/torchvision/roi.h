// What the operators over regions of interest have in common.
#pragma once

#include <ATen/Dispatch.h>
#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <limits>

namespace torch_node::torchvision {

// In each direction: their product stays a number.
constexpr int64_t kMostBins = std::numeric_limits<int32_t>::max();

// A gradient as kernels read it: it may come without memory of its own, or with its signs yet to be changed.
inline at::Tensor plain_memory(const at::Tensor& t) {
  return t._is_zerotensor() ? at::zeros(t.sizes(), t.options()) : t.resolve_neg().contiguous();
}

// Input [N, C, H, W], regions [K, 5] of (batch, x1, y1, x2, y2); every region's image must be there.
inline void check_rois(const char* name, const at::Tensor& input, const at::Tensor& rois, int64_t height,
                       int64_t width) {
  TORCH_CHECK(input.dim() == 4, name, ": input should be a 4d tensor, got ", input.dim(), "D");
  TORCH_CHECK(rois.dim() == 2 && rois.size(1) == 5, name, ": rois must have shape [K, 5], got ", rois.sizes());
  TORCH_CHECK(input.scalar_type() == rois.scalar_type(), name, ": input and rois should have the same type");
  TORCH_CHECK(height > 0 && width > 0, name, ": the output size must be positive");
  TORCH_CHECK(height <= kMostBins && width <= kMostBins, name, ": the output size is too large");
  if (rois.size(0) == 0) return;
  const auto images = rois.select(1, 0);
  TORCH_CHECK(images.ge(0).logical_and(images.lt(input.size(0))).all().item<bool>(), name,
              ": a region names an image that is not in the batch of ", input.size(0));
}

// Channels over many threads.
template <typename Work>
void for_each_channel(int64_t channels, const Work& work) {
  at::parallel_for(0, channels, 1, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; c++) work(c);
  });
}

}  // namespace torch_node::torchvision

#include <ATen/Dispatch.h>
#include <ATen/Functions.h>
#include <ATen/Parallel.h>

#include "ops.h"

namespace torch_node::torchvision {

at::Tensor nms(const at::Tensor& dets, const at::Tensor& scores, double iou_threshold) {
  TORCH_CHECK(dets.dim() == 2, "boxes should be a 2d tensor, got ", dets.dim(), "D");
  TORCH_CHECK(dets.size(1) == 4, "boxes should have 4 elements in dimension 1, got ", dets.size(1));
  TORCH_CHECK(scores.dim() == 1, "scores should be a 1d tensor, got ", scores.dim(), "D");
  TORCH_CHECK(dets.size(0) == scores.size(0), "boxes and scores should have same number of elements in dimension 0, got ",
              dets.size(0), " and ", scores.size(0));
  TORCH_CHECK(dets.scalar_type() == scores.scalar_type(), "dets should have the same type as scores");
  const int64_t count = dets.size(0);
  const auto order = std::get<1>(scores.sort(/*stable=*/true, /*dim=*/0, /*descending=*/true)).contiguous();
  const auto columns = dets.t().contiguous();
  std::vector<int64_t> kept;
  AT_DISPATCH_FLOATING_TYPES(dets.scalar_type(), "nms", [&] {
    const scalar_t* x1 = columns.const_data_ptr<scalar_t>();
    const scalar_t *y1 = x1 + count, *x2 = y1 + count, *y2 = x2 + count;
    const int64_t* ranked = order.const_data_ptr<int64_t>();
    std::vector<uint8_t> dropped(static_cast<size_t>(count), 0);
    const auto area = [&](int64_t i) { return (x2[i] - x1[i]) * (y2[i] - y1[i]); };
    for (int64_t a = 0; a < count; a++) {
      const int64_t i = ranked[a];
      if (dropped[static_cast<size_t>(i)]) continue;
      kept.push_back(i);
      for (int64_t b = a + 1; b < count; b++) {
        const int64_t j = ranked[b];
        if (dropped[static_cast<size_t>(j)]) continue;
        const scalar_t width = std::max<scalar_t>(0, std::min(x2[i], x2[j]) - std::max(x1[i], x1[j]));
        const scalar_t height = std::max<scalar_t>(0, std::min(y2[i], y2[j]) - std::max(y1[i], y1[j]));
        const scalar_t inter = width * height;
        if (inter / (area(i) + area(j) - inter) > iou_threshold) dropped[static_cast<size_t>(j)] = 1;
      }
    }
  });
  return at::tensor(kept, dets.options().dtype(at::kLong));
}

}  // namespace torch_node::torchvision

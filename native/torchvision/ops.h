// The operators that torchvision's detection models need, on the CPU. They know ATen and nothing of JavaScript.
#pragma once

#include <ATen/core/Tensor.h>

#include <tuple>
#include <vector>

namespace torch_node::torchvision {

using TwoTensors = std::tuple<at::Tensor, at::Tensor>;

at::Tensor nms(const at::Tensor& dets, const at::Tensor& scores, double iou_threshold);

// Of boxes (center x, center y, width, height, degrees): [N, 5] and [M, 5] give [N, M].
at::Tensor box_iou_rotated(const at::Tensor& boxes1, const at::Tensor& boxes2);

at::Tensor roi_align(const at::Tensor& input, const at::Tensor& rois, double scale, int64_t height, int64_t width,
                     int64_t sampling_ratio, bool aligned);
at::Tensor roi_align_backward(const at::Tensor& grad, const at::Tensor& rois, double scale, int64_t height,
                              int64_t width, at::IntArrayRef input_sizes, int64_t sampling_ratio, bool aligned);

// The second result is the channel that each output was taken from.
TwoTensors ps_roi_align(const at::Tensor& input, const at::Tensor& rois, double scale, int64_t height, int64_t width,
                        int64_t sampling_ratio);
at::Tensor ps_roi_align_backward(const at::Tensor& grad, const at::Tensor& rois, double scale, int64_t height,
                                 int64_t width, at::IntArrayRef input_sizes, int64_t sampling_ratio);

// The second result is the place of each maximum in its channel, -1 for an empty bin.
TwoTensors roi_pool(const at::Tensor& input, const at::Tensor& rois, double scale, int64_t height, int64_t width);
at::Tensor roi_pool_backward(const at::Tensor& grad, const at::Tensor& rois, const at::Tensor& argmax,
                             at::IntArrayRef input_sizes);

TwoTensors ps_roi_pool(const at::Tensor& input, const at::Tensor& rois, double scale, int64_t height, int64_t width);
at::Tensor ps_roi_pool_backward(const at::Tensor& grad, const at::Tensor& rois, double scale, int64_t height,
                                int64_t width, at::IntArrayRef input_sizes);

struct DeformOptions {
  std::vector<int64_t> stride, padding, dilation;
  int64_t groups, offset_groups;
  bool use_mask;
};
at::Tensor deform_conv2d(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& offset,
                         const at::Tensor& mask, const at::Tensor& bias, const DeformOptions& options);
// Gradients of input, weight, offset, mask and bias.
std::vector<at::Tensor> deform_conv2d_backward(const at::Tensor& grad, const at::Tensor& input,
                                               const at::Tensor& weight, const at::Tensor& offset,
                                               const at::Tensor& mask, const DeformOptions& options);

// Registers all of them under `torchvision::`, once a process, unless a library has brought its own.
void register_operators();

}  // namespace torch_node::torchvision

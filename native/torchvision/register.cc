// Schemas as torchvision has them, with kernels for the CPU and their gradients.
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <mutex>

#include "ops.h"

namespace torch_node::torchvision {

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

constexpr const char* kSchemas[] = {
    "box_iou_rotated(Tensor boxes1, Tensor boxes2) -> Tensor",
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, int sampling_ratio, bool aligned) -> Tensor",
    "ps_roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, int sampling_ratio) -> (Tensor, Tensor)",
    "roi_pool(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width) -> (Tensor, Tensor)",
    "ps_roi_pool(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width) -> (Tensor, Tensor)",
    "deform_conv2d(Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, SymInt stride_h, SymInt stride_w, SymInt pad_h, SymInt pad_w, SymInt dilation_h, SymInt dilation_w, SymInt groups, SymInt offset_groups, bool use_mask) -> Tensor",
};

// Gradients of these operators have no gradients of their own, as in torchvision.
void only_once(const char* name) {
  TORCH_CHECK(!at::GradMode::is_enabled(), "double backwards on ", name, " not supported");
}

// The operator itself, for a kernel that goes on below autograd: what tensors are (on another device, with their signs yet to
// be changed) is for the dispatcher.
template <typename Signature, typename... Arguments>
auto redispatch(const char* name, const Arguments&... arguments) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<Signature>().call(arguments...);
}

struct RoiAlign : Function<RoiAlign> {
  static Tensor forward(AutogradContext* ctx, const Tensor& input, const Tensor& rois, double scale, int64_t height,
                        int64_t width, int64_t sampling_ratio, bool aligned) {
    at::AutoDispatchBelowADInplaceOrView below;
    ctx->save_for_backward({rois});
    for (const auto& [name, value] : std::initializer_list<std::pair<const char*, c10::IValue>>{
             {"sizes", input.sizes()}, {"scale", scale}, {"height", height}, {"width", width},
             {"ratio", sampling_ratio}, {"aligned", aligned}})
      ctx->saved_data[name] = value;
    return redispatch<Tensor(const Tensor&, const Tensor&, double, c10::SymInt, c10::SymInt, int64_t, bool)>(
        "torchvision::roi_align", input, rois, scale, height, width, sampling_ratio, aligned);
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    only_once("roi_align");
    auto& data = ctx->saved_data;
    const auto sizes = data["sizes"].toIntVector();
    return {roi_align_backward(grads[0], ctx->get_saved_variables()[0], data["scale"].toDouble(),
                               data["height"].toInt(), data["width"].toInt(), sizes, data["ratio"].toInt(),
                               data["aligned"].toBool()),
            {}, {}, {}, {}, {}, {}};
  }
};

struct PsRoiAlign : Function<PsRoiAlign> {
  static variable_list forward(AutogradContext* ctx, const Tensor& input, const Tensor& rois, double scale,
                               int64_t height, int64_t width, int64_t sampling_ratio) {
    at::AutoDispatchBelowADInplaceOrView below;
    ctx->save_for_backward({rois});
    ctx->saved_data["sizes"] = input.sizes();
    ctx->saved_data["scale"] = scale;
    ctx->saved_data["height"] = height;
    ctx->saved_data["width"] = width;
    ctx->saved_data["ratio"] = sampling_ratio;
    auto [out, mapping] = redispatch<TwoTensors(const Tensor&, const Tensor&, double, c10::SymInt, c10::SymInt, int64_t)>(
        "torchvision::ps_roi_align", input, rois, scale, height, width, sampling_ratio);
    ctx->mark_non_differentiable({mapping});
    return {out, mapping};
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    only_once("ps_roi_align");
    auto& data = ctx->saved_data;
    const auto sizes = data["sizes"].toIntVector();
    return {ps_roi_align_backward(grads[0], ctx->get_saved_variables()[0], data["scale"].toDouble(),
                                  data["height"].toInt(), data["width"].toInt(), sizes, data["ratio"].toInt()),
            {}, {}, {}, {}, {}};
  }
};

struct RoiPool : Function<RoiPool> {
  static variable_list forward(AutogradContext* ctx, const Tensor& input, const Tensor& rois, double scale,
                               int64_t height, int64_t width) {
    at::AutoDispatchBelowADInplaceOrView below;
    auto [out, argmax] = redispatch<TwoTensors(const Tensor&, const Tensor&, double, c10::SymInt, c10::SymInt)>(
        "torchvision::roi_pool", input, rois, scale, height, width);
    ctx->save_for_backward({rois, argmax});
    ctx->saved_data["sizes"] = input.sizes();
    ctx->mark_non_differentiable({argmax});
    return {out, argmax};
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    only_once("roi_pool");
    const auto saved = ctx->get_saved_variables();
    const auto sizes = ctx->saved_data["sizes"].toIntVector();
    return {roi_pool_backward(grads[0], saved[0], saved[1], sizes), {}, {}, {}, {}};
  }
};

struct PsRoiPool : Function<PsRoiPool> {
  static variable_list forward(AutogradContext* ctx, const Tensor& input, const Tensor& rois, double scale,
                               int64_t height, int64_t width) {
    at::AutoDispatchBelowADInplaceOrView below;
    ctx->save_for_backward({rois});
    ctx->saved_data["sizes"] = input.sizes();
    ctx->saved_data["scale"] = scale;
    ctx->saved_data["height"] = height;
    ctx->saved_data["width"] = width;
    auto [out, mapping] = redispatch<TwoTensors(const Tensor&, const Tensor&, double, c10::SymInt, c10::SymInt)>(
        "torchvision::ps_roi_pool", input, rois, scale, height, width);
    ctx->mark_non_differentiable({mapping});
    return {out, mapping};
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    only_once("ps_roi_pool");
    auto& data = ctx->saved_data;
    const auto sizes = data["sizes"].toIntVector();
    return {ps_roi_pool_backward(grads[0], ctx->get_saved_variables()[0], data["scale"].toDouble(),
                                 data["height"].toInt(), data["width"].toInt(), sizes),
            {}, {}, {}, {}};
  }
};

struct DeformConv2d : Function<DeformConv2d> {
  static Tensor forward(AutogradContext* ctx, const Tensor& input, const Tensor& weight, const Tensor& offset,
                        const Tensor& mask, const Tensor& bias, const std::vector<int64_t>& numbers, bool use_mask) {
    at::AutoDispatchBelowADInplaceOrView below;
    ctx->save_for_backward({input, weight, offset, mask});
    ctx->saved_data["numbers"] = numbers;
    ctx->saved_data["use_mask"] = use_mask;
    using c10::SymInt;
    const auto& n = numbers;
    return redispatch<Tensor(const Tensor&, const Tensor&, const Tensor&, const Tensor&, const Tensor&, SymInt, SymInt,
                             SymInt, SymInt, SymInt, SymInt, SymInt, SymInt, bool)>(
        "torchvision::deform_conv2d", input, weight, offset, mask, bias, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7],
        use_mask);
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    only_once("deform_conv2d");
    const auto saved = ctx->get_saved_variables();
    auto result = deform_conv2d_backward(
        grads[0], saved[0], saved[1], saved[2], saved[3],
        options(ctx->saved_data["numbers"].toIntVector(), ctx->saved_data["use_mask"].toBool()));
    result.resize(7);
    return result;
  }
  static DeformOptions options(const std::vector<int64_t>& n, bool use_mask) {
    return {{n[0], n[1]}, {n[2], n[3]}, {n[4], n[5]}, n[6], n[7], use_mask};
  }
};

Tensor roi_align_autograd(const Tensor& input, const Tensor& rois, double scale, int64_t height, int64_t width,
                          int64_t sampling_ratio, bool aligned) {
  return RoiAlign::apply(input, rois, scale, height, width, sampling_ratio, aligned);
}

TwoTensors pair(const variable_list& list) { return {list[0], list[1]}; }

TwoTensors ps_roi_align_autograd(const Tensor& input, const Tensor& rois, double scale, int64_t height, int64_t width,
                                 int64_t sampling_ratio) {
  return pair(PsRoiAlign::apply(input, rois, scale, height, width, sampling_ratio));
}

TwoTensors roi_pool_autograd(const Tensor& input, const Tensor& rois, double scale, int64_t height, int64_t width) {
  return pair(RoiPool::apply(input, rois, scale, height, width));
}

TwoTensors ps_roi_pool_autograd(const Tensor& input, const Tensor& rois, double scale, int64_t height, int64_t width) {
  return pair(PsRoiPool::apply(input, rois, scale, height, width));
}

Tensor deform_conv2d_cpu(const Tensor& input, const Tensor& weight, const Tensor& offset, const Tensor& mask,
                         const Tensor& bias, int64_t stride_h, int64_t stride_w, int64_t pad_h, int64_t pad_w,
                         int64_t dilation_h, int64_t dilation_w, int64_t groups, int64_t offset_groups, bool use_mask) {
  return deform_conv2d(input, weight, offset, mask, bias,
                       {{stride_h, stride_w}, {pad_h, pad_w}, {dilation_h, dilation_w}, groups, offset_groups, use_mask});
}

Tensor deform_conv2d_autograd(const Tensor& input, const Tensor& weight, const Tensor& offset, const Tensor& mask,
                              const Tensor& bias, int64_t stride_h, int64_t stride_w, int64_t pad_h, int64_t pad_w,
                              int64_t dilation_h, int64_t dilation_w, int64_t groups, int64_t offset_groups,
                              bool use_mask) {
  const std::vector<int64_t> numbers{stride_h,   stride_w,   pad_h,  pad_w,
                                     dilation_h, dilation_w, groups, offset_groups};
  return DeformConv2d::apply(input, weight, offset, mask, bias, numbers, use_mask);
}

void define_all() {
  // Kept for the life of the process, and in pieces, so that torchvision's own library can still come for the rest.
  static auto* library =
      new torch::Library(torch::Library::FRAGMENT, "torchvision", std::nullopt, __FILE__, __LINE__);
  for (const char* schema : kSchemas) library->def(schema);
  static auto* cpu =
      new torch::Library(torch::Library::IMPL, "torchvision", c10::DispatchKey::CPU, __FILE__, __LINE__);
  cpu->impl("nms", nms);
  cpu->impl("box_iou_rotated", box_iou_rotated);
  cpu->impl("roi_align", roi_align);
  cpu->impl("ps_roi_align", ps_roi_align);
  cpu->impl("roi_pool", roi_pool);
  cpu->impl("ps_roi_pool", ps_roi_pool);
  cpu->impl("deform_conv2d", deform_conv2d_cpu);
  static auto* autograd =
      new torch::Library(torch::Library::IMPL, "torchvision", c10::DispatchKey::AutogradCPU, __FILE__, __LINE__);
  autograd->impl("roi_align", roi_align_autograd);
  autograd->impl("ps_roi_align", ps_roi_align_autograd);
  autograd->impl("roi_pool", roi_pool_autograd);
  autograd->impl("ps_roi_pool", ps_roi_pool_autograd);
  autograd->impl("deform_conv2d", deform_conv2d_autograd);
}

}  // namespace

void register_operators() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (!c10::Dispatcher::singleton().findSchema({"torchvision::nms", ""})) define_all();
  });
}

}  // namespace torch_node::torchvision

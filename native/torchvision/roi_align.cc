#include "bilinear.h"
#include "ops.h"
#include "roi.h"

namespace torch_node::torchvision {

namespace {

// In one region, over all of its bins.
constexpr double kMostPoints = 1 << 24;

// One region in pixels of the input, and how it is sampled.
template <typename T>
struct Region {
  int64_t image;
  T top, left, bin_height, bin_width;
  int64_t rows, columns;

  Region(const T* roi, T scale, T offset, bool at_least_one, int64_t height, int64_t width, int64_t sampling_ratio)
      : image(static_cast<int64_t>(roi[0])), top(roi[2] * scale - offset), left(roi[1] * scale - offset) {
    T roi_width = roi[3] * scale - offset - left, roi_height = roi[4] * scale - offset - top;
    if (at_least_one) {
      roi_width = std::max(roi_width, T(1));
      roi_height = std::max(roi_height, T(1));
    }
    bin_height = roi_height / static_cast<T>(height);
    bin_width = roi_width / static_cast<T>(width);
    // A hostile region must not ask for more memory than there is. NaN has no points.
    const double high = sampling_ratio > 0 ? static_cast<double>(sampling_ratio) : std::ceil(bin_height);
    const double wide = sampling_ratio > 0 ? static_cast<double>(sampling_ratio) : std::ceil(bin_width);
    const double points = std::max(high, 1.0) * std::max(wide, 1.0) * static_cast<double>(height * width);
    TORCH_CHECK(!(points > kMostPoints), "a region is larger than can be sampled: give a smaller sampling_ratio");
    rows = high > 0 ? static_cast<int64_t>(high) : 0;
    columns = wide > 0 ? static_cast<int64_t>(wide) : 0;
  }

  int64_t samples() const { return std::max<int64_t>(rows * columns, 0); }

  // The corners of every sample of every bin, bin by bin.
  std::vector<Corners<T>> corners(int64_t height, int64_t width, int64_t in_height, int64_t in_width) const {
    std::vector<Corners<T>> all;
    all.reserve(static_cast<size_t>(height * width * samples()));
    for (int64_t ph = 0; ph < height; ph++)
      for (int64_t pw = 0; pw < width; pw++)
        for (int64_t iy = 0; iy < rows; iy++) {
          const T y = top + static_cast<T>(ph) * bin_height +
                      static_cast<T>(static_cast<T>(iy) + T(0.5)) * bin_height / static_cast<T>(rows);
          for (int64_t ix = 0; ix < columns; ix++) {
            const T x = left + static_cast<T>(pw) * bin_width +
                        static_cast<T>(static_cast<T>(ix) + T(0.5)) * bin_width / static_cast<T>(columns);
            all.push_back(corners_of(in_height, in_width, y, x));
          }
        }
    return all;
  }
};

// What differs between the plain and the position-sensitive operator.
struct Variant {
  double offset;
  bool at_least_one;
  // Bin (ph, pw) of output channel c reads input channel (c * height + ph) * width + pw.
  bool position_sensitive;
};

// Visits every bin of every channel: visit(roi, output place, input channel, corners, samples).
template <typename T, typename Visit>
void walk(const at::Tensor& rois, const Variant& variant, double scale, int64_t height, int64_t width,
          int64_t sampling_ratio, at::IntArrayRef input_sizes, int64_t channels, const Visit& visit) {
  const T* regions = rois.const_data_ptr<T>();
  for (int64_t k = 0; k < rois.size(0); k++) {
    const Region<T> region(regions + k * 5, static_cast<T>(scale), static_cast<T>(variant.offset),
                           variant.at_least_one, height, width, sampling_ratio);
    const auto corners = region.corners(height, width, input_sizes[2], input_sizes[3]);
    const int64_t samples = region.samples();
    for_each_channel(channels, [&](int64_t c) {
      for (int64_t bin = 0; bin < height * width; bin++) {
        const int64_t from = variant.position_sensitive ? c * height * width + bin : c;
        visit(region.image, (k * channels + c) * height * width + bin, from, corners.data() + bin * samples, samples);
      }
    });
  }
}

at::Tensor forward(const at::Tensor& input, const at::Tensor& rois, const Variant& variant, double scale,
                   int64_t height, int64_t width, int64_t sampling_ratio, int64_t channels) {
  const auto in = input.contiguous(), regions = rois.contiguous();
  auto out = at::zeros({rois.size(0), channels, height, width}, input.options());
  const int64_t plane = input.size(2) * input.size(3);
  if (out.numel() == 0 || input.numel() == 0) return out;
  AT_DISPATCH_FLOATING_TYPES(input.scalar_type(), "roi_align", [&] {
    const scalar_t* source = in.const_data_ptr<scalar_t>();
    scalar_t* target = out.mutable_data_ptr<scalar_t>();
    walk<scalar_t>(regions, variant, scale, height, width, sampling_ratio, input.sizes(), channels,
                   [&](int64_t image, int64_t place, int64_t from, const Corners<scalar_t>* corners, int64_t samples) {
                     const scalar_t* channel = source + (image * input.size(1) + from) * plane;
                     scalar_t sum = 0;
                     for (int64_t i = 0; i < samples; i++) sum += sample(channel, corners[i]);
                     target[place] = sum / static_cast<scalar_t>(variant.at_least_one || !variant.position_sensitive
                                                                     ? std::max<int64_t>(samples, 1)
                                                                     : samples);
                   });
  });
  return out;
}

at::Tensor backward(const at::Tensor& grad, const at::Tensor& rois, const Variant& variant, double scale,
                    int64_t height, int64_t width, at::IntArrayRef input_sizes, int64_t sampling_ratio) {
  const auto out_grad = plain_memory(grad), regions = plain_memory(rois);
  auto in_grad = at::zeros(input_sizes, grad.options());
  const int64_t plane = input_sizes[2] * input_sizes[3];
  if (grad.numel() == 0 || in_grad.numel() == 0) return in_grad;
  AT_DISPATCH_FLOATING_TYPES(grad.scalar_type(), "roi_align_backward", [&] {
    const scalar_t* source = out_grad.const_data_ptr<scalar_t>();
    scalar_t* target = in_grad.mutable_data_ptr<scalar_t>();
    walk<scalar_t>(regions, variant, scale, height, width, sampling_ratio, input_sizes, grad.size(1),
                   [&](int64_t image, int64_t place, int64_t from, const Corners<scalar_t>* corners, int64_t samples) {
                     scalar_t* channel = target + (image * input_sizes[1] + from) * plane;
                     const scalar_t share = source[place] / static_cast<scalar_t>(samples);
                     for (int64_t i = 0; i < samples; i++)
                       for (int corner = 0; corner < 4; corner++)
                         channel[corners[i].place[corner]] += share * corners[i].weight[corner];
                   });
  });
  return in_grad;
}

Variant plain(bool aligned) { return {aligned ? 0.5 : 0, !aligned, false}; }
constexpr Variant kPositionSensitive{0.5, false, true};

}  // namespace

at::Tensor roi_align(const at::Tensor& input, const at::Tensor& rois, double scale, int64_t height, int64_t width,
                     int64_t sampling_ratio, bool aligned) {
  check_rois("roi_align", input, rois, height, width);
  return forward(input, rois, plain(aligned), scale, height, width, sampling_ratio, input.size(1));
}

at::Tensor roi_align_backward(const at::Tensor& grad, const at::Tensor& rois, double scale, int64_t height,
                              int64_t width, at::IntArrayRef input_sizes, int64_t sampling_ratio, bool aligned) {
  return backward(grad, rois, plain(aligned), scale, height, width, input_sizes, sampling_ratio);
}

TwoTensors ps_roi_align(const at::Tensor& input, const at::Tensor& rois, double scale, int64_t height, int64_t width,
                        int64_t sampling_ratio) {
  check_rois("ps_roi_align", input, rois, height, width);
  TORCH_CHECK(input.size(1) % (height * width) == 0,
              "input channels must be a multiple of pooling height * pooling width");
  const int64_t channels = input.size(1) / (height * width);
  auto mapping = at::arange(input.size(1), input.options().dtype(at::kInt))
                     .view({1, channels, height, width})
                     .expand({rois.size(0), channels, height, width})
                     .contiguous();
  return {forward(input, rois, kPositionSensitive, scale, height, width, sampling_ratio, channels), mapping};
}

at::Tensor ps_roi_align_backward(const at::Tensor& grad, const at::Tensor& rois, double scale, int64_t height,
                                 int64_t width, at::IntArrayRef input_sizes, int64_t sampling_ratio) {
  return backward(grad, rois, kPositionSensitive, scale, height, width, input_sizes, sampling_ratio);
}

}  // namespace torch_node::torchvision

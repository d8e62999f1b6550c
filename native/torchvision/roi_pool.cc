#include <cmath>

#include "ops.h"
#include "roi.h"

namespace torch_node::torchvision {

namespace {

// The pixels [top, bottom) x [left, right) of one bin.
struct Bin {
  int64_t top, bottom, left, right;
  int64_t area() const { return bottom > top && right > left ? (bottom - top) * (right - left) : 0; }
};

// A region in whole pixels. The position-sensitive operator's regions end before their last pixel.
template <typename T>
struct Region {
  int64_t image, top, left;
  T bin_height, bin_width;
  int64_t last_row, last_column;

  Region(const T* roi, T scale, int64_t height, int64_t width, int64_t end_row, int64_t end_column, bool inclusive)
      : image(static_cast<int64_t>(roi[0])), last_row(end_row), last_column(end_column) {
    left = pixel(roi[1] * scale);
    top = pixel(roi[2] * scale);
    const int64_t extra = inclusive ? 1 : 0;
    const int64_t roi_width = std::max<int64_t>(pixel(roi[3] * scale) - left + extra, 1);
    const int64_t roi_height = std::max<int64_t>(pixel(roi[4] * scale) - top + extra, 1);
    bin_height = static_cast<T>(roi_height) / static_cast<T>(height);
    bin_width = static_cast<T>(roi_width) / static_cast<T>(width);
  }

  Bin bin(int64_t ph, int64_t pw) const {
    const auto clamp = [](int64_t value, int64_t last) { return std::min(std::max<int64_t>(value, 0), last); };
    const auto start = [](int64_t i, T size) { return static_cast<int64_t>(std::floor(static_cast<T>(i) * size)); };
    const auto end = [](int64_t i, T size) { return static_cast<int64_t>(std::ceil(static_cast<T>(i + 1) * size)); };
    return {clamp(start(ph, bin_height) + top, last_row), clamp(end(ph, bin_height) + top, last_row),
            clamp(start(pw, bin_width) + left, last_column), clamp(end(pw, bin_width) + left, last_column)};
  }

 private:
  static int64_t pixel(T value) {
    TORCH_CHECK(std::isfinite(value) && std::abs(value) < T(1e9), "a region has impossible coordinates");
    return static_cast<int64_t>(std::round(value));
  }
};

// Which operator's bins to visit. torchvision's position-sensitive one leaves the last row and column out on the way
// forward, but not on the way back: so do we.
enum class Kind : uint8_t { plain, sensitive_forward, sensitive_backward };

// Visits every bin of every channel: visit(image, output place, input channel, bin).
template <typename T, typename Visit>
void walk(const at::Tensor& rois, double scale, int64_t height, int64_t width, at::IntArrayRef input_sizes,
          int64_t channels, Kind kind, const Visit& visit) {
  const bool position_sensitive = kind != Kind::plain;
  const int64_t left_out = kind == Kind::sensitive_forward ? 1 : 0;
  const T* regions = rois.const_data_ptr<T>();
  for (int64_t k = 0; k < rois.size(0); k++) {
    const Region<T> region(regions + k * 5, static_cast<T>(scale), height, width, input_sizes[2] - left_out,
                           input_sizes[3] - left_out, !position_sensitive);
    for_each_channel(channels, [&](int64_t c) {
      for (int64_t ph = 0; ph < height; ph++)
        for (int64_t pw = 0; pw < width; pw++) {
          const int64_t bin = ph * width + pw;
          visit(region.image, (k * channels + c) * height * width + bin,
                position_sensitive ? c * height * width + bin : c, region.bin(ph, pw));
        }
    });
  }
}

}  // namespace

TwoTensors roi_pool(const at::Tensor& input, const at::Tensor& rois, double scale, int64_t height, int64_t width) {
  check_rois("roi_pool", input, rois, height, width);
  const auto in = input.contiguous(), regions = rois.contiguous();
  auto out = at::zeros({rois.size(0), input.size(1), height, width}, input.options());
  auto argmax = at::full({rois.size(0), input.size(1), height, width}, -1, input.options().dtype(at::kInt));
  const int64_t columns = input.size(3), plane = input.size(2) * columns;
  AT_DISPATCH_FLOATING_TYPES(input.scalar_type(), "roi_pool", [&] {
    const scalar_t* source = in.const_data_ptr<scalar_t>();
    scalar_t* target = out.mutable_data_ptr<scalar_t>();
    int* places = argmax.mutable_data_ptr<int>();
    walk<scalar_t>(regions, scale, height, width, input.sizes(), input.size(1), Kind::plain,
                   [&](int64_t image, int64_t place, int64_t from, const Bin& bin) {
                     if (bin.area() == 0) return;
                     const scalar_t* channel = source + (image * input.size(1) + from) * plane;
                     scalar_t best = std::numeric_limits<scalar_t>::lowest();
                     for (int64_t y = bin.top; y < bin.bottom; y++)
                       for (int64_t x = bin.left; x < bin.right; x++) {
                         if (!(channel[y * columns + x] > best)) continue;
                         best = channel[y * columns + x];
                         places[place] = static_cast<int>(y * columns + x);
                       }
                     target[place] = best;
                   });
  });
  return {out, argmax};
}

at::Tensor roi_pool_backward(const at::Tensor& grad, const at::Tensor& rois, const at::Tensor& argmax,
                             at::IntArrayRef input_sizes) {
  const auto out_grad = plain_memory(grad), regions = plain_memory(rois), places = argmax.contiguous();
  auto in_grad = at::zeros(input_sizes, grad.options());
  const int64_t channels = grad.size(1), bins = grad.size(2) * grad.size(3), plane = input_sizes[2] * input_sizes[3];
  AT_DISPATCH_FLOATING_TYPES(grad.scalar_type(), "roi_pool_backward", [&] {
    const scalar_t* source = out_grad.const_data_ptr<scalar_t>();
    const scalar_t* region = regions.const_data_ptr<scalar_t>();
    const int* place = places.const_data_ptr<int>();
    scalar_t* target = in_grad.mutable_data_ptr<scalar_t>();
    for_each_channel(channels, [&](int64_t c) {
      for (int64_t k = 0; k < grad.size(0); k++) {
        scalar_t* channel = target + (static_cast<int64_t>(region[k * 5]) * channels + c) * plane;
        for (int64_t i = (k * channels + c) * bins; i < (k * channels + c + 1) * bins; i++)
          if (place[i] >= 0) channel[place[i]] += source[i];
      }
    });
  });
  return in_grad;
}

TwoTensors ps_roi_pool(const at::Tensor& input, const at::Tensor& rois, double scale, int64_t height, int64_t width) {
  check_rois("ps_roi_pool", input, rois, height, width);
  TORCH_CHECK(input.size(1) % (height * width) == 0,
              "input channels must be a multiple of pooling height * pooling width");
  const int64_t channels = input.size(1) / (height * width);
  const auto in = input.contiguous(), regions = rois.contiguous();
  auto out = at::zeros({rois.size(0), channels, height, width}, input.options());
  auto mapping = at::arange(input.size(1), input.options().dtype(at::kInt))
                     .view({1, channels, height, width})
                     .expand({rois.size(0), channels, height, width})
                     .contiguous();
  const int64_t columns = input.size(3), plane = input.size(2) * columns;
  AT_DISPATCH_FLOATING_TYPES(input.scalar_type(), "ps_roi_pool", [&] {
    const scalar_t* source = in.const_data_ptr<scalar_t>();
    scalar_t* target = out.mutable_data_ptr<scalar_t>();
    walk<scalar_t>(regions, scale, height, width, input.sizes(), channels, Kind::sensitive_forward,
                   [&](int64_t image, int64_t place, int64_t from, const Bin& bin) {
                     if (bin.area() == 0) return;
                     const scalar_t* channel = source + (image * input.size(1) + from) * plane;
                     scalar_t sum = 0;
                     for (int64_t y = bin.top; y < bin.bottom; y++)
                       for (int64_t x = bin.left; x < bin.right; x++) sum += channel[y * columns + x];
                     target[place] = sum / static_cast<scalar_t>(bin.area());
                   });
  });
  return {out, mapping};
}

at::Tensor ps_roi_pool_backward(const at::Tensor& grad, const at::Tensor& rois, double scale, int64_t height,
                                int64_t width, at::IntArrayRef input_sizes) {
  const auto out_grad = plain_memory(grad), regions = plain_memory(rois);
  auto in_grad = at::zeros(input_sizes, grad.options());
  const int64_t columns = input_sizes[3], plane = input_sizes[2] * columns;
  AT_DISPATCH_FLOATING_TYPES(grad.scalar_type(), "ps_roi_pool_backward", [&] {
    const scalar_t* source = out_grad.const_data_ptr<scalar_t>();
    scalar_t* target = in_grad.mutable_data_ptr<scalar_t>();
    walk<scalar_t>(regions, scale, height, width, input_sizes, grad.size(1), Kind::sensitive_backward,
                   [&](int64_t image, int64_t place, int64_t from, const Bin& bin) {
                     if (bin.area() == 0) return;
                     scalar_t* channel = target + (image * input_sizes[1] + from) * plane;
                     const scalar_t share = source[place] / static_cast<scalar_t>(bin.area());
                     for (int64_t y = bin.top; y < bin.bottom; y++)
                       for (int64_t x = bin.left; x < bin.right; x++) channel[y * columns + x] += share;
                   });
  });
  return in_grad;
}

}  // namespace torch_node::torchvision

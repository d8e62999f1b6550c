#include <ATen/Dispatch.h>
#include <ATen/Functions.h>
#include <ATen/Parallel.h>

#include <cmath>

#include "ops.h"
#include "roi.h"

namespace torch_node::torchvision {

namespace {

// The geometry of one convolution. A "tap" is one place (i, j) of the kernel.
struct Shape {
  int64_t batch, channels, height, width, out_channels, rows, columns, out_height, out_width;
  DeformOptions options;

  Shape(const at::Tensor& input, const at::Tensor& weight, const DeformOptions& o)
      : batch(input.size(0)), channels(input.size(1)), height(input.size(2)), width(input.size(3)),
        out_channels(weight.size(0)), rows(weight.size(2)), columns(weight.size(3)), options(o) {
    const auto out = [&](int64_t size, int64_t kernel, size_t d) {
      return (size + 2 * o.padding[d] - (o.dilation[d] * (kernel - 1) + 1)) / o.stride[d] + 1;
    };
    out_height = out(height, rows, 0);
    out_width = out(width, columns, 1);
  }

  int64_t taps() const { return rows * columns; }
  int64_t places() const { return out_height * out_width; }
  int64_t plane() const { return height * width; }
  int64_t group_channels() const { return channels / options.offset_groups; }
};

// The pixels around a point; those outside the image weigh nothing, one by one.
template <typename T>
struct Neighbours {
  int64_t place[4] = {-1, -1, -1, -1};
  T weight[4] = {0, 0, 0, 0};
  // Derivatives of the weights by the point's coordinates.
  T by_y[4] = {0, 0, 0, 0};
  T by_x[4] = {0, 0, 0, 0};

  Neighbours(const Shape& shape, T y, T x) {
    if (!(y > T(-1) && y < static_cast<T>(shape.height) && x > T(-1) && x < static_cast<T>(shape.width))) return;
    const auto top = static_cast<int64_t>(std::floor(y)), left = static_cast<int64_t>(std::floor(x));
    const T ly = y - static_cast<T>(top), lx = x - static_cast<T>(left), hy = T(1) - ly, hx = T(1) - lx;
    const T weights[] = {hy * hx, hy * lx, ly * hx, ly * lx};
    const T dy[] = {-hx, -lx, hx, lx}, dx[] = {-hy, hy, -ly, ly};
    for (int i = 0; i < 4; i++) {
      const int64_t row = top + i / 2, column = left + i % 2;
      if (row < 0 || row >= shape.height || column < 0 || column >= shape.width) continue;
      place[i] = row * shape.width + column;
      weight[i] = weights[i];
      by_y[i] = dy[i];
      by_x[i] = dx[i];
    }
  }

  T dot(const T* channel, const T* factors) const {
    T sum = 0;
    for (int i = 0; i < 4; i++)
      if (place[i] >= 0) sum += channel[place[i]] * factors[i];
    return sum;
  }
};

// What one image gives: its pixels, its offsets and its mask (null without one).
template <typename T>
struct Image {
  const T* pixels;
  const T* offsets;
  const T* mask;

  // Visits every output place of one tap of one offset group: visit(place, neighbours, mask value).
  template <typename Visit>
  void walk(const Shape& shape, int64_t group, int64_t tap, const Visit& visit) const {
    const int64_t places = shape.places(), index = group * shape.taps() + tap;
    const T *dy = offsets + 2 * index * places, *dx = dy + places, *m = mask ? mask + index * places : nullptr;
    const int64_t i = tap / shape.columns, j = tap % shape.columns;
    const auto& o = shape.options;
    for (int64_t p = 0; p < places; p++) {
      const T y = static_cast<T>(p / shape.out_width * o.stride[0] - o.padding[0] + i * o.dilation[0]) + dy[p];
      const T x = static_cast<T>(p % shape.out_width * o.stride[1] - o.padding[1] + j * o.dilation[1]) + dx[p];
      visit(p, Neighbours<T>(shape, y, x), m ? m[p] : T(1));
    }
  }
};

template <typename T>
Image<T> image_of(const Shape& shape, const at::Tensor& input, const at::Tensor& offset, const at::Tensor& mask,
                  int64_t n) {
  const int64_t taps = shape.options.offset_groups * shape.taps() * shape.places();
  return {input.const_data_ptr<T>() + n * shape.channels * shape.plane(), offset.const_data_ptr<T>() + n * 2 * taps,
          shape.options.use_mask ? mask.const_data_ptr<T>() + n * taps : nullptr};
}

template <typename Work>
void in_parallel(int64_t count, const Work& work) {
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) work(i);
  });
}

// [channels * taps, places]: what the kernel is multiplied with.
template <typename T>
at::Tensor columns_of(const Shape& shape, const Image<T>& image, const at::TensorOptions& options) {
  auto columns = at::empty({shape.channels * shape.taps(), shape.places()}, options);
  T* target = columns.mutable_data_ptr<T>();
  in_parallel(shape.channels * shape.taps(), [&](int64_t row) {
    const int64_t c = row / shape.taps(), tap = row % shape.taps();
    const T* channel = image.pixels + c * shape.plane();
    image.walk(shape, c / shape.group_channels(), tap, [&](int64_t p, const Neighbours<T>& at, T m) {
      target[row * shape.places() + p] = m * at.dot(channel, at.weight);
    });
  });
  return columns;
}

// Gradients of one image from the gradient of its columns.
template <typename T>
void scatter(const Shape& shape, const Image<T>& image, const T* grad, T* input, T* offset, T* mask) {
  const int64_t places = shape.places(), taps = shape.taps();
  in_parallel(shape.channels, [&](int64_t c) {
    for (int64_t tap = 0; tap < taps; tap++)
      image.walk(shape, c / shape.group_channels(), tap, [&](int64_t p, const Neighbours<T>& at, T m) {
        const T share = grad[(c * taps + tap) * places + p] * m;
        for (int i = 0; i < 4; i++)
          if (at.place[i] >= 0) input[c * shape.plane() + at.place[i]] += share * at.weight[i];
      });
  });
  in_parallel(shape.options.offset_groups * taps, [&](int64_t index) {
    const int64_t group = index / taps, tap = index % taps;
    image.walk(shape, group, tap, [&](int64_t p, const Neighbours<T>& at, T m) {
      T dy = 0, dx = 0, dm = 0;
      for (int64_t c = group * shape.group_channels(); c < (group + 1) * shape.group_channels(); c++) {
        const T g = grad[(c * taps + tap) * places + p];
        const T* channel = image.pixels + c * shape.plane();
        dy += g * m * at.dot(channel, at.by_y);
        dx += g * m * at.dot(channel, at.by_x);
        dm += g * at.dot(channel, at.weight);
      }
      offset[2 * index * places + p] = dy;
      offset[(2 * index + 1) * places + p] = dx;
      if (mask) mask[index * places + p] = dm;
    });
  });
}

void check(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& offset, const at::Tensor& mask,
           const at::Tensor& bias, const DeformOptions& o) {
  TORCH_CHECK(input.dim() == 4, "deform_conv2d: input should be a 4d tensor, got ", input.dim(), "D");
  TORCH_CHECK(offset.dim() == 4, "deform_conv2d: offset should be a 4d tensor, got ", offset.dim(), "D");
  TORCH_CHECK(!o.use_mask || mask.dim() == 4, "deform_conv2d: mask should be a 4d tensor");
  TORCH_CHECK(weight.dim() == 4, "deform_conv2d: weight should be a 4d tensor, got ", weight.dim(), "D");
  for (const auto* t : {&weight, &offset, &bias})
    TORCH_CHECK(t->scalar_type() == input.scalar_type(), "deform_conv2d: all tensors should have the same type");
  TORCH_CHECK(!o.use_mask || mask.scalar_type() == input.scalar_type(),
              "deform_conv2d: all tensors should have the same type");
  for (size_t d = 0; d < 2; d++) {
    TORCH_CHECK(o.stride[d] > 0, "stride_h: ", o.stride[0], " stride_w: ", o.stride[1]);
    TORCH_CHECK(o.padding[d] >= 0, "pad_h: ", o.padding[0], " pad_w: ", o.padding[1]);
    TORCH_CHECK(o.dilation[d] > 0, "dil_h: ", o.dilation[0], " dil_w: ", o.dilation[1]);
  }
  TORCH_CHECK(weight.size(2) > 0 && weight.size(3) > 0, "weight_h: ", weight.size(2), " weight_w: ", weight.size(3));
  TORCH_CHECK(o.groups > 0 && o.offset_groups > 0, "deform_conv2d: groups must be positive");
  TORCH_CHECK(weight.size(1) * o.groups == input.size(1), "deform_conv2d: the weight has ", weight.size(1),
              " input channels in each of ", o.groups, " groups, the input ", input.size(1));
  TORCH_CHECK(weight.size(0) % o.groups == 0, "deform_conv2d: output channels must divide into ", o.groups, " groups");
  TORCH_CHECK(input.size(1) % o.offset_groups == 0, "deform_conv2d: input channels must divide into ", o.offset_groups,
              " offset groups");
  const Shape shape(input, weight, o);
  TORCH_CHECK(shape.out_height > 0 && shape.out_width > 0, "Calculated output size too small - out_h: ",
              shape.out_height, " out_w: ", shape.out_width);
  const int64_t taps = o.offset_groups * shape.taps();
  const std::vector<int64_t> of_offset{shape.batch, 2 * taps, shape.out_height, shape.out_width};
  const std::vector<int64_t> of_mask{shape.batch, taps, shape.out_height, shape.out_width};
  TORCH_CHECK(offset.sizes() == at::IntArrayRef(of_offset), "deform_conv2d: offset must have shape ",
              at::IntArrayRef(of_offset), ", got ", offset.sizes());
  TORCH_CHECK(!o.use_mask || mask.sizes() == at::IntArrayRef(of_mask), "deform_conv2d: mask must have shape ",
              at::IntArrayRef(of_mask), ", got ", mask.sizes());
  TORCH_CHECK(bias.numel() == weight.size(0), "deform_conv2d: bias must have ", weight.size(0), " elements");
}

}  // namespace

at::Tensor deform_conv2d(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& offset,
                         const at::Tensor& mask, const at::Tensor& bias, const DeformOptions& options) {
  check(input, weight, offset, mask, bias, options);
  const Shape shape(input, weight, options);
  const auto in = input.contiguous(), off = offset.contiguous(), m = mask.contiguous();
  const auto kernel = weight.reshape({options.groups, shape.out_channels / options.groups, -1});
  std::vector<at::Tensor> images;
  AT_DISPATCH_FLOATING_TYPES(input.scalar_type(), "deform_conv2d", [&] {
    for (int64_t n = 0; n < shape.batch; n++) {
      const auto columns = columns_of(shape, image_of<scalar_t>(shape, in, off, m, n), input.options());
      images.push_back(kernel.bmm(columns.view({options.groups, -1, shape.places()}))
                           .view({shape.out_channels, shape.out_height, shape.out_width}));
    }
  });
  if (images.empty()) return at::zeros({0, shape.out_channels, shape.out_height, shape.out_width}, input.options());
  return at::stack(images).add_(bias.view({1, -1, 1, 1}));
}

std::vector<at::Tensor> deform_conv2d_backward(const at::Tensor& grad, const at::Tensor& input,
                                               const at::Tensor& weight, const at::Tensor& offset,
                                               const at::Tensor& mask, const DeformOptions& options) {
  const Shape shape(input, weight, options);
  const auto in = plain_memory(input), off = plain_memory(offset), m = plain_memory(mask), out = plain_memory(grad);
  const auto kernel = weight.reshape({options.groups, shape.out_channels / options.groups, -1});
  auto grad_in = at::zeros_like(in), grad_offset = at::zeros_like(off), grad_mask = at::zeros_like(m);
  auto grad_kernel = at::zeros_like(kernel);
  const int64_t taps = options.offset_groups * shape.taps() * shape.places();
  AT_DISPATCH_FLOATING_TYPES(input.scalar_type(), "deform_conv2d_backward", [&] {
    for (int64_t n = 0; n < shape.batch; n++) {
      const auto image = image_of<scalar_t>(shape, in, off, m, n);
      const auto columns = columns_of(shape, image, input.options()).view({options.groups, -1, shape.places()});
      const auto rows = out[n].view({options.groups, -1, shape.places()});
      grad_kernel.add_(rows.bmm(columns.transpose(1, 2)));
      const auto grad_columns = kernel.transpose(1, 2).bmm(rows).contiguous();
      scatter(shape, image, grad_columns.const_data_ptr<scalar_t>(),
              grad_in.mutable_data_ptr<scalar_t>() + n * shape.channels * shape.plane(),
              grad_offset.mutable_data_ptr<scalar_t>() + n * 2 * taps,
              options.use_mask ? grad_mask.mutable_data_ptr<scalar_t>() + n * taps : nullptr);
    }
  });
  return {grad_in, grad_kernel.view(weight.sizes()), grad_offset, grad_mask, out.sum({0, 2, 3})};
}

}  // namespace torch_node::torchvision

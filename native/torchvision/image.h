// Pictures of 8 bits a band as uint8 tensors (height, width, bands). They know ATen and nothing of JavaScript.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <string_view>
#include <vector>

namespace torch_node::torchvision {

// Opens libjpeg-turbo at this path, once a process; throws where it cannot be opened. Before it the functions below throw.
void load_turbojpeg(std::string_view path);

// Width, height, number of bands and colour space (TJCS) of a JPEG file's bytes.
std::vector<int64_t> jpeg_header(const at::Tensor& data);

// The pixels of `region` (left, top, width, height; all of the picture where empty), as many `bands` (1 grey, 3 RGB, 4 CMYK).
// A file that ends early is an error unless `truncated`.
at::Tensor decode_jpeg(const at::Tensor& data, int64_t bands, at::IntArrayRef region, bool truncated);

// A baseline JPEG file with 4:2:0 colours.
at::Tensor encode_jpeg(const at::Tensor& pixels, int64_t quality);

// Scales with Pillow's arithmetic: both passes in fixed point, 8 bits between them. Filters: bilinear, bicubic.
at::Tensor resample(const at::Tensor& pixels, int64_t width, int64_t height, std::string_view filter);

// Left to right.
at::Tensor mirror(const at::Tensor& pixels);

// (height, width, bands) → float32 (bands, height, width): pixels / 255, then (x - mean) / std where those are given.
at::Tensor to_float(const at::Tensor& pixels, at::ArrayRef<double> mean, at::ArrayRef<double> std);

// `decode_jpeg`, then `resample` to `size` (width, height) unless that is empty, then `mirror` where asked: what lies between
// is freed at once. The second goes on with `to_float`.
at::Tensor load_jpeg(const at::Tensor& file, int64_t bands, at::IntArrayRef region, bool truncated, at::IntArrayRef size,
                     std::string_view filter, bool mirrored);
at::Tensor load_jpeg_float(const at::Tensor& file, int64_t bands, at::IntArrayRef region, bool truncated,
                           at::IntArrayRef size, std::string_view filter, bool mirrored, at::ArrayRef<double> mean,
                           at::ArrayRef<double> std);

// Registers all of them under `torch_node::`, once a process.
void register_image_operators();

}  // namespace torch_node::torchvision

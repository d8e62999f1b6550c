// Memory that is used again: pages that the system has just handed out cost more than the work on pixels.
#pragma once

#include <ATen/core/Tensor.h>

namespace torch_node::torchvision {

// Of a new tensor, or of this thread, until the next one asks for the same.
enum class Memory { fresh = -1, decoded, narrowed, scaled, mirrored };

at::Tensor bytes_in(Memory memory, at::IntArrayRef sizes);

// A new tensor, of memory that an earlier one of this function gave back when there is some.
at::Tensor recycled_floats(at::IntArrayRef sizes);

// The functions of image.h, with results in such memory. Pixels have a pitch: rows may lie apart.
at::Tensor decode_jpeg_to(Memory memory, const at::Tensor& data, int64_t bands, at::IntArrayRef region, bool truncated);

}  // namespace torch_node::torchvision

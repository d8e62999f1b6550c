// Pictures as operators: so they are called as every other one, also from other threads.
#include <torch/library.h>

#include <mutex>

#include "image.h"

namespace torch_node::torchvision {

void register_image_operators() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Kept for the life of the process.
    static auto* library =
        new torch::Library(torch::Library::FRAGMENT, "torch_node", std::nullopt, __FILE__, __LINE__);
    library->def("load_turbojpeg(str path) -> ()", load_turbojpeg);
    library->def("jpeg_header(Tensor data) -> int[]", jpeg_header);
    library->def("decode_jpeg(Tensor data, int bands, int[] region, bool truncated) -> Tensor", decode_jpeg);
    library->def("encode_jpeg(Tensor pixels, int quality) -> Tensor", encode_jpeg);
    library->def("resample(Tensor pixels, int width, int height, str filter) -> Tensor", resample);
    library->def("mirror(Tensor pixels) -> Tensor", mirror);
    library->def("to_float(Tensor pixels, float[] mean, float[] std) -> Tensor", to_float);
    library->def(
        "load_jpeg(Tensor file, int bands, int[] region, bool truncated, int[] size, str filter, bool mirrored) -> Tensor",
        load_jpeg);
    library->def(
        "load_jpeg_float(Tensor file, int bands, int[] region, bool truncated, int[] size, str filter, bool mirrored, "
        "float[] mean, float[] std) -> Tensor",
        load_jpeg_float);
  });
}

}  // namespace torch_node::torchvision

// JPEG through libjpeg-turbo's TurboJPEG interface, in a library that is opened at run time.
#include <ATen/ops/empty.h>

#include <dlfcn.h>

#include <atomic>
#include <mutex>

#include "image.h"
#include "memory.h"

namespace torch_node::torchvision {

namespace {

// What turbojpeg.h of version 3 declares.
using Handle = void*;
struct Region {
  int x, y, w, h;
};
enum Init { kCompress = 0, kDecompress = 1 };
enum Parameter { kQuality = 3, kSubsampling = 4, kWidth = 5, kHeight = 6, kPrecision = 7, kColourSpace = 8, kScanLimit = 13, kLossless = 15 };
enum PixelFormat { kRgb = 0, kGray = 6, kCmyk = 11 };
enum ColourSpace { kSpaceGray = 2, kSpaceCmyk = 3, kSpaceYcck = 4 };
enum Subsampling { k420 = 2, kOnlyGray = 3, kSubsamplings = 7 };
constexpr int kBlockWidth[kSubsamplings] = {8, 16, 16, 8, 8, 32, 8};

struct TurboJpeg {
  Handle (*init)(int);
  void (*destroy)(Handle);
  int (*set)(Handle, int, int);
  int (*get)(Handle, int);
  char* (*error)(Handle);
  int (*error_code)(Handle);
  int (*header)(Handle, const unsigned char*, size_t);
  int (*crop)(Handle, Region);
  int (*decompress)(Handle, const unsigned char*, size_t, unsigned char*, int, int);
  int (*compress)(Handle, const unsigned char*, int, int, int, int, unsigned char**, size_t*);
  void (*free)(void*);
};

std::atomic<const TurboJpeg*> loaded{nullptr};

const TurboJpeg& library() {
  const auto* jpeg = loaded.load(std::memory_order_acquire);
  TORCH_CHECK(jpeg, "libjpeg-turbo is not loaded");
  return *jpeg;
}

template <typename F>
void find(void* library, const char* name, F& function) {
  function = reinterpret_cast<F>(dlsym(library, name));
  TORCH_CHECK(function, "libjpeg-turbo has no ", name);
}

class Codec {
 public:
  explicit Codec(Init kind) : jpeg(library()), handle(jpeg.init(kind)) { TORCH_CHECK(handle, "out of memory"); }
  ~Codec() { jpeg.destroy(handle); }
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;

  int get(Parameter parameter) const { return jpeg.get(handle, parameter); }
  void set(Parameter parameter, int value) const { check(jpeg.set(handle, parameter, value)); }
  std::string message() const { return jpeg.error(handle); }
  void check(int status) const { TORCH_CHECK(status == 0, message()); }

  const TurboJpeg& jpeg;
  const Handle handle;
};

struct File {
  const unsigned char* bytes;
  size_t length;
};

File file_of(const at::Tensor& data) {
  TORCH_CHECK(data.scalar_type() == at::kByte && data.dim() == 1 && data.is_contiguous() && data.device().is_cpu(),
              "Expected the bytes of a file as a one-dimensional uint8 tensor on the CPU");
  return {data.const_data_ptr<uint8_t>(), static_cast<size_t>(data.numel())};
}

// A warning of the header is one about what comes before the picture.
void read_header(const Codec& codec, File file) {
  constexpr int kWarning = 0;
  if (codec.jpeg.header(codec.handle, file.bytes, file.length) != 0)
    TORCH_CHECK(codec.jpeg.error_code(codec.handle) == kWarning, codec.message());
  TORCH_CHECK(codec.get(kWidth) > 0 && codec.get(kHeight) > 0, "the file has no picture");
  TORCH_CHECK(codec.get(kPrecision) == 8 && codec.get(kLossless) <= 0, "only JPEG of 8 bits with loss is supported");
}

int bands_of(const Codec& codec) {
  const int space = codec.get(kColourSpace);
  return space == kSpaceGray ? 1 : space == kSpaceCmyk || space == kSpaceYcck ? 4 : 3;
}

}  // namespace

void load_turbojpeg(std::string_view path) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  if (loaded.load()) return;
  // Local: other copies of the same library may be in the process.
  void* file = dlopen(std::string(path).c_str(), RTLD_NOW | RTLD_LOCAL);
  TORCH_CHECK(file, dlerror());
  auto* jpeg = new TurboJpeg;
  find(file, "tj3Init", jpeg->init);
  find(file, "tj3Destroy", jpeg->destroy);
  find(file, "tj3Set", jpeg->set);
  find(file, "tj3Get", jpeg->get);
  find(file, "tj3GetErrorStr", jpeg->error);
  find(file, "tj3GetErrorCode", jpeg->error_code);
  find(file, "tj3DecompressHeader", jpeg->header);
  find(file, "tj3SetCroppingRegion", jpeg->crop);
  find(file, "tj3Decompress8", jpeg->decompress);
  find(file, "tj3Compress8", jpeg->compress);
  find(file, "tj3Free", jpeg->free);
  loaded.store(jpeg, std::memory_order_release);
}

std::vector<int64_t> jpeg_header(const at::Tensor& data) {
  const Codec codec(kDecompress);
  read_header(codec, file_of(data));
  return {codec.get(kWidth), codec.get(kHeight), bands_of(codec), codec.get(kColourSpace)};
}

at::Tensor decode_jpeg(const at::Tensor& data, int64_t bands, at::IntArrayRef region, bool truncated) {
  return decode_jpeg_to(Memory::fresh, data, bands, region, truncated).contiguous();
}

at::Tensor decode_jpeg_to(Memory memory, const at::Tensor& data, int64_t bands, at::IntArrayRef region, bool truncated) {
  TORCH_CHECK(bands == 1 || bands == 3 || bands == 4, "A JPEG file gives 1, 3 or 4 bands, not ", bands);
  const File file = file_of(data);
  const Codec codec(kDecompress);
  // Progressive files of thousands of tiny scans take forever.
  codec.set(kScanLimit, 500);
  read_header(codec, file);
  const int64_t width = codec.get(kWidth), height = codec.get(kHeight);
  Region decoded{0, 0, static_cast<int>(width), static_cast<int>(height)};
  int64_t left = 0, top = 0, columns = width, rows = height;
  if (!region.empty()) {
    TORCH_CHECK(region.size() == 4, "A region is left, top, width and height");
    left = region[0], top = region[1], columns = region[2], rows = region[3];
    TORCH_CHECK(left >= 0 && top >= 0 && columns > 0 && rows > 0 && columns <= width && rows <= height &&
                    left <= width - columns && top <= height - rows,
                "The region lies outside the picture");
    const int subsampling = codec.get(kSubsampling);
    if (subsampling >= 0 && subsampling < kSubsamplings) {
      // Colours are smoothed across blocks: with one block more on each side the edges are as in the whole picture.
      const int64_t block = kBlockWidth[subsampling];
      const int64_t first = std::max<int64_t>(0, left / block - 1) * block;
      const int64_t end = std::min(width, ((left + columns + block - 1) / block + 1) * block);
      // Rows need none: the decoder keeps what it skips.
      decoded = {static_cast<int>(first), static_cast<int>(top), static_cast<int>(end - first), static_cast<int>(rows)};
      codec.check(codec.jpeg.crop(codec.handle, decoded));
    }
  }
  at::Tensor pixels = bytes_in(memory, {decoded.h, decoded.w, bands});
  const PixelFormat format = bands == 1 ? kGray : bands == 3 ? kRgb : kCmyk;
  if (codec.jpeg.decompress(codec.handle, file.bytes, file.length, pixels.mutable_data_ptr<uint8_t>(), 0, format) != 0) {
    constexpr int kWarning = 0;
    const std::string message = codec.message();
    TORCH_CHECK(codec.jpeg.error_code(codec.handle) == kWarning, message);
    TORCH_CHECK(truncated || message.find("Premature end of JPEG file") == std::string::npos,
                "image file is truncated");
  }
  if (region.empty()) return pixels;
  return pixels.narrow(0, top - decoded.y, rows).narrow(1, left - decoded.x, columns);
}

at::Tensor encode_jpeg(const at::Tensor& pixels, int64_t quality) {
  TORCH_CHECK(pixels.scalar_type() == at::kByte && pixels.dim() == 3 && pixels.device().is_cpu() && pixels.numel() > 0 &&
                  (pixels.size(2) == 1 || pixels.size(2) == 3),
              "Expected uint8 pixels (height, width, 1 or 3)");
  TORCH_CHECK(pixels.size(0) <= 65500 && pixels.size(1) <= 65500, "A JPEG picture has at most 65500 pixels a side");
  const at::Tensor source = pixels.contiguous();
  const bool grey = source.size(2) == 1;
  const Codec codec(kCompress);
  codec.set(kQuality, static_cast<int>(quality));
  codec.set(kSubsampling, grey ? kOnlyGray : k420);
  unsigned char* bytes = nullptr;
  size_t length = 0;
  const int status = codec.jpeg.compress(codec.handle, source.const_data_ptr<uint8_t>(), static_cast<int>(source.size(1)), 0,
                                         static_cast<int>(source.size(0)), grey ? kGray : kRgb, &bytes, &length);
  at::Tensor file;
  if (status == 0) {
    file = at::empty({static_cast<int64_t>(length)}, at::kByte);
    std::memcpy(file.mutable_data_ptr(), bytes, length);
  }
  codec.jpeg.free(bytes);
  codec.check(status);
  return file;
}

}  // namespace torch_node::torchvision

// What the usual training pipeline does to pixels, with Pillow's and torchvision's numbers to the last bit.
#include <array>
#include <cmath>
#include <cstring>

#include "image.h"
#include "memory.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define TORCH_NODE_AVX2 __attribute__((target("avx2")))
#endif

namespace torch_node::torchvision {

namespace {

// Fraction bits of Pillow's coefficients: 8 bits of the pixel and 2 for sums of coefficients below 0 and above 1.
constexpr int kPrecision = 32 - 8 - 2;
constexpr int32_t kHalf = 1 << (kPrecision - 1);

double bilinear(double x) {
  x = std::abs(x);
  return x < 1.0 ? 1.0 - x : 0.0;
}

double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
  return 0.0;
}

struct Filter {
  double (*weight)(double);
  double support;
};

Filter filter_of(std::string_view name) {
  if (name == "bilinear") return {bilinear, 1.0};
  TORCH_CHECK(name == "bicubic", "unknown resampling filter '", name, "'; there are: bilinear, bicubic");
  return {bicubic, 2.0};
}

// For each pixel of a side: the first that it is made of, how many, and how much of each.
struct Taps {
  int64_t most;
  std::vector<int64_t> first, count;
  std::vector<int32_t> weights;
};

Taps taps_of(int64_t from, int64_t to, Filter filter) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double widened = std::max(scale, 1.0);
  const double support = filter.support * widened;
  Taps taps;
  taps.most = static_cast<int64_t>(std::ceil(support)) * 2 + 1;
  taps.first.resize(to);
  taps.count.resize(to);
  taps.weights.assign(to * taps.most, 0);
  std::vector<double> weights(taps.most);
  for (int64_t i = 0; i < to; i++) {
    const double center = (static_cast<double>(i) + 0.5) * scale;
    const double step = 1.0 / widened;
    const int64_t first = std::max<int64_t>(0, static_cast<int64_t>(center - support + 0.5));
    const int64_t count = std::min(from, static_cast<int64_t>(center + support + 0.5)) - first;
    double sum = 0;
    for (int64_t j = 0; j < count; j++) {
      weights[j] = filter.weight((static_cast<double>(j + first) - center + 0.5) * step);
      sum += weights[j];
    }
    for (int64_t j = 0; j < count; j++) {
      const double weight = sum == 0.0 ? weights[j] : weights[j] / sum;
      taps.weights[i * taps.most + j] =
          static_cast<int32_t>((weight < 0 ? -0.5 : 0.5) + weight * (1 << kPrecision));
    }
    taps.first[i] = first;
    taps.count[i] = count;
  }
  return taps;
}

inline uint8_t settle(int32_t sum) {
  const int32_t value = sum >> kPrecision;
  return static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value);
}

void horizontal_plain(const uint8_t* source, int64_t pitch, int64_t rows, uint8_t* target, int64_t to, int64_t bands,
                      const Taps& taps) {
  for (int64_t row = 0; row < rows; row++, source += pitch, target += to * bands)
    for (int64_t i = 0; i < to; i++)
      for (int64_t band = 0; band < bands; band++) {
        int32_t sum = kHalf;
        for (int64_t j = 0; j < taps.count[i]; j++)
          sum += source[(taps.first[i] + j) * bands + band] * taps.weights[i * taps.most + j];
        target[i * bands + band] = settle(sum);
      }
}

// `line` bytes a row, of which [from, line) are done.
void vertical_plain(const uint8_t* source, int64_t pitch, int64_t line, uint8_t* target, int64_t to, const Taps& taps, int64_t begin = 0) {
  for (int64_t i = 0; i < to; i++, target += line) {
    const uint8_t* from = source + taps.first[i] * pitch;
    const int32_t* weight = taps.weights.data() + i * taps.most;
    for (int64_t x = begin; x < line; x++) {
      int32_t sum = kHalf;
      for (int64_t j = 0; j < taps.count[i]; j++) sum += from[j * pitch + x] * weight[j];
      target[x] = settle(sum);
    }
  }
}

#if defined(__x86_64__)

// Products of 16 bits are twice as fast as those of 32, so a weight is `high * 2048 + low`: the sums are the same.
constexpr int kLowBits = 11;

struct Split {
  int64_t most;
  std::vector<int16_t> high, low;
};

// The weights of `taps`, padded with 0 to a multiple of `group`.
Split split_weights(const Taps& taps, int64_t group) {
  Split split;
  split.most = (taps.most + group - 1) / group * group;
  const int64_t to = static_cast<int64_t>(taps.first.size());
  split.high.assign(to * split.most, 0);
  split.low.assign(to * split.most, 0);
  for (int64_t i = 0; i < to; i++)
    for (int64_t j = 0; j < taps.count[i]; j++) {
      const int32_t weight = taps.weights[i * taps.most + j];
      split.high[i * split.most + j] = static_cast<int16_t>(weight >> kLowBits);
      split.low[i * split.most + j] = static_cast<int16_t>(weight & ((1 << kLowBits) - 1));
    }
  return split;
}

TORCH_NODE_AVX2 inline __m256i pairs_of(const int16_t* weights) {
  // Two pairs of neighbours: the first for the lower half, the second for the upper.
  int64_t both;
  std::memcpy(&both, weights, 8);
  return _mm256_shuffle_epi32(_mm256_permute4x64_epi64(_mm256_cvtepu32_epi64(_mm_cvtsi64_si128(both)), 0x50), 0x00);
}

// Three or four bands; four neighbours at a time.
TORCH_NODE_AVX2 void horizontal_fast(const uint8_t* source, int64_t width, int64_t pitch, int64_t rows, uint8_t* target,
                                     int64_t to, int64_t bands, const Taps& taps) {
  const Split split = split_weights(taps, 4);
  constexpr int64_t kReadBeyond = 64;
  const char x = -1, b = static_cast<char>(bands), c = static_cast<char>(2 * bands), d = static_cast<char>(3 * bands);
  const char a3 = bands == 4 ? 3 : x, b3 = bands == 4 ? 7 : x, c3 = bands == 4 ? 11 : x, d3 = bands == 4 ? 15 : x;
  // Band by band two neighbours, each as 16 bits.
  const __m256i order = _mm256_setr_epi8(
      0, x, b, x, 1, x, static_cast<char>(b + 1), x, 2, x, static_cast<char>(b + 2), x, a3, x, b3, x,
      c, x, d, x, static_cast<char>(c + 1), x, static_cast<char>(d + 1), x, static_cast<char>(c + 2), x,
      static_cast<char>(d + 2), x, c3, x, d3, x);
  const int64_t line = width * bands;
  const uint8_t* end = source + (rows - 1) * pitch + line;
  std::vector<uint8_t> padded;
  const int64_t groups = split.most / 4;
  // Each row needs the same weights: spread them once.
  std::vector<int32_t> spread(to * groups * 16);
  for (int64_t i = 0; i < to * groups; i++) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(&spread[i * 16]), pairs_of(&split.high[i * 4]));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(&spread[i * 16 + 8]), pairs_of(&split.low[i * 4]));
  }
  for (int64_t row = 0; row < rows; row++, source += pitch, target += to * bands) {
    const uint8_t* from = source;
    if (end - source < line + split.most * bands + kReadBeyond) {
      padded.assign(line + split.most * bands + kReadBeyond, 0);
      std::memcpy(padded.data(), source, line);
      from = padded.data();
    }
    for (int64_t i = 0; i < to; i++) {
      const uint8_t* at = from + taps.first[i] * bands;
      const int32_t* weights = &spread[i * groups * 16];
      __m256i high = _mm256_setzero_si256(), low = _mm256_setzero_si256();
      for (int64_t j = 0; j < taps.count[i]; j += 4, at += 4 * bands, weights += 16) {
        const __m256i bytes = _mm256_shuffle_epi8(
            _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at))), order);
        high = _mm256_add_epi32(
            high, _mm256_madd_epi16(bytes, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights))));
        low = _mm256_add_epi32(
            low, _mm256_madd_epi16(bytes, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights + 8))));
      }
      const __m256i both = _mm256_add_epi32(_mm256_slli_epi32(high, kLowBits), low);
      __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
      sum = _mm_srai_epi32(_mm_add_epi32(sum, _mm_set1_epi32(kHalf)), kPrecision);
      sum = _mm_packs_epi32(sum, sum);
      const int32_t pixel = _mm_cvtsi128_si32(_mm_packus_epi16(sum, sum));
      // The byte too many of three bands is the next pixel's, but for the very last one.
      if (row + 1 == rows && i + 1 == to)
        std::memcpy(target + i * bands, &pixel, static_cast<size_t>(bands));
      else
        std::memcpy(target + i * bands, &pixel, 4);
    }
  }
}

// Past the caches: memory that is used again has long left them, and would be read only to be overwritten.
TORCH_NODE_AVX2 void colours_streamed(const uint8_t* from, int64_t count, const float* a, const float* b, const float* c,
                                      float* to) {
  constexpr int64_t kBlock = 128;
  alignas(32) float red[kBlock], green[kBlock], blue[kBlock];
  for (int64_t i = 0; i < count; i += kBlock, from += 3 * kBlock) {
    const int64_t some = std::min(kBlock, count - i);
    for (int64_t k = 0; k < some; k++) {
      red[k] = a[from[3 * k]];
      green[k] = b[from[3 * k + 1]];
      blue[k] = c[from[3 * k + 2]];
    }
    for (int64_t k = 0; k < some; k += 8) {
      _mm256_stream_ps(to + i + k, _mm256_load_ps(red + k));
      _mm256_stream_ps(to + count + i + k, _mm256_load_ps(green + k));
      _mm256_stream_ps(to + 2 * count + i + k, _mm256_load_ps(blue + k));
    }
  }
  _mm_sfence();
}

TORCH_NODE_AVX2 void vertical_fast(const uint8_t* source, int64_t pitch, int64_t line, uint8_t* target, int64_t to, const Taps& taps) {
  const Split split = split_weights(taps, 2);
  const int64_t whole = line / 16 * 16;
  uint8_t* row = target;
  for (int64_t i = 0; i < to; i++, row += line) {
    const int64_t count = taps.count[i];
    const int16_t *highs = &split.high[i * split.most], *lows = &split.low[i * split.most];
    for (int64_t x = 0; x < whole; x += 16) {
      const uint8_t* at = source + taps.first[i] * pitch + x;
      __m256i high0 = _mm256_setzero_si256(), high1 = high0, low0 = high0, low1 = high0;
      for (int64_t j = 0; j < count; j += 2, at += 2 * pitch) {
        int32_t high, low;
        std::memcpy(&high, highs + j, 4);
        std::memcpy(&low, lows + j, 4);
        const __m256i high_pair = _mm256_set1_epi32(high), low_pair = _mm256_set1_epi32(low);
        const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i second =
            j + 1 < count ? _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + pitch)) : _mm_setzero_si128();
        const __m256i a = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(first, second));
        const __m256i b = _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(first, second));
        high0 = _mm256_add_epi32(high0, _mm256_madd_epi16(a, high_pair));
        low0 = _mm256_add_epi32(low0, _mm256_madd_epi16(a, low_pair));
        high1 = _mm256_add_epi32(high1, _mm256_madd_epi16(b, high_pair));
        low1 = _mm256_add_epi32(low1, _mm256_madd_epi16(b, low_pair));
      }
      const __m256i half = _mm256_set1_epi32(kHalf);
      const __m256i left = _mm256_srai_epi32(
          _mm256_add_epi32(_mm256_add_epi32(_mm256_slli_epi32(high0, kLowBits), low0), half), kPrecision);
      const __m256i right = _mm256_srai_epi32(
          _mm256_add_epi32(_mm256_add_epi32(_mm256_slli_epi32(high1, kLowBits), low1), half), kPrecision);
      // Packs within halves: put the quarters in order.
      const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(left, right), 0xd8);
      const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(row + x), bytes);
    }
  }
  if (whole < line) vertical_plain(source, pitch, line, target, to, taps, whole);
}

#endif

#if defined(__x86_64__)
bool has_avx2() {
  static const bool has = __builtin_cpu_supports("avx2");
  return has;
}
#endif

void horizontal(const uint8_t* source, [[maybe_unused]] int64_t width, int64_t pitch, int64_t rows, uint8_t* target,
                int64_t to, int64_t bands, const Taps& taps) {
#if defined(__x86_64__)
  if (has_avx2() && (bands == 3 || bands == 4)) return horizontal_fast(source, width, pitch, rows, target, to, bands, taps);
#endif
  horizontal_plain(source, pitch, rows, target, to, bands, taps);
}

void vertical(const uint8_t* source, int64_t pitch, int64_t line, uint8_t* target, int64_t to, const Taps& taps) {
#if defined(__x86_64__)
  if (has_avx2()) return vertical_fast(source, pitch, line, target, to, taps);
#endif
  vertical_plain(source, pitch, line, target, to, taps);
}

void check(const at::Tensor& pixels) {
  TORCH_CHECK(pixels.scalar_type() == at::kByte && pixels.dim() == 3 && pixels.device().is_cpu(),
              "Expected uint8 pixels (height, width, bands) on the CPU");
}

// Rows may lie apart.
at::Tensor resample_to(Memory memory, at::Tensor pixels, int64_t width, int64_t height, std::string_view name) {
  check(pixels);
  const Filter filter = filter_of(name);
  TORCH_CHECK(width > 0 && height > 0 && pixels.numel() > 0, "height and width must be > 0");
  const int64_t bands = pixels.size(2);
  if (pixels.stride(2) != 1 || pixels.stride(1) != bands) pixels = pixels.contiguous();
  const int64_t columns = pixels.size(1), rows = pixels.size(0);
  if (columns == width && rows == height) return pixels.contiguous();
  const auto across = [&](Memory to, const at::Tensor& source) {
    at::Tensor result = bytes_in(to, {source.size(0), width, bands});
    horizontal(source.const_data_ptr<uint8_t>(), columns, source.stride(0), source.size(0),
               result.mutable_data_ptr<uint8_t>(), width, bands, taps_of(columns, width, filter));
    return result;
  };
  const auto down = [&](Memory to, const at::Tensor& source, const Taps& taps) {
    at::Tensor result = bytes_in(to, {height, source.size(1), bands});
    vertical(source.const_data_ptr<uint8_t>(), source.stride(0), source.size(1) * bands,
             result.mutable_data_ptr<uint8_t>(), height, taps);
    return result;
  };
  if (rows == height) return across(memory, pixels);
  Taps taps = taps_of(rows, height, filter);
  if (columns == width) return down(memory, pixels, taps);
  // The order tells in the last bit: Pillow 13 begins with the height where that loses far more than the width.
  if (rows > height && rows - height > 2 * (columns - width)) return across(memory, down(Memory::narrowed, pixels, taps));
  // Only the rows that the second pass takes.
  const int64_t first = taps.first.front();
  const int64_t needed = taps.first.back() + taps.count.back() - first;
  for (auto& start : taps.first) start -= first;
  return down(memory, across(Memory::narrowed, pixels.narrow(0, first, needed)), taps);
}

at::Tensor mirror_to(Memory memory, const at::Tensor& input) {
  check(input);
  const at::Tensor pixels = input.contiguous();
  at::Tensor result = bytes_in(memory, pixels.sizes());
  const int64_t width = pixels.size(1), bands = pixels.size(2);
  const uint8_t* from = pixels.const_data_ptr<uint8_t>();
  uint8_t* to = result.mutable_data_ptr<uint8_t>();
  for (int64_t row = 0; row < pixels.size(0); row++, from += width * bands, to += width * bands) {
    if (bands == 3) {
      for (int64_t x = 0; x < width; x++) std::memcpy(to + (width - 1 - x) * 3, from + x * 3, 3);
    } else {
      for (int64_t x = 0; x < width; x++)
        std::memcpy(to + (width - 1 - x) * bands, from + x * bands, static_cast<size_t>(bands));
    }
  }
  return result;
}

at::Tensor jpeg_steps(bool lasting, const at::Tensor& file, int64_t bands, at::IntArrayRef region, bool truncated,
                      at::IntArrayRef size, std::string_view filter, bool mirrored) {
  TORCH_CHECK(size.empty() || size.size() == 2, "A size is width and height");
  const auto last = [&](Memory memory, bool is_last) { return lasting && is_last ? Memory::fresh : memory; };
  at::Tensor pixels =
      decode_jpeg_to(last(Memory::decoded, size.empty() && !mirrored), file, bands, region, truncated);
  if (!size.empty()) pixels = resample_to(last(Memory::scaled, !mirrored), pixels, size[0], size[1], filter);
  if (mirrored) pixels = mirror_to(last(Memory::mirrored, true), pixels);
  return pixels;
}

}  // namespace

at::Tensor resample(const at::Tensor& pixels, int64_t width, int64_t height, std::string_view filter) {
  at::Tensor result = resample_to(Memory::fresh, pixels, width, height, filter);
  return result.is_same(pixels) ? pixels.clone() : result;
}

at::Tensor mirror(const at::Tensor& pixels) { return mirror_to(Memory::fresh, pixels); }

at::Tensor load_jpeg(const at::Tensor& file, int64_t bands, at::IntArrayRef region, bool truncated, at::IntArrayRef size,
                     std::string_view filter, bool mirrored) {
  // A scaled picture of the size that it has is what was decoded.
  at::Tensor pixels = jpeg_steps(true, file, bands, region, truncated, size, filter, mirrored);
  const bool scratch = !size.empty() && !mirrored;
  return scratch ? pixels.clone() : pixels.contiguous();
}

at::Tensor load_jpeg_float(const at::Tensor& file, int64_t bands, at::IntArrayRef region, bool truncated,
                           at::IntArrayRef size, std::string_view filter, bool mirrored, at::ArrayRef<double> mean,
                           at::ArrayRef<double> std) {
  return to_float(jpeg_steps(false, file, bands, region, truncated, size, filter, mirrored), mean, std);
}

at::Tensor to_float(const at::Tensor& input, at::ArrayRef<double> mean, at::ArrayRef<double> std) {
  check(input);
  const at::Tensor pixels = input.contiguous();
  const int64_t height = pixels.size(0), width = pixels.size(1), bands = pixels.size(2);
  TORCH_CHECK(mean.size() == std.size() && (mean.empty() || static_cast<int64_t>(mean.size()) == bands),
              "Expected one mean and one std for each of ", bands, " bands");
  at::Tensor result = recycled_floats({bands, height, width});
  const uint8_t* from = pixels.const_data_ptr<uint8_t>();
  float* to = result.mutable_data_ptr<float>();
  const int64_t count = height * width;
  // A band has 256 values, so there are 256 results.
  std::vector<std::array<float, 256>> tables(bands);
  for (int64_t band = 0; band < bands; band++)
    for (int value = 0; value < 256; value++) {
      float x = static_cast<float>(value) / 255.0f;
      if (!mean.empty()) x = (x - static_cast<float>(mean[band])) / static_cast<float>(std[band]);
      tables[band][value] = x;
    }
  if (bands == 3) {
    const float *a = tables[0].data(), *b = tables[1].data(), *c = tables[2].data();
    float *red = to, *green = to + count, *blue = to + 2 * count;
#if defined(__x86_64__)
    if (has_avx2() && count % 8 == 0 && reinterpret_cast<uintptr_t>(to) % 32 == 0) {
      colours_streamed(from, count, a, b, c, to);
      return result;
    }
#endif
    for (int64_t i = 0; i < count; i++) {
      red[i] = a[from[3 * i]];
      green[i] = b[from[3 * i + 1]];
      blue[i] = c[from[3 * i + 2]];
    }
    return result;
  }
  for (int64_t band = 0; band < bands; band++)
    for (int64_t i = 0; i < count; i++) to[band * count + i] = tables[band][from[i * bands + band]];
  return result;
}

}  // namespace torch_node::torchvision

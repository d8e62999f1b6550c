// Bilinear sampling: the four neighbours of a point and their weights.
#pragma once

#include <cmath>
#include <cstdint>

namespace torch_node::torchvision {

template <typename T>
struct Corners {
  // Places in a channel; weights are 0 for a point outside.
  int64_t place[4] = {0, 0, 0, 0};
  T weight[4] = {0, 0, 0, 0};
};

// For regions of interest: a point up to one pixel outside counts as one on the border.
template <typename T>
Corners<T> corners_of(int64_t height, int64_t width, T y, T x) {
  Corners<T> corners;
  // NaN is outside too.
  if (!(y >= T(-1) && y <= T(height) && x >= T(-1) && x <= T(width))) return corners;
  y = std::max(y, T(0));
  x = std::max(x, T(0));
  int64_t top = static_cast<int64_t>(y), left = static_cast<int64_t>(x), bottom = top + 1, right = left + 1;
  if (top >= height - 1) {
    top = bottom = height - 1;
    y = static_cast<T>(top);
  }
  if (left >= width - 1) {
    left = right = width - 1;
    x = static_cast<T>(left);
  }
  const T ly = y - static_cast<T>(top), lx = x - static_cast<T>(left), hy = T(1) - ly, hx = T(1) - lx;
  return {{top * width + left, top * width + right, bottom * width + left, bottom * width + right},
          {hy * hx, hy * lx, ly * hx, ly * lx}};
}

template <typename T>
T sample(const T* channel, const Corners<T>& corners) {
  T sum = 0;
  for (int i = 0; i < 4; i++) sum += corners.weight[i] * channel[corners.place[i]];
  return sum;
}

}  // namespace torch_node::torchvision

#include <ATen/Dispatch.h>
#include <ATen/Functions.h>
#include <ATen/Parallel.h>

#include <array>
#include <cmath>
#include <numbers>

#include "ops.h"

namespace torch_node::torchvision {

namespace {

struct Point {
  double x, y;
};

double cross(const Point& origin, const Point& a, const Point& b) {
  return (a.x - origin.x) * (b.y - origin.y) - (a.y - origin.y) * (b.x - origin.x);
}

// A convex polygon. Each of four cuts adds at most one corner to a rectangle's four.
struct Polygon {
  std::array<Point, 8> corners;
  size_t count = 0;

  void add(const Point& point) {
    if (count < corners.size()) corners[count++] = point;
  }

  double area() const {
    double twice = 0;
    for (size_t i = 1; i + 1 < count; i++) twice += cross(corners[0], corners[i], corners[i + 1]);
    return std::abs(twice) / 2;
  }

  // What is left of it on the inner side of the line from a to b.
  Polygon cut(const Point& a, const Point& b) const {
    Polygon left;
    for (size_t i = 0; i < count; i++) {
      const Point &from = corners[i], &to = corners[(i + 1) % count];
      const double before = cross(a, b, from), after = cross(a, b, to);
      if (before >= 0) left.add(from);
      if ((before > 0 && after < 0) || (before < 0 && after > 0)) {
        const double share = before / (before - after);
        left.add({from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)});
      }
    }
    return left;
  }
};

// (center x, center y, width, height, degrees), degrees turning against the clock where y points down.
struct Box {
  double x, y, width, height, radians;

  template <typename T>
  explicit Box(const T* box)
      : x(box[0]), y(box[1]), width(box[2]), height(box[3]), radians(box[4] * std::numbers::pi / 180) {}

  double area() const { return width * height; }

  // The corners around the origin, moved by the box's distance from it: near numbers keep their digits.
  Polygon polygon(const Point& origin) const {
    const double c = std::cos(radians) / 2, s = std::sin(radians) / 2, cx = x - origin.x, cy = y - origin.y;
    Polygon corners;
    for (const auto& [w, h] : {std::pair(1.0, 1.0), std::pair(1.0, -1.0), std::pair(-1.0, -1.0), std::pair(-1.0, 1.0)})
      corners.add({cx + w * c * width + h * s * height, cy - w * s * width + h * c * height});
    return corners;
  }
};

double iou(const Box& a, const Box& b) {
  constexpr double kNothing = 1e-14;
  if (!(a.area() >= kNothing && b.area() >= kNothing)) return 0;
  const Point middle{(a.x + b.x) / 2, (a.y + b.y) / 2};
  Polygon common = a.polygon(middle);
  const Polygon edge = b.polygon(middle);
  for (size_t i = 0; i < edge.count; i++) {
    // Backwards along the edge: then the inside is where `cut` keeps it.
    common = common.cut(edge.corners[(i + 1) % edge.count], edge.corners[i]);
  }
  const double inter = common.area();
  return inter / (a.area() + b.area() - inter);
}

}  // namespace

at::Tensor box_iou_rotated(const at::Tensor& boxes1, const at::Tensor& boxes2) {
  for (const auto* boxes : {&boxes1, &boxes2})
    TORCH_CHECK(boxes->dim() == 2 && boxes->size(1) == 5, "box_iou_rotated: boxes should have shape [N, 5], got ",
                boxes->sizes());
  TORCH_CHECK(boxes1.scalar_type() == boxes2.scalar_type(), "box_iou_rotated: both sets of boxes should have the same type");
  const int64_t rows = boxes1.size(0), columns = boxes2.size(0);
  const auto first = boxes1.contiguous(), second = boxes2.contiguous();
  // As torchvision's: float32 for any boxes.
  auto out = at::empty({rows, columns}, boxes1.options().dtype(at::kFloat));
  AT_DISPATCH_FLOATING_TYPES(boxes1.scalar_type(), "box_iou_rotated", [&] {
    const scalar_t *a = first.const_data_ptr<scalar_t>(), *b = second.const_data_ptr<scalar_t>();
    float* target = out.mutable_data_ptr<float>();
    at::parallel_for(0, rows, 16, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++)
        for (int64_t j = 0; j < columns; j++)
          target[i * columns + j] = static_cast<float>(iou(Box(a + i * 5), Box(b + j * 5)));
    });
  });
  return out;
}

}  // namespace torch_node::torchvision

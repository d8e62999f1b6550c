// A library of operators such as users load with torch.ops.load_library.
#include <torch/library.h>

#include <ATen/ATen.h>

#include <sstream>

namespace {

std::tuple<at::Tensor, std::vector<at::Tensor>, std::string, int64_t> gather(
    const std::vector<at::Tensor>& parts, const std::optional<at::Tensor>& bias, at::ArrayRef<double> scales,
    at::IntArrayRef sizes, std::string mode, std::optional<std::string> label, c10::List<bool> flags,
    const std::optional<at::Scalar>& add, std::optional<at::ScalarType> dtype) {
  TORCH_CHECK_VALUE(mode == "sum" || mode == "product", "mode must be sum or product, got ", mode);
  TORCH_CHECK(!parts.empty(), "gather: there are no parts");
  at::Tensor total = parts[0];
  for (size_t i = 1; i < parts.size(); i++) total = mode == "sum" ? total + parts[i] : total * parts[i];
  if (bias) total = total + *bias;
  if (add) total = total + *add;
  if (dtype) total = total.to(*dtype);
  std::vector<at::Tensor> scaled;
  for (const double scale : scales) scaled.push_back(parts[0] * scale);
  std::ostringstream text;
  text << label.value_or("-") << " " << sizes << " " << flags.size();
  return {total, scaled, text.str(), static_cast<int64_t>(parts.size())};
}

at::Tensor square(const at::Tensor& x) { return x * x; }

std::optional<at::Tensor> maybe(const at::Tensor& x, bool there) { return there ? std::optional(x + 1) : std::nullopt; }

at::Tensor& bump(at::Tensor& x) { return x.add_(1); }

}  // namespace

TORCH_LIBRARY(torch_node_test, m) {
  m.def(
      "gather(Tensor[] parts, Tensor? bias=None, float[] scales=[], int[2] sizes=1, str mode='sum', str? label=None, "
      "bool[] flags=[], *, Scalar? add=None, ScalarType? dtype=None) "
      "-> (Tensor total, Tensor[] scaled, str text, int count)",
      &gather);
  m.def("square(Tensor x) -> Tensor", &square);
  m.def("maybe(Tensor x, bool there) -> Tensor?", &maybe);
  m.def("bump_(Tensor(a!) x) -> Tensor(a!)", &bump);
}

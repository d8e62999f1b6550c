#include "memory.h"

#include <ATen/ops/empty.h>
#include <c10/core/CPUAllocator.h>

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <vector>

namespace torch_node::torchvision {

namespace {

int64_t product(at::IntArrayRef sizes) { return std::accumulate(sizes.begin(), sizes.end(), int64_t{1}, std::multiplies<>()); }

// Blocks of tensors that are gone, by their size.
class Pool {
 public:
  static Pool& instance() {
    // Never destroyed: tensors may outlive the statics.
    static Pool* pool = new Pool;
    return *pool;
  }

  at::DataPtr take(size_t wanted) {
    // Sizes within an eighth share their blocks.
    const size_t step = std::max<size_t>(64, std::bit_floor(std::max<size_t>(wanted, 1)) / 8);
    const size_t bytes = (wanted + step - 1) / step * step;
    {
      const std::lock_guard lock(mutex_);
      auto place = idle_.find(bytes);
      if (place != idle_.end() && !place->second.empty()) {
        at::DataPtr block = std::move(place->second.back());
        place->second.pop_back();
        held_ -= bytes;
        return lend(std::move(block), bytes);
      }
    }
    return lend(c10::GetCPUAllocator()->allocate(bytes), bytes);
  }

 private:
  static constexpr size_t kMost = size_t{64} << 20;

  struct Loan {
    at::DataPtr block;
    size_t bytes;
  };

  static at::DataPtr lend(at::DataPtr block, size_t bytes) {
    void* data = block.get();
    return {data, new Loan{std::move(block), bytes}, give_back, at::kCPU};
  }

  static void give_back(void* context) {
    const std::unique_ptr<Loan> loan(static_cast<Loan*>(context));
    Pool& pool = instance();
    const std::lock_guard lock(pool.mutex_);
    // Other sizes, which may no longer be asked for, make room.
    while (pool.held_ + loan->bytes > kMost) {
      auto other = pool.idle_.begin();
      if (other != pool.idle_.end() && other->first == loan->bytes) ++other;
      if (other == pool.idle_.end()) return;
      pool.held_ -= other->first * other->second.size();
      pool.idle_.erase(other);
    }
    pool.held_ += loan->bytes;
    pool.idle_[loan->bytes].push_back(std::move(loan->block));
  }

  std::mutex mutex_;
  std::map<size_t, std::vector<at::DataPtr>> idle_;
  size_t held_ = 0;
};

}  // namespace

namespace {

at::Tensor recycled(at::IntArrayRef sizes, at::ScalarType type) {
  const size_t bytes = static_cast<size_t>(product(sizes)) * c10::elementSize(type);
  auto storage = c10::make_intrusive<c10::StorageImpl>(c10::StorageImpl::use_byte_size_t(), bytes,
                                                       Pool::instance().take(bytes), c10::GetCPUAllocator(), true);
  at::Tensor result = at::empty({0}, type);
  result.unsafeGetTensorImpl()->set_storage_keep_dtype(c10::Storage(std::move(storage)));
  result.unsafeGetTensorImpl()->set_sizes_contiguous(sizes);
  return result;
}

}  // namespace

at::Tensor recycled_floats(at::IntArrayRef sizes) { return recycled(sizes, at::kFloat); }

at::Tensor bytes_in(Memory memory, at::IntArrayRef sizes) {
  constexpr int64_t kMost = int64_t{16} << 20;
  const int64_t count = product(sizes);
  if (memory == Memory::fresh) return recycled(sizes, at::kByte);
  if (count > kMost) return at::empty(sizes, at::kByte);
  thread_local std::array<at::Tensor, 4> buffers;
  at::Tensor& buffer = buffers[static_cast<size_t>(memory)];
  if (!buffer.defined() || buffer.numel() < count) buffer = at::empty({count + count / 4}, at::kByte);
  return buffer.narrow(0, 0, count).view(sizes);
}

}  // namespace torch_node::torchvision

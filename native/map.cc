// Memory that is a file's, and parts of memory as storages of their own.
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "entry.h"
#include "handle.h"
#include "map.h"
#include "value.h"

namespace torch_node {

namespace {

class OpenFile {
 public:
  // A pipe must not make the caller wait for whoever writes into it.
  explicit OpenFile(const std::string& path) : fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~OpenFile() {
    if (fd >= 0) close(fd);
  }
  const int fd;
};

struct Mapping {
  void* base;
  size_t length;
};

void release_mapping(void* context) {
  auto* mapping = static_cast<Mapping*>(context);
  munmap(mapping->base, mapping->length);
  delete mapping;
}

void release_storage(void* context) { delete static_cast<c10::Storage*>(context); }

// A tensor over all of `bytes` bytes of memory, which can't be resized.
at::Tensor over(c10::DataPtr memory, int64_t bytes, at::ScalarType dtype, at::IntArrayRef sizes) {
  at::Tensor tensor = at::empty({0}, dtype);
  auto storage = c10::make_intrusive<c10::StorageImpl>(c10::StorageImpl::use_byte_size_t(), static_cast<size_t>(bytes),
                                                       std::move(memory), nullptr, false);
  tensor.unsafeGetTensorImpl()->set_storage_keep_dtype(c10::Storage(std::move(storage)));
  tensor.unsafeGetTensorImpl()->set_sizes_contiguous(sizes);
  return tensor;
}

// Changes stay in this process's memory; pages come from the file as they are touched.
napi_value map_file(Args& args) {
  const std::string path = to_string(args.env, args[0]);
  const int64_t offset = to_int64(args.env, args[1]);
  TORCH_CHECK(path.find('\0') == std::string::npos, "a path can't hold a NUL character");
  const OpenFile file(path);
  TORCH_CHECK(file.fd >= 0, "unable to open file <", path, "> in read-only mode: ", strerror(errno), " (", errno, ")");
  struct stat facts;
  TORCH_CHECK(fstat(file.fd, &facts) == 0, "unable to stat the file <", path, ">: ", strerror(errno), " (", errno, ")");
  TORCH_CHECK(S_ISREG(facts.st_mode), "unable to map <", path, ">: it is not a regular file");
  const int64_t bytes = is_nullish(args.env, args[2]) ? facts.st_size - offset : to_int64(args.env, args[2]);
  TORCH_CHECK(offset >= 0 && bytes >= 0 && offset <= facts.st_size && bytes <= facts.st_size - offset,
              "unable to map bytes ", offset, " to ", offset, " + ", bytes, " of the file <", path, ">: it has ",
              facts.st_size);
  if (bytes == 0) return wrap(args.environment, over(c10::DataPtr(nullptr, at::kCPU), 0, at::kByte, {0}));
  const int64_t before = offset % sysconf(_SC_PAGESIZE);
  const auto length = static_cast<size_t>(before + bytes);
  // No reserve: a file may be larger than memory.
  void* base = mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, file.fd, offset - before);
  TORCH_CHECK(base != MAP_FAILED, "unable to mmap ", length, " bytes from file <", path, ">: ", strerror(errno), " (",
              errno, ")");
  c10::DataPtr memory(static_cast<char*>(base) + before, new Mapping{base, length}, release_mapping, at::kCPU);
  return wrap(args.environment, over(std::move(memory), bytes, at::kByte, {bytes}));
}

// Part of a CPU storage as a storage of its own: the same memory, which lives as long as either. A copy where a dtype's
// elements would not be aligned.
napi_value storage_slice(Args& args) {
  const auto& tensor = peek(args.environment, args[0]);
  const int64_t offset = to_int64(args.env, args[1]), bytes = to_int64(args.env, args[2]);
  TORCH_CHECK(tensor.has_storage() && tensor.device().is_cpu(), "Only a CPU storage can be sliced");
  const auto available = static_cast<int64_t>(tensor.storage().nbytes());
  TORCH_CHECK(offset >= 0 && bytes >= 0 && offset <= available && bytes <= available - offset, "bytes ", offset, " to ",
              offset, " + ", bytes, " lie outside a storage of ", available);
  const bool plain = is_nullish(args.env, args[3]);
  const auto dtype = plain ? at::kByte : to_dtype(args.env, args[3]);
  const std::vector<int64_t> sizes = plain ? std::vector{bytes} : to_int64s(args.env, args[4]);
  int64_t needed = static_cast<int64_t>(c10::elementSize(dtype));
  bool fits = true;
  for (const int64_t size : sizes) fits = fits && size >= 0 && !__builtin_mul_overflow(needed, size, &needed);
  TORCH_CHECK(fits && needed == bytes, "sizes ", at::IntArrayRef(sizes), " of ", dtype, " are not ", bytes, " bytes");
  if (bytes == 0) return wrap(args.environment, over(c10::DataPtr(nullptr, at::kCPU), 0, dtype, sizes));
  const c10::Storage& whole = tensor.storage();
  auto* start = static_cast<char*>(whole.mutable_data()) + offset;
  if (reinterpret_cast<uintptr_t>(start) % c10::elementSize(dtype) != 0) {
    at::Tensor own = at::empty({bytes}, at::kByte);
    std::memcpy(own.mutable_data_ptr(), start, static_cast<size_t>(bytes));
    own = own.view(dtype).view(sizes);
    return wrap(args.environment, own);
  }
  // Neither part may move: `resize_` would free the memory under the other.
  whole.unsafeGetStorageImpl()->set_resizable(false);
  c10::DataPtr memory(start, new c10::Storage(whole), release_storage, at::kCPU);
  return wrap(args.environment, over(std::move(memory), bytes, dtype, sizes));
}

}  // namespace

bool is_file_memory(const c10::StorageImpl& storage) {
  const auto& memory = storage.data_ptr();
  if (memory.get_deleter() == release_mapping) return true;
  return memory.get_deleter() == release_storage &&
         is_file_memory(*static_cast<c10::Storage*>(memory.get_context())->unsafeGetStorageImpl());
}

Exports map_exports() { return {{"mapFile", entry<map_file>}, {"storageSlice", entry<storage_slice>}}; }

}  // namespace torch_node

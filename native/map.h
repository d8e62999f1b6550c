#pragma once

#include <c10/core/StorageImpl.h>

namespace torch_node {

// True for memory that is a file's pages, or part of such: the system takes it back by itself, so it presses nobody.
bool is_file_memory(const c10::StorageImpl& storage);

}  // namespace torch_node

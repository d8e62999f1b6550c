// Compiled once for all files: the headers that cost.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ATen.h>

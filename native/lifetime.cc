// Disposal, scopes and the list of what lives.
#include <sstream>
#include <unordered_set>

#include "entry.h"
#include "handle.h"

namespace torch_node {

namespace {

napi_value dispose_tensor(Args& args) {
  Handle* handle = handle_of(args.environment, args[0]);
  if (!handle) throw TypeError("Expected a Tensor");
  dispose(*handle);
  return undefined(args.env);
}

napi_value is_disposed(Args& args) {
  Handle* handle = handle_of(args.environment, args[0]);
  if (!handle) throw TypeError("Expected a Tensor");
  return from(args.env, handle->disposed);
}

napi_value live_count(Args& args) { return from(args.env, args.environment.live); }

napi_value id(Args& args) {
  Handle* handle = handle_of(args.environment, args[0]);
  if (!handle) throw TypeError("Expected a Tensor");
  return from(args.env, handle->id);
}

napi_value live_ids(Args& args) {
  // Copied first: making JavaScript values may collect, and so change the list.
  std::vector<int64_t> ids;
  for (Handle* handle = args.environment.first; handle; handle = handle->next) ids.push_back(handle->id);
  return from(args.env, ids);
}

std::string describe(const at::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.scalar_type() << " " << sizes_text(tensor) << " on " << tensor.device();
  if (tensor.has_storage()) text << ", " << tensor.storage().nbytes() << " bytes";
  return text.str();
}

napi_value describe_live(Args& args) {
  // Copied first, like the ids.
  std::vector<std::pair<int64_t, at::Tensor>> live;
  for (Handle* handle = args.environment.first; handle; handle = handle->next) live.emplace_back(handle->id, handle->tensor);
  napi_value result = array_of(args.env, live.size());
  for (size_t i = 0; i < live.size(); i++) {
    HandleScope scope(args.env);
    napi_value pair = array_of(args.env, 2);
    set_element(args.env, pair, 0, from(args.env, live[i].first));
    set_element(args.env, pair, 1, from(args.env, std::string_view(describe(live[i].second))));
    set_element(args.env, result, i, pair);
  }
  return result;
}

// From the same count as the tensors' ids: what is in the scope has a larger one.
napi_value open_scope(Args& args) { return from(args.env, args.environment.next_id++); }

napi_value close_scope(Args& args) {
  auto& environment = args.environment;
  const int64_t scope = to_int64(args.env, args[0]);
  const int64_t parent = to_int64(args.env, args[1]);
  const uint32_t length = array_length(args.env, args[2]);
  std::unordered_set<Handle*> keep;
  for (uint32_t i = 0; i < length; i++)
    if (Handle* handle = handle_of(environment, element(args.env, args[2], i))) keep.insert(handle);
  int64_t disposed = 0;
  for (Handle* handle = environment.last; handle && handle->id > scope;) {
    Handle* previous = handle->previous;
    if (handle->scope == scope) {
      if (keep.contains(handle)) {
        handle->scope = parent;
      } else {
        dispose(*handle);
        disposed++;
      }
    }
    handle = previous;
  }
  return from(args.env, disposed);
}

}  // namespace

Exports lifetime_exports() {
  return {{"dispose", entry<dispose_tensor>},   {"isDisposed", entry<is_disposed>}, {"liveCount", entry<live_count>},
          {"id", entry<id>},                    {"liveIds", entry<live_ids>},       {"describeLive", entry<describe_live>},
          {"openScope", entry<open_scope>},     {"closeScope", entry<close_scope>}};
}

}  // namespace torch_node

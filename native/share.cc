#include "share.h"

#include "data.h"
#include "entry.h"
#include "handle.h"

namespace torch_node {

namespace {

// The only state that environments share: tensors between `share` and `adopt`. Never destroyed, because a worker may still
// run while the process exits.
struct Parking {
  std::mutex mutex;
  std::unordered_map<uint64_t, at::Tensor> tensors;
  uint64_t next = 1;
};

Parking& parking() {
  static auto* instance = new Parking;
  return *instance;
}

// Tickets that other threads have redeemed: forgotten now and then, so that one that shares for hours does not collect them.
void forget_redeemed(std::unordered_set<uint64_t>& tickets) {
  constexpr size_t kMany = 4096;
  if (tickets.size() < kMany || (tickets.size() & (tickets.size() - 1)) != 0) return;
  std::lock_guard lock(parking().mutex);
  std::erase_if(tickets, [](uint64_t ticket) { return parking().tensors.find(ticket) == parking().tensors.end(); });
}

napi_value share(Args& args) {
  at::Tensor tensor = tensor_of(args.environment, args[0]);
  TORCH_CHECK(tensor.is_leaf() || !tensor.requires_grad(),
              "Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd does not support "
              "crossing process boundaries. If you just want to transfer the data, call detach() on the tensor before "
              "serializing (e.g., putting it on the queue).");
  // A JavaScript buffer dies with its environment: the other side needs memory of its own.
  if (is_javascript_memory(tensor)) tensor = tensor.detach().clone().set_requires_grad(tensor.requires_grad());
  uint64_t ticket;
  {
    std::lock_guard lock(parking().mutex);
    ticket = parking().next++;
    parking().tensors.emplace(ticket, std::move(tensor));
  }
  forget_redeemed(args.environment.tickets);
  args.environment.tickets.insert(ticket);
  return bigint_from(args.env, ticket);
}

at::Tensor take(uint64_t ticket) {
  std::lock_guard lock(parking().mutex);
  auto place = parking().tensors.find(ticket);
  if (place == parking().tensors.end()) return {};
  at::Tensor tensor = std::move(place->second);
  parking().tensors.erase(place);
  return tensor;
}

napi_value adopt(Args& args) {
  const uint64_t ticket = bigint_to_uint64(args.env, args[0]);
  at::Tensor tensor = take(ticket);
  TORCH_CHECK(tensor.defined(), "This shared tensor was adopted already, revoked, or its sender has ended");
  args.environment.tickets.erase(ticket);
  return wrap(args.environment, std::move(tensor));
}

napi_value revoke(Args& args) {
  const uint64_t ticket = bigint_to_uint64(args.env, args[0]);
  args.environment.tickets.erase(ticket);
  return from(args.env, take(ticket).defined());
}

}  // namespace

void revoke_all(Environment& environment) {
  for (const uint64_t ticket : environment.tickets) take(ticket);
  environment.tickets.clear();
}

Exports share_exports() {
  return {{"share", entry<share>}, {"adopt", entry<adopt>}, {"revoke", entry<revoke>}};
}

}  // namespace torch_node

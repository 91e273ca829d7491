// SPDX-License-Identifier: MIT
#include "placement/hosted.hpp"

#include <algorithm>
#include <utility>

#include "placement/sharing.hpp"
#include "placement/stages.hpp"
#include "sizing/weight_loads.hpp"

namespace llmfit::placement {
namespace {

namespace llama_cpp = sizing::llama_cpp;

std::optional<Bytes> runtime_of(const Situation& situation) {
  const auto alone = sizing::runtime_estimate(situation.workload, situation.engine,
                                              sizing::device_bytes(situation.weights));
  return alone ? std::optional(alone->bytes) : std::nullopt;
}

bool state_known(const Model& model) { return !model.known_by_size_only && !model.cache_unknown; }

std::int32_t expert_blocks(const Model& model, const LlamaCppSettings& settings,
                           std::int32_t first) {
  const auto blocks = static_cast<std::int32_t>(model.layers.size());
  std::int32_t count = 0;
  for (auto i = first; i < std::min(blocks, settings.cpu_moe); ++i) {
    count += llama_cpp::has_routed_experts(model.layers[static_cast<std::size_t>(i)]) ? 1 : 0;
  }
  return count;
}

HostShare host_share(const Model& model, const Workload& workload,
                     const llama_cpp::PlaceLoad& load) {
  const auto& settings = workload.llama_cpp;
  HostShare host;
  host.weights = load.weights;
  host.kv_cache = load.kv_cache;
  host.state = load.state;
  host.compute = load.compute;
  host.layers = llama_cpp::host_blocks(model, settings);
  host.expert_layers = expert_blocks(model, settings, host.layers);
  host.gpu_layers = settings.gpu_layers;
  host.tensor_split = settings.tensor_split;
  host.cpu_moe = std::min(settings.cpu_moe, static_cast<std::int32_t>(model.layers.size()));
  return host;
}

}  // namespace

bool keeps_on_host(const Model& model, const Workload& workload) {
  return workload.engine == Engine::llama_cpp && !model.layers.empty() &&
         llama_cpp::keeps_on_host(model, workload.llama_cpp);
}

std::size_t host_blocks(const Model& model, const Workload& workload) {
  if (!keeps_on_host(model, workload)) return 0;
  return static_cast<std::size_t>(llama_cpp::host_blocks(model, workload.llama_cpp));
}

Workload with_host_share(Workload workload, const HostShare& host) {
  if (workload.engine != Engine::llama_cpp) return workload;
  workload.llama_cpp.gpu_layers = host.gpu_layers;
  workload.llama_cpp.cpu_moe = host.cpu_moe;
  workload.llama_cpp.tensor_split = host.tensor_split;
  return workload;
}

HostedPlacer::HostedPlacer(const Situation& situation, std::vector<DeviceLoad> beside)
    : situation_(situation),
      beside_(std::move(beside)),
      model_(situation.model, situation.weights, situation.format),
      runtime_(runtime_of(situation)) {}

/// The blocks from `first` on go to the devices as all of them do otherwise.
void HostedPlacer::deal_blocks(llama_cpp::PartPlaces& parts, const Workload& workload,
                               std::int32_t first) const {
  const auto& model = situation_.model;
  const auto begin = static_cast<std::size_t>(first);
  if (works_on_one(workload)) {
    const auto place =
        static_cast<llama_cpp::PlaceNumber>(main_device(workload, situation_.devices.size()));
    std::fill(parts.blocks.begin() + first, parts.blocks.end(), place);
    parts.output = place;
    return;
  }
  const auto ranges = stage_ranges(Engine::llama_cpp, model.layers.size() - begin, situation_.split,
                                   situation_.devices, draft_blocks(model), asked_shares(workload));
  for (std::size_t stage = 0; stage < ranges.size(); ++stage) {
    const auto place = static_cast<llama_cpp::PlaceNumber>(stage);
    for (auto i = ranges[stage].first; i < ranges[stage].last; ++i) parts.blocks[begin + i] = place;
    if (ranges[stage].output) parts.output = place;
  }
}

llama_cpp::PartPlaces HostedPlacer::parts(const Workload& workload) const {
  const auto& model = situation_.model;
  const auto& settings = workload.llama_cpp;
  llama_cpp::PartPlaces parts;
  parts.host = static_cast<llama_cpp::PlaceNumber>(situation_.devices.size());
  parts.blocks.assign(model.layers.size(), parts.host);
  parts.output = parts.host;
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    parts.host_experts.push_back(static_cast<std::int64_t>(i) < settings.cpu_moe);
  }
  parts.caches_on_host = !settings.kv_offload;
  parts.op_offload = settings.op_offload;
  if (settings.gpu_layers != 0)
    deal_blocks(parts, workload, llama_cpp::host_blocks(model, settings));
  return parts;
}

Hosted HostedPlacer::place(const Workload& workload, Rounding rounding) const {
  const auto places = model_.loads(workload, parts(workload), rounding);
  const bool known = state_known(situation_.model);
  Hosted hosted;
  for (std::size_t i = 0; i + 1 < places.size(); ++i) {
    DeviceLoad load;
    load.weights = places[i].weights;
    if (known) load.kv_cache = places[i].kv_cache;
    if (known) load.state = places[i].state;
    load.compute = places[i].compute;
    load.runtime = runtime_;
    hosted.loads.push_back(load);
  }
  add_draft_loads(hosted.loads, beside_);
  hosted.host = host_share(situation_.model, workload, places.back());
  return hosted;
}

std::int64_t HostedPlacer::headroom(const Workload& workload, Rounding rounding) const {
  const auto hosted = place(workload, rounding);
  auto least = Bytes::max();
  for (std::size_t i = 0; i < hosted.loads.size(); ++i) {
    least = std::min(least, situation_.devices[i].usable - hosted.loads[i].total());
  }
  return least.count();
}

}  // namespace llmfit::placement

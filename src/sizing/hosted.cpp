// SPDX-License-Identifier: MIT
#include "sizing/hosted.hpp"

#include <utility>

#include "sizing/engine_state.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

Bytes device_total(const BlockLoad& load) { return load.sharded + load.replicated; }

PlaceLoad& at(std::vector<PlaceLoad>& loads, PlaceNumber place) {
  return loads[static_cast<std::size_t>(place)];
}

/// Caches and states of layers, computed once for each kind of them.
class LayerCaches {
 public:
  explicit LayerCaches(const CacheRule& rule) : rule_(rule) {}

  const std::pair<Bytes, Bytes>& of(const Layer& layer) {
    for (const auto& [kind, bytes] : known_) {
      if (same_attention(*kind, layer)) return bytes;
    }
    const auto state = keeps_state(layer) ? state_bytes(rule_, layer) : Bytes{0};
    known_.push_back({&layer, {layer_cache_bytes(rule_, layer), state}});
    return known_.back().second;
  }

 private:
  const CacheRule& rule_;
  std::vector<std::pair<const Layer*, std::pair<Bytes, Bytes>>> known_;
};

}  // namespace

PartPlaces parts_of_one_device(const Model& model, const LlamaCppSettings& settings) {
  PartPlaces parts;
  const auto blocks = static_cast<std::int32_t>(model.layers.size());
  const auto first = host_blocks(model, settings);
  for (std::int32_t i = 0; i < blocks; ++i) {
    parts.blocks.push_back(i < first ? parts.host : PlaceNumber{0});
    parts.host_experts.push_back(i < settings.cpu_moe);
  }
  if (settings.gpu_layers == 0) parts.output = parts.host;
  parts.caches_on_host = !settings.kv_offload;
  parts.op_offload = settings.op_offload;
  return parts;
}

void HostedModel::add_weights(std::vector<PlaceLoad>& loads, const PartPlaces& parts) const {
  auto& host = at(loads, parts.host);
  host.weights += weights_.host;
  const auto put = [&](const BlockLoad& load, PlaceNumber place) {
    at(loads, place).weights += place == parts.host ? load.host : device_total(load);
  };
  put(weights_.output, parts.output);
  put(weights_.input, parts.blocks.empty() ? parts.output : parts.blocks.front());
  for (std::size_t i = 0; i < weights_.blocks.size() && i < parts.blocks.size(); ++i) {
    const auto& block = weights_.blocks[i];
    const auto place = parts.blocks[i];
    put(block, place);
    if (i == 0 && place == parts.host && parts.output != parts.host) {
      host.weights += Bytes{sizes_.all_rotary_factors()};  // beside the copy on the device
    }
    if (place == parts.host || !parts.host_experts[i]) continue;
    at(loads, place).weights -= block.routed;
    host.weights += block.host_routed;
  }
}

void HostedModel::add_caches(std::vector<PlaceLoad>& loads, const Workload& workload,
                             const PartPlaces& parts) const {
  const CacheRule on_device(model_, widths_, workload);
  auto on_host = on_device;
  on_host.on_host = true;
  LayerCaches devices(on_device);
  LayerCaches host(on_host);
  for (std::size_t i = 0; i < model_.layers.size(); ++i) {
    const auto place = parts.cache_of(i);
    const auto& [cache, state] = (place == parts.host ? host : devices).of(model_.layers[i]);
    at(loads, place).kv_cache += cache;
    at(loads, place).state += state;
  }
}

std::vector<Bytes> HostedModel::blocks_on_device(const Workload& workload,
                                                 const PartPlaces& parts) const {
  const CacheRule rule(model_, widths_, workload);
  LayerCaches caches(rule);
  std::vector<Bytes> bytes;
  for (std::size_t i = 0; i < model_.layers.size() && i < weights_.blocks.size(); ++i) {
    const auto& block = weights_.blocks[i];
    const auto& [cache, state] = caches.of(model_.layers[i]);
    const auto moved = parts.host_experts[i] ? block.routed : Bytes{0};
    bytes.push_back(device_total(block) - moved +
                    (parts.caches_on_host ? Bytes{0} : cache + state));
  }
  return bytes;
}

std::vector<PlaceLoad> HostedModel::loads(const Workload& workload, const PartPlaces& parts,
                                          BatchRounding rounding) const {
  std::vector<PlaceLoad> loads(static_cast<std::size_t>(parts.host) + 1);
  add_weights(loads, parts);
  add_caches(loads, workload, parts);
  const CacheRule rule(model_, widths_, workload);
  const auto batch = batch_of(model_, workload, rounding);
  const auto buffers = scheduled_compute(rule, widths_, batch, parts, sizes_);
  for (std::size_t i = 0; i < loads.size(); ++i) loads[i].compute = buffers[i];
  loads.back().compute += output_buffer(model_, widths_, workload.sequences);
  return loads;
}

}  // namespace llmfit::sizing::llama_cpp

// SPDX-License-Identifier: MIT
#include "render/fit_view.hpp"

#include <algorithm>
#include <array>

#include "base/numbers.hpp"

namespace llmfit::render {
namespace {

/// Makers and brands that say nothing a model number does not say.
constexpr std::array<std::string_view, 3> noise{"NVIDIA ", "GeForce ", "Tesla "};

std::string_view short_name(std::string_view name) {
  for (const auto word : noise) {
    if (name.starts_with(word)) name.remove_prefix(word.size());
  }
  return name;
}

/// A slice or the host's memory is known from the offer that sells it; `device` is the first of the
/// part.
std::optional<Capacity> capacity_of(const Candidate& candidate, const GpuCount* part,
                                    std::size_t device) {
  if (!candidate.usable_rule.empty()) {
    if (device >= candidate.devices.size()) return std::nullopt;
    return Capacity{candidate.devices[device].usable, candidate.usable_basis,
                    candidate.usable_rule};
  }
  const auto* offer = candidate.cost.offer;
  if (part != nullptr && part->count >= 1) return usable_bytes(*part->gpu);
  if (offer == nullptr) return std::nullopt;
  if (part == nullptr && offer->ram_gib) return usable_host_bytes(*offer->ram_gib);
  if (part != nullptr && offer->slice_memory_gib) {
    return usable_slice_bytes(*offer->slice_memory_gib);
  }
  return std::nullopt;
}

void add_capacity(std::vector<ShownCapacity>& shown, const Candidate& candidate,
                  const GpuCount* part, std::size_t device) {
  const auto* gpu = part == nullptr ? nullptr : part->gpu;
  const double count = part == nullptr ? 1 : std::min(part->count, 1.0);
  const auto known = std::find_if(shown.begin(), shown.end(), [&](const ShownCapacity& it) {
    return it.gpu == gpu && it.count == count;
  });
  if (known != shown.end()) return;
  const auto capacity = capacity_of(candidate, part, device);
  if (capacity) shown.push_back({gpu, count, *capacity, candidate.usable_is_given});
}

}  // namespace

const Workload* shared_workload(const FitView& view) {
  for (const auto& format : view.result.formats) {
    if (format.workload) return &*format.workload;
  }
  return nullptr;
}

std::string_view format_id(const FormatResult& format) {
  return format.choice.format ? format.choice.format->id : std::string_view(format.choice.typed);
}

std::string engine_version(const Catalog& catalog, const FormatResult& format) {
  const auto engine = format.choice.engine;
  if (format.workload) {
    const auto vllm = format.workload->vllm.version;
    const auto transformers = format.workload->transformers.version;
    if (engine == Engine::vllm && vllm != newest_vllm) return "v0." + std::to_string(vllm);
    if (engine == Engine::transformers && transformers != newest_transformers) {
      return "4." + std::to_string(transformers);
    }
  }
  return std::string(catalog.engine(engine).version);
}

std::string card_name(const Candidate& candidate) {
  if (candidate.gpus.empty()) return "host memory";
  if (candidate.gpus.size() == 1) return std::string(short_name(candidate.gpus.front().gpu->name));
  std::string name;
  for (const auto& part : candidate.gpus) {
    if (!name.empty()) name += " + ";
    if (part.count != 1) name += base::shortest(part.count) + " × ";
    name += short_name(part.gpu->name);
  }
  return name;
}

std::string set_name(const Candidate& candidate) {
  const double cards = card_count(candidate);
  const bool plain = candidate.gpus.size() != 1 || cards == 1;
  return (plain ? std::string{} : base::shortest(cards) + " × ") + card_name(candidate);
}

std::string_view purchase_basis(const Cost& cost) {
  if (!cost.purchase_usd) return {};
  if (cost.purchase_is_given) return "given";
  return cost.purchase_is_street ? "street" : "launch";
}

std::string rented_name(const Cost& cost) {
  if (cost.offer == nullptr) return {};
  std::string name = cost.machines > 1 ? std::to_string(cost.machines) + " × " : "";
  name.append(cost.offer->provider);
  if (!cost.offer->instance.empty()) name.append(" ").append(cost.offer->instance);
  return name;
}

std::string offer_name(const Cost& cost) {
  auto name = rented_name(cost);
  if (name.empty()) return name;
  switch (cost.term) {
    case RentalTerm::on_demand:
      break;
    case RentalTerm::spot:
      return name + " (spot)";
    case RentalTerm::reserved_1y:
      return name + " (1 year)";
    case RentalTerm::reserved_3y:
      return name + " (3 years)";
  }
  return name;
}

std::string offload_text(const FitView& view, const Candidate& candidate) {
  if (!candidate.offload) return {};
  const auto& host = *candidate.offload;
  if (host.per_device > Bytes{0}) {
    return base::gib_text(host.per_device, base::Round::up) + " GiB of weights on the host";
  }
  std::string text;
  if (host.gpu_layers) {
    const auto units = static_cast<std::int64_t>(view.model.layers.size()) + 1;
    text = base::grouped(std::min<std::int64_t>(*host.gpu_layers, units)) + " of " +
           base::grouped(units) + " layers on cards";
  }
  if (host.expert_layers > 0) {
    text += (text.empty() ? "experts of " : ", experts of ") + base::grouped(host.expert_layers) +
            (host.expert_layers == 1 ? " layer on the host" : " layers on the host");
  }
  if (text.empty()) text = "KV cache on the host";
  std::string shares;
  for (const auto share : host.tensor_split) {
    shares.append(shares.empty() ? ", tensor-split " : ",").append(base::shortest(share));
  }
  return text + shares;
}

std::string_view usable_basis(const Candidate& candidate) {
  if (candidate.devices.empty()) return {};
  if (candidate.usable_is_given) return "given";
  return candidate.usable_basis == Basis::exact ? "measured" : "estimate";
}

std::vector<ShownCapacity> shown_capacities(const std::vector<Candidate>& candidates) {
  std::vector<ShownCapacity> shown;
  for (const auto& candidate : candidates) {
    if (candidate.gpus.empty()) add_capacity(shown, candidate, nullptr, 0);
    std::size_t device = 0;
    for (const auto& part : candidate.gpus) {
      add_capacity(shown, candidate, &part, device);
      device += static_cast<std::size_t>(part.count);
    }
  }
  return shown;
}

}  // namespace llmfit::render

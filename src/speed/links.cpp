// SPDX-License-Identifier: MIT
#include <algorithm>

#include "speed/times.hpp"

namespace llmfit::speed {
namespace {

constexpr double giga = 1e9;
constexpr double micro = 1e-6;
constexpr double activation_bytes = 2;

struct Link {
  double seconds = 0;  ///< of an empty message
  double bytes_per_second = 0;
};

/// Bridges join pairs; what is further apart talks over PCIe, and more than four cards hang on more
/// than one switch or socket.
Link link_of(const SpeedRules& rules, const GpuRecord& gpu, double ranks) {
  const auto& peaks = gpu.peaks;
  const bool bridged =
      peaks.link == LinkType::nvlink_bridge && ranks <= 2 && gpu.segment == "datacenter";
  const double peak = peaks.link_gb_s * giga * rules.link_bandwidth;
  if (peaks.link_gb_s > 0) {
    if (peaks.link == LinkType::nvlink || bridged) return {rules.nvlink_us * micro, peak};
    if (peaks.link == LinkType::xgmi) return {rules.xgmi_us * micro, peak};
    if (peaks.link == LinkType::ethernet) return {rules.ethernet_us * micro, peak};
  }
  // Half of what four generations of PCIe do at sixteen lanes, where nothing is known of the card.
  constexpr double usual_pcie = 14;
  const double pcie = (peaks.pcie_gb_s > 0 ? peaks.pcie_gb_s : usual_pcie) * giga;
  return {rules.pcie_us * micro, pcie * rules.link_bandwidth / (ranks > 4 ? rules.far_link : 1)};
}

/// Nothing is known of the network: one adapter of 200 Gbit/s a card, as in NVIDIA's DGX A100, and
/// the latency that was measured over Ethernet.
Link network(const SpeedRules& rules) {
  constexpr double adapter = 25;
  const double latency = rules.ethernet_us > 0 ? rules.ethernet_us : rules.hop_us;
  return {latency * micro, adapter * giga * rules.link_bandwidth};
}

/// Tensor ranks that do not all stand in one machine.
bool spans_machines(const Configuration& set) {
  const auto& split = set.question.split;
  return split.nodes > 1 && std::int64_t{split.tensor} * split.nodes > split.devices();
}

}  // namespace

double machine_hops_seconds(const Configuration& set, double tokens) {
  const auto stages = static_cast<std::int32_t>(set.stages.size());
  const auto hops = std::min(set.question.split.nodes, stages) - 1;
  if (hops <= 0) return 0;
  const auto link = network(set.rules);
  const auto width = static_cast<double>(set.question.work.hidden);
  return hops * (link.seconds + tokens * width * activation_bytes / link.bytes_per_second);
}

double all_reduce_seconds(const Configuration& set, double tokens) {
  if (set.ranks <= 1 || set.question.cards.empty()) return 0;
  const auto link = spans_machines(set)
                        ? network(set.rules)
                        : link_of(set.rules, *set.question.cards.front().gpu, set.ranks);
  // A ring passes each value on twice, all but one rank's share of them.
  const double passes = 2 * (set.ranks - 1) / set.ranks;
  const auto width = static_cast<double>(set.question.work.hidden);
  return link.seconds + tokens * width * activation_bytes * passes / link.bytes_per_second;
}

}  // namespace llmfit::speed

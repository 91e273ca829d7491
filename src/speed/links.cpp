// SPDX-License-Identifier: MIT
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

}  // namespace

double all_reduce_seconds(const Configuration& set, double tokens) {
  if (set.ranks <= 1 || set.question.cards.empty()) return 0;
  const auto link = link_of(set.rules, *set.question.cards.front().gpu, set.ranks);
  // A ring passes each value on twice, all but one rank's share of them.
  const double passes = 2 * (set.ranks - 1) / set.ranks;
  const auto width = static_cast<double>(set.question.work.hidden);
  return link.seconds + tokens * width * activation_bytes * passes / link.bytes_per_second;
}

}  // namespace llmfit::speed

// SPDX-License-Identifier: MIT
#include <algorithm>

#include "search/format_search.hpp"
#include "search/support.hpp"

namespace llmfit::search {
namespace {

std::optional<std::int64_t> more(const std::optional<std::int64_t>& most, std::int64_t asked) {
  return most ? std::optional(std::max<std::int64_t>(*most - asked, 0)) : std::nullopt;
}

/// The model's weights in another format, where they would leave every device of the candidate
/// room: each takes its part of the difference.
bool leaves_room(const Candidate& candidate, Bytes now, Bytes then) {
  const auto grown = static_cast<double>((then - now).count()) / static_cast<double>(now.count());
  return std::all_of(candidate.devices.begin(), candidate.devices.end(),
                     [&](const DevicePlacement& device) {
                       const auto weights = static_cast<double>(device.load.weights.count());
                       return weights * grown <= static_cast<double>(device.headroom.count());
                     });
}

bool runs_on_all(const Format& format, const Candidate& candidate) {
  const auto support = support_of(format);
  return std::all_of(candidate.gpus.begin(), candidate.gpus.end(), [&](const GpuCount& part) {
    return obstacle(support, *part.gpu) == Obstacle::none;
  });
}

/// The engine's usual levels with more bits than the format has, most bits first. More than 16 bits
/// are of no use for inference.
std::vector<const Format*> larger_formats(const FormatContext& context) {
  std::vector<const Format*> larger;
  const auto bits = context.weights.bits_per_weight;
  for (const auto& format : context.catalog.formats()) {
    const auto nominal = nominal_bits(format);
    const bool usual = format.engine == context.choice.engine && !format.family.empty();
    if (usual && nominal > bits && nominal <= 16) larger.push_back(&format);
  }
  std::stable_sort(larger.begin(), larger.end(), [](const Format* a, const Format* b) {
    return nominal_bits(*a) > nominal_bits(*b);
  });
  return larger;
}

}  // namespace

Headroom headroom_of(const FormatContext& context, const Candidate& candidate) {
  Headroom room{more(candidate.max_context, context.workload.context),
                more(candidate.max_sequences, context.workload.sequences), nullptr, std::nullopt};
  const auto bits = context.weights.bits_per_weight;
  for (const auto* format : larger_formats(context)) {
    // Before the tensors are summed: the bits of the name are a lower bound for nearly all.
    const Bytes now = context.weights.tensor_bytes;
    const auto then = Bytes{
        static_cast<std::int64_t>(static_cast<double>(now.count()) * nominal_bits(*format) / bits)};
    if (!leaves_room(candidate, now, then) || !runs_on_all(*format, candidate)) continue;
    const auto weights = weigh(context.model, *format);
    if (!weights || weights->tensor_bytes <= now) continue;
    if (!leaves_room(candidate, now, weights->tensor_bytes)) continue;
    room.next_format = format;
    room.bits_per_weight = weights->bits_per_weight;
    return room;
  }
  return room;
}

}  // namespace llmfit::search

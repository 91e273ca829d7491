// SPDX-License-Identifier: MIT
#include <algorithm>

#include "search/fit_format.hpp"
#include "search/hardware.hpp"
#include "search/limits.hpp"

namespace llmfit::search {
namespace {

std::optional<std::int64_t> more(const std::optional<std::int64_t>& most, std::int64_t asked) {
  return most ? std::optional(std::max<std::int64_t>(*most - asked, 0)) : std::nullopt;
}

/// The model's weights grown by a factor, where every device of the candidate has room for its part
/// of what they grow by. The rule parameters x bytes has an overhead that grows with them.
bool leaves_room(const Candidate& candidate, Engine engine, double factor) {
  const auto leaves = [&](const DevicePlacement& device) {
    const auto& load = device.load;
    const auto grows = engine == Engine::params ? load.total() : load.weights;
    return static_cast<double>(grows.count()) * (factor - 1) <=
           static_cast<double>(device.headroom.count());
  };
  return std::all_of(candidate.devices.begin(), candidate.devices.end(), leaves);
}

bool runs_on_all(const Format& format, const Candidate& candidate) {
  return std::all_of(candidate.gpus.begin(), candidate.gpus.end(),
                     [&](const GpuCount& part) { return format_runs_on(format, *part.gpu); });
}

/// Of the model in that format; a result that has it already spares the sum over its tensors.
std::optional<double> bits_in(const Question& question, const FitResult& result,
                              const Format& format) {
  for (const auto& one : result.formats) {
    const bool same = one.choice.format && one.choice.engine == format.engine &&
                      one.choice.format->id == format.id;
    if (same && one.weights) return one.weights->bits_per_weight;
  }
  const auto weights = question.weigher.weigh(format);
  return weights ? std::optional(weights->bits_per_weight) : std::nullopt;
}

/// The engine's usual levels with more bits than the format has, most bits first. More than 16 bits
/// are of no use for inference.
std::vector<const Format*> larger_formats(const Catalog& catalog, Engine engine, double bits) {
  std::vector<const Format*> larger;
  for (const auto& format : catalog.formats()) {
    const auto nominal = nominal_bits(format);
    const bool usual = format.engine == engine && !format.family.empty();
    if (usual && nominal > bits && nominal <= 16) larger.push_back(&format);
  }
  std::stable_sort(larger.begin(), larger.end(), [](const Format* a, const Format* b) {
    return nominal_bits(*a) > nominal_bits(*b);
  });
  return larger;
}

Headroom headroom_of(const Question& question, const FitResult& result, const FormatResult& one) {
  const auto& candidate = one.candidates.front();
  Headroom room{more(candidate.max_context, one.workload->context),
                more(candidate.max_sequences, one.workload->sequences), nullptr, std::nullopt};
  const auto engine = one.choice.engine;
  const auto bits = one.weights->bits_per_weight;
  for (const auto* format : larger_formats(question.catalog, engine, bits)) {
    // The bits of the name are a lower bound, for which no tensor has to be looked at.
    if (!leaves_room(candidate, engine, nominal_bits(*format) / bits)) continue;
    const auto then = bits_in(question, result, *format);
    if (!then || *then <= bits || !leaves_room(candidate, engine, *then / bits)) continue;
    if (!runs_on_all(*format, candidate)) continue;
    room.next_format = format;
    room.bits_per_weight = then;
    return room;
  }
  return room;
}

}  // namespace

void add_headroom(const Question& question, FitResult& result) {
  // What the memory has room for might break a limit that was asked for.
  if (asks_limits(question.request)) return;
  for (auto& one : result.formats) {
    const bool fits = !one.candidates.empty() && one.candidates.front().fits;
    if (fits && one.weights && one.workload) one.headroom = headroom_of(question, result, one);
  }
}

}  // namespace llmfit::search

// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "llmfit/placement.hpp"
#include "placement/stages.hpp"
#include "sizing/parts.hpp"

/// The one rule by which devices get their parts: behind `share` and behind the inverse searches.
namespace llmfit::placement {

/// A model with its cache filled in, and what is known beside its blocks.
struct Portions {
  const Model& model;
  const sizing::Widths& widths;
  const Workload& workload;
  const BlockLoad& input;
  std::span<const BlockLoad> blocks;
  const BlockLoad& output;
  std::optional<Bytes> runtime;  ///< of one device that works alone
  bool has_cache = true;         ///< false: unknown
  bool has_state = true;
  sizing::llama_cpp::BatchRounding rounding = sizing::llama_cpp::BatchRounding::as_engine;
};

/// Loads of all devices, stage by stage; `loads` is reused from call to call.
void deal(const Portions& portions, const Split& split, std::span<const Device> devices,
          std::span<const StageRange> stages, std::vector<DeviceLoad>& loads);

/// What a device offers to a workload: all that is usable, or vLLM's share of it.
Bytes available(const Workload& workload, const Device& device);

/// Whether vLLM's cache on these devices differs from that on a small one: it keeps the tokens in
/// flight on windowed layers, and larger devices have more of them.
bool cache_depends_on_device(const Workload& workload, const sizing::Widths& widths,
                             std::span<const Device> devices);

}  // namespace llmfit::placement

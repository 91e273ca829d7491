// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "llmfit/placement.hpp"
#include "sizing/hosted.hpp"

namespace llmfit::placement {

/// What devices and host hold.
struct Hosted {
  std::vector<DeviceLoad> loads;
  HostShare host;
};

/// Whether a part of the model lies on the host though devices work on it: llama.cpp's settings.
bool keeps_on_host(const Model& model, const Workload& workload);

/// How many of the first blocks lie there whole.
std::size_t host_blocks(const Model& model, const Workload& workload);

/// The same with what was found by search.
Workload with_host_share(Workload workload, const HostShare& host);

/// A situation whose model lies partly in host memory, tried again and again.
class HostedPlacer {
 public:
  using Rounding = sizing::llama_cpp::BatchRounding;

  /// `beside`: what the devices hold of another model.
  explicit HostedPlacer(const Situation& situation, std::vector<DeviceLoad> beside = {});

  [[nodiscard]] Hosted place(const Workload& workload,
                             Rounding rounding = Rounding::as_engine) const;
  /// Bytes that the tightest device has left; negative: it does not fit.
  [[nodiscard]] std::int64_t headroom(const Workload& workload,
                                      Rounding rounding = Rounding::as_engine) const;
  /// The settings that leave as little as suffices on the host; where nothing suffices, as much as
  /// can be left there.
  [[nodiscard]] LlamaCppSettings solve() const;

 private:
  [[nodiscard]] sizing::llama_cpp::PartPlaces parts(const Workload& workload) const;
  void deal_blocks(sizing::llama_cpp::PartPlaces& parts, const Workload& workload,
                   std::int32_t first) const;
  [[nodiscard]] std::int64_t headroom_with(const LlamaCppSettings& settings) const;
  [[nodiscard]] LlamaCppSettings packed(LlamaCppSettings settings) const;
  [[nodiscard]] LlamaCppSettings solve_layers(LlamaCppSettings settings) const;
  [[nodiscard]] LlamaCppSettings solve_experts(LlamaCppSettings settings) const;

  const Situation& situation_;
  std::vector<DeviceLoad> beside_;
  sizing::llama_cpp::HostedModel model_;
  std::optional<Bytes> runtime_;
};

}  // namespace llmfit::placement

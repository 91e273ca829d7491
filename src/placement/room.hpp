// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "placement/hosted.hpp"
#include "placement/trial.hpp"

namespace llmfit::placement {

/// What the tightest device of a situation has left with another context or number of sequences,
/// whether all of the model lies on devices or a part of it on the host.
class Room {
 public:
  using Rounding = Trial::Rounding;

  explicit Room(const Situation& situation) : workload_(situation.workload) {
    if (keeps_on_host(situation.model, workload_) && !situation.on_host) {
      hosted_.emplace(situation);
    } else {
      trial_.emplace(situation);
    }
  }

  /// Bytes; negative: it does not fit.
  std::int64_t left(std::int64_t context, std::int64_t sequences,
                    Rounding rounding = Rounding::as_engine) {
    if (trial_) return trial_->headroom(context, sequences, rounding);
    workload_.context = context;
    workload_.sequences = sequences;
    return hosted_->headroom(workload_, rounding);
  }

  /// See Trial; what lies partly on the host is tried on its own devices.
  void put_on(const Device& device) {
    if (trial_) trial_->put_on(device);
  }

 private:
  Workload workload_;
  std::optional<Trial> trial_;
  std::optional<HostedPlacer> hosted_;
};

}  // namespace llmfit::placement

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "llmfit/model.hpp"

namespace llmfit::sizing {

/// A number that two models share only if all their dimensions are the same (but for chance, one
/// in 2^64): tells what was already computed for a model. Layers are added one by one.
class Fingerprint {
 public:
  explicit Fingerprint(const Model& model);

  void add(const Layer& layer);
  /// Another layer like the one that was added last.
  void add_same() { ++run_; }
  [[nodiscard]] std::uint64_t value() const;

 private:
  std::uint64_t hash_ = 0;
  std::uint64_t run_ = 1;
};

}  // namespace llmfit::sizing

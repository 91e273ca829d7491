// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/machine.hpp"

namespace llmfit::cli {

/// The real machine. Nothing that it does can crash llmfit or hold it up for long.
class SystemProbes final : public Probes {
 public:
  [[nodiscard]] Result<std::string> read(const std::string& path) const override;
  [[nodiscard]] std::vector<std::string> list(const std::string& folder) const override;
  [[nodiscard]] Result<std::string> ask(Inquiry inquiry) const override;
};

}  // namespace llmfit::cli

// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/read_model.hpp"

namespace llmfit::cli {

/// Models in the file system.
class SystemFiles final : public ModelFiles {
 public:
  Result<std::unique_ptr<FileBytes>> open(const std::string& path) override;
  [[nodiscard]] bool is_folder(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& folder) override;
};

}  // namespace llmfit::cli

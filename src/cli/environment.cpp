// SPDX-License-Identifier: MIT
#include "cli/environment.hpp"

namespace llmfit::cli {

Result<void> Environment::stream(const std::string& path,
                                 const std::function<bool(std::string_view)>& take) const {
  const auto text = read(path);
  if (!text) return tl::unexpected(text.error());
  take(*text);
  return {};
}

}  // namespace llmfit::cli

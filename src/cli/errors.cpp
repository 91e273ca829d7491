// SPDX-License-Identifier: MIT
#include "cli/errors.hpp"

#include "base/text.hpp"

namespace llmfit::cli {

int exit_code(const Error& error) { return error.code == ErrorCode::internal ? 70 : 2; }

Error printable(const Error& error) {
  return {error.code, base::printable(error.message), base::printable(error.hint),
          base::printable(error.where)};
}

std::string error_text(const Error& error) {
  const auto clean = printable(error);
  std::string text = "llmfit: error: " + clean.message;
  if (!clean.where.empty() && clean.message.find(clean.where) == std::string::npos) {
    text += " (" + clean.where + ")";
  }
  text += '\n';
  if (!clean.hint.empty()) text += "  hint: " + clean.hint + "\n";
  return text;
}

}  // namespace llmfit::cli

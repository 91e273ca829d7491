// SPDX-License-Identifier: MIT
#include <string>
#include <utility>

#include "base/text.hpp"
#include "sizing/workload_draft.hpp"

namespace llmfit::sizing {

tl::unexpected<Error> wrong_value(const Setting& setting, std::string expected) {
  const auto typed = base::printable(setting.value);
  return fail(ErrorCode::invalid_value,
              "'" + typed + "' is not a value of " + base::printable(setting.flag),
              "it takes " + std::move(expected), typed);
}

tl::unexpected<Error> not_computed(const Setting& setting, std::string hint) {
  const auto typed = base::printable(setting.flag + "=" + setting.value);
  return fail(ErrorCode::unsupported, "the effect of " + typed + " is not computed yet",
              std::move(hint), typed);
}

Result<bool> on_or_off(const Setting& setting) {
  const auto word = base::lower(setting.value);
  if (word.empty() || word == "on" || word == "true" || word == "1") return true;
  if (word == "off" || word == "false" || word == "0") return false;
  return wrong_value(setting, "on or off");
}

}  // namespace llmfit::sizing

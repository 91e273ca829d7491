// SPDX-License-Identifier: MIT
#include "launch/flags.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace llmfit::launch {
namespace {

/// "--Ubatch_Size" and "ubatch-size" are the same flag.
std::string normalised(std::string_view typed) {
  auto name = base::lower(typed);
  name.erase(0, std::min(name.find_first_not_of('-'), name.size()));
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

bool is_off(std::string_view word) { return word == "off" || word == "false" || word == "0"; }

}  // namespace

void add_flags(Command& command, std::span<const Flag> flags, const LaunchQuestion& question) {
  for (const auto& flag : flags) {
    auto value = flag.value(question);
    if (!value) continue;
    if (value->empty()) {
      command.add(flag.name);
    } else {
      command.add(flag.name, std::move(*value));
    }
  }
}

const std::string* typed_setting(const LaunchQuestion& question, std::string_view flag) {
  const std::string* value = nullptr;
  for (const auto& setting : question.request.workload.settings) {
    if (normalised(setting.flag) == flag) value = &setting.value;
  }
  return value;
}

bool switched_on(const LaunchQuestion& question, std::string_view flag) {
  const auto* value = typed_setting(question, flag);
  return value != nullptr && !is_off(base::lower(*value));
}

bool switched_off(const LaunchQuestion& question, std::string_view flag) {
  const auto* value = typed_setting(question, flag);
  return value != nullptr && is_off(base::lower(*value));
}

}  // namespace llmfit::launch

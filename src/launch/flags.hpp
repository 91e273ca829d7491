// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "launch/served.hpp"

namespace llmfit::launch {

/// What a flag is given: nothing (it is left out), empty text (it is a switch), or a value.
using Value = std::optional<std::string> (*)(const LaunchQuestion& question);

struct Flag {
  std::string_view name;
  Value value;
};

/// Adds those flags of the table that the question calls for, in the table's order.
void add_flags(Command& command, std::span<const Flag> flags, const LaunchQuestion& question);

/// A switch that is on.
inline std::optional<std::string> on() { return std::string(); }
inline std::optional<std::string> on_if(bool yes) { return yes ? on() : std::nullopt; }
template <class Number>
std::optional<std::string> number(Number value) {
  return std::to_string(value);
}

/// The value that a person gave for a setting by `--set`; null: none.
const std::string* typed_setting(const LaunchQuestion& question, std::string_view flag);
/// Whether a switch among the settings was set to on (or without a value).
bool switched_on(const LaunchQuestion& question, std::string_view flag);
bool switched_off(const LaunchQuestion& question, std::string_view flag);

/// llama-server with all that the estimate rests on. Errors: unsupported.
Result<Server> llama_server(const LaunchQuestion& question, const Site& site);

/// `vllm serve`, for all machines together.
Server vllm_serve(const LaunchQuestion& question, const Site& site);

}  // namespace llmfit::launch

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "llmfit/verify.hpp"
#include "logs/text.hpp"

namespace llmfit::logs {

/// A log while it is read. The first load that really allocates is the one that counts.
struct Draft {
  LogFacts facts;
  std::string name;  ///< of the model, from the several places that tell it
  std::string base_name;
  std::string size_label;
  std::string origin;
  std::string file;
  bool closed = false;    ///< a whole run was read: what follows is another
  bool dry = false;       ///< the engine only tries what a load would take
  bool windowed = false;  ///< the cache that is being made is that of windowed layers
  bool sized = false;     ///< the current context's length was read
  std::int64_t contexts = 0;
  std::optional<std::int64_t> slots;  ///< of a server, before its context tells its sequences
};

/// Sets one of the engine's flags, once.
void set_flag(Draft& draft, std::string_view flag, std::string value);
/// The value of a flag; empty: it was not set.
std::string_view flag(const LogFacts& facts, std::string_view name);
/// Notes a figure; more than a log can sensibly have are dropped.
void add_reading(Draft& draft, Measure measure, std::string_view device, Printed amount,
                 double unit);

/// Whether a figure of that kind was read.
bool has_reading(const LogFacts& facts, Measure measure);

/// Reads what a line tells, if anything.
void take_llama_cpp(Draft& draft, std::string_view line);
void take_llama_cpp_buffer(Draft& draft, std::string_view line);
void take_vllm(Draft& draft, std::string_view line);

}  // namespace llmfit::logs

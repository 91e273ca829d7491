// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "logs/draft.hpp"
#include "logs/names.hpp"

namespace llmfit {
namespace logs {
namespace {

constexpr std::size_t most_readings = 4096;
constexpr std::size_t most_settings = 64;
/// Nobody has so much memory; and twice as much would no longer fit 64 bits.
constexpr double most_amount = 1152921504606846976.0;  // 2^60

}  // namespace

void set_flag(Draft& draft, std::string_view flag, std::string value) {
  auto& settings = draft.facts.settings;
  for (auto& setting : settings) {
    if (setting.flag != flag) continue;
    setting.value = std::move(value);
    return;
  }
  if (settings.size() < most_settings) settings.push_back({std::string(flag), std::move(value)});
}

std::string_view flag(const LogFacts& facts, std::string_view name) {
  for (const auto& setting : facts.settings) {
    if (setting.flag == name) return setting.value;
  }
  return {};
}

void add_reading(Draft& draft, Measure measure, std::string_view device, Printed amount,
                 double unit) {
  auto& readings = draft.facts.readings;
  if (readings.size() >= most_readings || !(amount.value * unit <= most_amount)) return;
  readings.push_back({measure, kept(device), amount.value * unit, amount.rounding * unit});
}

bool has_reading(const LogFacts& facts, Measure measure) {
  return std::any_of(facts.readings.begin(), facts.readings.end(),
                     [&](const Reading& reading) { return reading.measure == measure; });
}

}  // namespace logs

namespace {

tl::unexpected<Error> unusable(const std::string& file, std::string what, std::string hint) {
  return fail(ErrorCode::invalid_file, "'" + base::printable(file) + "' " + std::move(what),
              std::move(hint), base::printable(file));
}

}  // namespace

struct LogReader::State {
  logs::Draft draft;
  std::string line;  ///< as far as it was fed
  bool any = false;
  bool wide = false;  ///< UTF-16 of a Windows shell: what is read of it is ASCII
  bool binary = false;

  void take(std::string_view bytes) {
    for (;;) {
      const auto end = bytes.find('\n');
      append(bytes.substr(0, end));
      if (end == std::string_view::npos) return;
      finish_line();
      bytes.remove_prefix(end + 1);
    }
  }

  /// Of a line that is longer than any of an engine only the beginning is kept.
  void append(std::string_view part) {
    line.append(part.substr(0, logs::longest_line - std::min(line.size(), logs::longest_line)));
  }

  void finish_line() {
    const auto text = logs::cleaned(line);
    logs::take_llama_cpp(draft, text);
    logs::take_vllm(draft, text);
    line.clear();
  }
};

LogReader::LogReader() : state_(std::make_unique<State>()) {}
LogReader::~LogReader() = default;
LogReader::LogReader(LogReader&&) noexcept = default;
LogReader& LogReader::operator=(LogReader&&) noexcept = default;

bool LogReader::feed(std::string_view bytes) {
  auto& state = *state_;
  if (!state.any) state.wide = bytes.starts_with("\xff\xfe");
  state.any = state.any || !bytes.empty();
  if (state.wide) {
    std::string narrow(bytes);
    narrow.erase(std::remove(narrow.begin(), narrow.end(), '\0'), narrow.end());
    state.take(narrow);
    return true;
  }
  state.binary = state.binary || bytes.find('\0') != std::string_view::npos;
  if (!state.binary) state.take(bytes);
  return !state.binary;
}

Result<LogFacts> LogReader::finish(const std::string& file) {
  auto& state = *state_;
  if (!state.any) return unusable(file, "is empty", "save what the engine prints at its start");
  if (state.binary) {
    return unusable(file, "is no text: it holds zero bytes",
                    "save what the engine prints at its start");
  }
  state.finish_line();
  const bool told = !logs::flag(state.draft.facts, "parallel").empty();
  if (state.draft.slots && !told) {
    logs::set_flag(state.draft, "parallel", std::to_string(*state.draft.slots));
  }
  auto facts = std::move(state.draft.facts);
  facts.model.names = logs::model_names(state.draft);
  if (!facts.engine) {
    return unusable(file, "is no start-up log of llama.cpp or vLLM",
                    "redirect what the engine prints while it loads: llama-server … 2> start.log");
  }
  if (facts.readings.empty()) {
    return unusable(file, "says nothing about memory",
                    "llama.cpp prints its buffers with -lv 4, vLLM with VLLM_LOGGING_LEVEL=INFO");
  }
  return facts;
}

}  // namespace llmfit

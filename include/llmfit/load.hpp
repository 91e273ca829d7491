// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "llmfit/batch.hpp"
#include "llmfit/speed.hpp"

namespace llmfit {

/// Tokens of a prompt and of its answer where nobody says: what llama-bench measures (pp512,
/// tg128).
inline constexpr std::int64_t usual_input_tokens = 512;
inline constexpr std::int64_t usual_output_tokens = 128;

/// How a model is used: what speed and cost are asked for.
struct LoadRequest {
  std::optional<std::int64_t> input_tokens;   ///< of a prompt
  std::optional<std::int64_t> output_tokens;  ///< of an answer
  std::optional<std::int64_t> users;          ///< requests in flight at once
  std::optional<double> requests_per_second;
  std::optional<double> ttft;     ///< seconds until the first token, at most
  std::optional<double> tpot;     ///< seconds between two tokens of an answer, at most
  std::optional<BatchJob> batch;  ///< a job that nobody waits for
  std::string stack;  ///< of the engine: "tensorrt-llm", "sglang"; empty: the engine itself

  [[nodiscard]] bool names_lengths() const { return input_tokens || output_tokens; }
  /// Whether a service is asked for, not only a speed.
  [[nodiscard]] bool serves() const { return users || requests_per_second || ttft || tpot; }
};

/// What one copy of a configuration serves within the limits asked for, and how many copies the
/// load takes.
struct Service {
  std::int64_t concurrency = 0;        ///< requests in flight on one copy; 0: not even one
  std::int64_t held = 0;               ///< sequences that its memory and its engine allow
  Rate throughput;                     ///< output tokens a second of one copy at that concurrency
  Rate first_token;                    ///< seconds
  Rate output_token;                   ///< seconds
  double requests_per_second = 0;      ///< that one copy serves
  std::optional<std::int64_t> copies;  ///< that the load takes; absent: no number suffices
  std::optional<double> usd_per_hour;  ///< of all copies
  std::optional<double> usd_per_month;
};

}  // namespace llmfit

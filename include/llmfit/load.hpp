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
  /// One set of hardware has to serve all of it, as `check` asks: it is one copy.
  bool one_copy = false;

  /// Whether a service is asked for, not only a speed.
  [[nodiscard]] bool serves() const { return users || requests_per_second || ttft || tpot; }
  [[nodiscard]] bool limits_latency() const { return ttft || tpot; }
};

/// What one copy does with a number of requests in flight.
struct ServiceRates {
  Rate throughput;    ///< output tokens a second
  Rate first_token;   ///< seconds until the first token
  Rate output_token;  ///< seconds between two tokens of an answer
};

/// What one copy of a configuration serves within the latencies asked for, how many copies the load
/// takes, and what each does when they share it evenly.
struct Service {
  std::int64_t held = 0;         ///< sequences that memory and engine allow on one copy
  std::int64_t concurrency = 0;  ///< requests in flight that one copy serves at most; 0: not one
  /// At that concurrency, of one request where that is none; absent: no speed is known.
  std::optional<ServiceRates> most;
  std::optional<double> requests_per_second;  ///< that one copy serves at most
  std::optional<std::int64_t> copies;         ///< that the load takes; absent: no number suffices
  std::int64_t load = 0;                      ///< requests in flight on each of them
  std::optional<ServiceRates> rates;          ///< of one copy under that load
  std::optional<Rate> throughput;             ///< output tokens a second of all copies
  std::optional<double> usd_per_hour;         ///< of all copies
  std::optional<double> usd_per_month;        ///< 730 hours
  std::optional<double> usd_per_million_tokens;  ///< of output, see FitRequest::utilisation
};

}  // namespace llmfit

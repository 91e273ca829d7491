// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "llmfit/catalog.hpp"
#include "llmfit/placement.hpp"
#include "llmfit/sizing.hpp"

namespace llmfit {

/// What one pass over a model touches in a format, whatever it runs on.
struct Work {
  Bytes dense;    ///< weights of the blocks that every token needs
  Bytes experts;  ///< routed experts of all blocks together
  Bytes head;     ///< the output matrix, and what else follows the blocks
  Elements dense_elements;
  Elements expert_elements;
  Elements head_elements;
  std::int32_t expert_count = 0;   ///< routed experts of a layer; 0: none
  std::int32_t expert_active = 0;  ///< of those, how many a token is sent to
  std::int32_t layers = 1;
  std::int64_t hidden = 0;
  Bytes cache_per_token;         ///< keys and values of layers that see the whole context
  Bytes window_cache_per_token;  ///< of layers with a window
  std::int64_t window = 0;       ///< tokens that such layers see
  Bytes state;                   ///< recurrent state of one sequence
  std::int64_t attention = 0;    ///< heads x (key + value width), layers without a window
  std::int64_t window_attention = 0;
  double head_groups = 1;          ///< query heads that share the keys of one
  std::int64_t scores = 0;         ///< query heads of all layers without a window
  std::int64_t window_scores = 0;  ///< of those with one
  bool flash_attention = true;     ///< llama.cpp: scores are not written to memory
  bool encodes = false;    ///< nothing is generated, and each token of a text sees all others
  double step_part = 1;    ///< of the dense weights and layers, what a step passes: no encoder
  double prompt_part = 1;  ///< and what a prompt passes: beside an encoder no decoder
};

/// One pass over the tensors: once for a model in a format, not once for a card.
Work work_of(const Model& model, const Weights& weights, const Format& format,
             const Workload& workload);

/// A card and its part of the model.
struct CardShare {
  const GpuRecord* gpu = nullptr;
  double part = 1;      ///< of the layers, against the other cards'; they need not sum to one
  double fraction = 1;  ///< below 1: a slice of the card
};

/// The machine beside the cards: memory bandwidth and what its cores compute.
struct HostSpeed {
  double bandwidth_gb_s = 76.8;  ///< two channels of DDR5-4800
  double tflops = 1;             ///< of prompts in quantized weights, a desktop of sixteen cores
};

/// Everything that decides how fast a configuration is. `cards` has data x tensor x pipeline
/// entries, or none: host memory alone.
struct SpeedQuestion {
  const Work& work;
  const Format& format;
  const EngineRecord& engine;
  std::string_view stack = {};  ///< of `engine.speed`; empty: the first, the engine itself
  Split split = {};
  std::span<const CardShare> cards = {};
  const HostShare* host = nullptr;  ///< null: nothing was left to the host
  HostSpeed host_speed = {};
  std::int64_t depth = 0;  ///< tokens in the cache before the prompt
  std::int64_t input = 512;
  std::int64_t output = 128;
  std::int64_t sequences = 1;          ///< in flight
  bool prompts_in_throughput = true;   ///< else it counts the time of the answers alone
  std::int32_t version = newest_vllm;  ///< minor version of vLLM 0.x
  bool vulkan = false;                 ///< llama.cpp through Vulkan
};

/// An estimate, and the band in which nine of ten measurements lie.
struct Rate {
  double low = 0;
  double value = 0;
  double high = 0;
};

/// Where the time goes, seconds. Parts overlap: memory and compute do not add up to `total`.
struct TimeParts {
  double weights = 0;  ///< reading weights
  double cache = 0;    ///< reading keys, values and states
  double compute = 0;
  double fixed = 0;  ///< starting kernels, scheduling: per layer and sequence
  double link = 0;   ///< between devices
  double host = 0;   ///< what lies in host memory
  double total = 0;
};

enum class SpeedLimit { memory_bandwidth, compute, overhead, link, host_memory };
/// The word of the JSON document; what the host's memory limits is a memory bandwidth.
std::string_view to_string(SpeedLimit limit);
std::string_view describe(SpeedLimit limit);  ///< "memory bandwidth", "host memory" …

struct Rates {
  bool generates = true;  ///< false: an encoder; only `prefill`, `first_token` (of the whole text),
                          ///< `prompt` and `throughput` (tokens encoded) are set
  Rate decode;            ///< tokens a second of one sequence alone
  Rate prefill;           ///< tokens a second of its prompt
  Rate first_token;       ///< seconds until its first token
  TimeParts step;         ///< of one token
  TimeParts prompt;       ///< of the whole prompt
  SpeedLimit decode_limit = SpeedLimit::memory_bandwidth;
  SpeedLimit prefill_limit = SpeedLimit::compute;
  Rate throughput;            ///< output tokens a second of all sequences, their prompts included
  Rate output_token;          ///< seconds between two tokens of a sequence under that load
  Rate loaded_first_token;    ///< seconds until the first token under that load
  double loaded_step = 0;     ///< seconds of a step of all sequences, no prompt in between
  double loaded_prompts = 0;  ///< seconds of a prompt of each of them
  SpeedLimit load_limit = SpeedLimit::memory_bandwidth;
  std::int64_t input = 0;           ///< tokens of the prompt that they are for
  std::int64_t output = 0;          ///< and of its answer
  std::string_view generation;      ///< of the cards, "any": not known; empty: the host
  std::int32_t measured_cards = 0;  ///< of that generation on that stack; 0: related ones only
};

/// Rates by a roofline with constants fitted to measurements. Absent: the engine or the card was
/// never measured, or its bandwidth is not known. A few microseconds.
std::optional<Rates> estimate(const SpeedQuestion& question);

}  // namespace llmfit

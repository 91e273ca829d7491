// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/build_model.hpp"
#include "llmfit/speed.hpp"

namespace llmfit::test {

/// What a row measured: one sequence's tokens a second, a prompt's, or all sequences' together.
enum class Measured : char { decode = 'd', prefill = 'p', together = 'a' };

/// One published measurement, under the names of the catalog.
struct SpeedRow {
  std::string_view stack;  ///< of the data: "llama.cpp", "vllm", "tensorrt-llm" …
  std::string_view gpu;
  std::string_view model;
  std::string_view format;
  std::int32_t tensor = 1;
  std::int32_t pipeline = 1;
  Measured measured = Measured::decode;
  std::int64_t depth = 0;
  std::int64_t input = 0;
  std::int64_t output = 0;
  std::int64_t sequences = 1;  ///< 0: as many as fit
  double value = 0;
  bool plain = false;  ///< without flash attention
  bool vulkan = false;
  bool small_cache = false;  ///< keys and values in 8 bits
  std::int32_t version = newest_vllm;
};

/// Models and formats as they are needed, once each.
class SpeedRows {
 public:
  std::optional<Rate> predict(const SpeedRow& row) {
    const auto* loaded = find(row);
    const auto gpus = Catalog::builtin().find_gpus(row.gpu);
    if (loaded == nullptr || gpus.empty()) return std::nullopt;
    const std::vector<CardShare> cards(static_cast<std::size_t>(row.tensor * row.pipeline),
                                       CardShare{gpus.front()});
    SpeedQuestion question{loaded->work, *loaded->format, *loaded->engine};
    question.stack = row.stack;
    question.split.tensor = row.tensor;
    question.split.pipeline = row.pipeline;
    question.cards = cards;
    question.depth = row.depth;
    question.input = row.input;
    question.output = row.output;
    question.version = row.version;
    question.vulkan = row.vulkan;
    question.sequences = sequences_of(row, *loaded, *gpus.front());
    const auto rates = estimate(question);
    if (!rates) return std::nullopt;
    if (row.measured == Measured::decode) return rates->decode;
    return row.measured == Measured::prefill ? rates->prefill : rates->throughput;
  }

  struct Loaded {
    Model model;
    Work work;
    const Format* format = nullptr;
    const EngineRecord* engine = nullptr;
  };

  /// Null where the catalog has not the model or the engine not the format.
  const Loaded* find(const SpeedRow& row) {
    const auto key = std::string(row.model)
                         .append("|")
                         .append(row.format)
                         .append(row.stack == "llama.cpp" ? (row.plain ? "|p" : "|l")
                                 : row.small_cache        ? "|8"
                                                          : "|s");
    const auto found = loaded_.find(key);
    if (found != loaded_.end()) return &found->second;
    auto loaded = load(row);
    return loaded ? &loaded_.emplace(key, std::move(*loaded)).first->second : nullptr;
  }

 private:
  static std::optional<Loaded> load(const SpeedRow& row) {
    const auto& catalog = Catalog::builtin();
    const auto engine = engine_from(row.stack).value_or(Engine::vllm);
    const auto* record = catalog.find_model(row.model);
    const auto* format = catalog.find_format(engine, row.format);
    if (record == nullptr || format == nullptr) return std::nullopt;
    Loaded loaded{make_model(*record).value(), {}, format, &catalog.engine(engine)};
    WorkloadRequest request;
    if (row.small_cache) request.kv_type = "fp8";
    auto workload = make_workload(request, engine, loaded.model, 0.92).value();
    match_dtype(workload, request, *format);
    if (row.plain) workload.llama_cpp.flash_attention = FlashAttention::off;
    const auto weights = weigh(loaded.model, *format).value();
    loaded.work = work_of(loaded.model, weights, *format, workload);
    return loaded;
  }

  /// Not more than the cache holds of what the row asked for, at three quarters of the answers.
  static std::int64_t sequences_of(const SpeedRow& row, const Loaded& loaded,
                                   const GpuRecord& gpu) {
    if (row.measured != Measured::together || row.sequences == 1) return 1;
    const auto& work = loaded.work;
    const double cards = row.tensor * row.pipeline;
    const auto weights = static_cast<double>((work.dense + work.experts + work.head).count());
    const double room = 0.92 * gpu.memory_gib * 1073741824.0 * cards - weights - 1e9 * cards;
    const double tokens = static_cast<double>(row.input) + 0.75 * static_cast<double>(row.output);
    const double near =
        std::min(tokens, static_cast<double>(std::max<std::int64_t>(work.window, 1)));
    const double sequence = static_cast<double>(work.cache_per_token.count()) * tokens +
                            static_cast<double>(work.window_cache_per_token.count()) * near;
    const auto held = static_cast<std::int64_t>(std::max(room / std::max(sequence, 1.0), 1.0));
    const std::int64_t most = row.stack == "tensorrt-llm" ? 2048 : 256;
    return std::min(held, row.sequences > 0 ? row.sequences : most);
  }

  std::map<std::string, Loaded> loaded_;
};

}  // namespace llmfit::test

// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "llmfit/verify.hpp"
#include "logs/draft.hpp"
#include "logs/names.hpp"

namespace llmfit {
namespace {

/// Tuned models may have added a few tokens to the vocabulary, or padded it.
constexpr std::int64_t vocabulary_parts = 20;  // 5 %

struct Fit {
  std::int64_t known = 0;   ///< dimensions that both sides tell
  std::int64_t differ = 0;  ///< … and differ in
  bool vocabulary = true;   ///< equal to the token
};

void weigh_dimension(Fit& fit, std::optional<std::int64_t> logged, std::int64_t own) {
  if (!logged || *logged == 0 || own == 0) return;
  ++fit.known;
  if (*logged != own) ++fit.differ;
}

/// Draft blocks count as layers in files of newer converters.
std::int64_t layer_count(const ArchitectureRecord& own, const LoggedModel& logged) {
  const bool drafts = logged.layers && *logged.layers == own.layers + own.dims.mtp_layers;
  return drafts ? *logged.layers : own.layers;
}

/// A tuned model's few tokens more make no other model.
void weigh_vocabulary(Fit& fit, const LoggedModel& logged, std::int64_t own) {
  if (!logged.vocabulary || own == 0) return;
  ++fit.known;
  const auto apart = std::max(*logged.vocabulary - own, own - *logged.vocabulary);
  fit.vocabulary = apart == 0;
  if (apart > own / vocabulary_parts) ++fit.differ;
}

Fit compare(const ModelRecord& record, const LoggedModel& logged) {
  Fit fit;
  if (record.architecture == nullptr) return fit;
  const auto& own = *record.architecture;
  weigh_dimension(fit, logged.layers, layer_count(own, logged));
  weigh_dimension(fit, logged.hidden, own.dims.hidden_size);
  weigh_vocabulary(fit, logged, own.dims.vocab_size);
  if (own.heads_by_layer.empty()) weigh_dimension(fit, logged.heads, own.heads);
  if (own.kv_heads_by_layer.empty() && !own.dims.mla) {
    weigh_dimension(fit, logged.kv_heads, own.kv_heads);
  }
  // The two sides count the width of experts under different names.
  if (!own.dims.experts && own.ffn_size_by_layer.empty()) {
    weigh_dimension(fit, logged.ffn, own.ffn_size);
  }
  if (own.dims.experts) weigh_dimension(fit, logged.experts, own.dims.experts->count);
  return fit;
}

/// The entry of that name whose dimensions do not speak against it.
const ModelRecord* by_name(const Catalog& catalog, std::string_view name,
                           const LoggedModel& logged) {
  for (; !name.empty(); name = logs::without_format(name)) {
    const auto* const record = catalog.find_base_model(name);
    if (record != nullptr && compare(*record, logged).differ == 0) return record;
  }
  return nullptr;
}

/// How well an entry with the same dimensions fits; 0: it has others.
int likeness(const ModelRecord& record, const LoggedModel& logged) {
  constexpr std::int64_t enough = 3;
  const auto fit = compare(record, logged);
  if (fit.known < enough || fit.differ > 0 || !fit.vocabulary) return 0;
  int likeness = 1;
  const auto& own = *record.architecture;
  if (!logged.architecture.empty() && logged.architecture != own.gguf) return 0;
  if (logged.context && record.context_length == logged.context) likeness += 2;
  // Of models that share their dimensions the family's own comes before what was tuned from it.
  if (!own.gguf.empty() && base::lower(record.family).starts_with(own.gguf)) likeness += 1;
  return likeness;
}

const ModelRecord* by_dimensions(const Catalog& catalog, const LoggedModel& logged) {
  const ModelRecord* best = nullptr;
  int most = 0;
  if (!logged.layers || !logged.hidden) return nullptr;
  for (const auto& record : catalog.models()) {
    const int found = record.architecture == nullptr ? 0 : likeness(record, logged);
    // The plainest name of equals: "llama3.1-70b" before "llama3.1-nemotron-70b".
    const bool plainer = best != nullptr && found == most && record.id.size() < best->id.size();
    if (found == 0 || (found <= most && !plainer)) continue;
    most = found;
    best = &record;
  }
  return best;
}

/// What to look for in a name where the engine only says who packed the weights.
struct NamedFormat {
  std::string_view word;
  std::string_view id;
};
constexpr auto named_formats = std::to_array<NamedFormat>({{"nvfp4", "nvfp4"},
                                                           {"w8a8", "w8a8"},
                                                           {"w4a16", "w4a16"},
                                                           {"fp8-dynamic", "fp8_channel"},
                                                           {"fp8", "fp8"},
                                                           {"awq", "w4a16"},
                                                           {"gptq", "w4a16"},
                                                           {"int4", "w4a16"},
                                                           {"int8", "w8a8"}});

/// vLLM's own words for what the catalog calls otherwise.
constexpr auto vllm_formats = std::to_array<NamedFormat>({{"awq_marlin", "awq"},
                                                          {"gptq_marlin", "gptq"},
                                                          {"fbgemm_fp8", "fp8_channel"},
                                                          {"modelopt", "fp8"},
                                                          {"modelopt_fp4", "nvfp4"},
                                                          {"moe_wna16", "awq"},
                                                          {"bfloat16", "bf16"},
                                                          {"float16", "fp16"},
                                                          {"half", "fp16"},
                                                          {"float32", "fp32"},
                                                          {"float", "fp32"}});

std::string vllm_format(const LoggedModel& model) {
  auto word = base::lower(model.format.empty() ? model.dtype : model.format);
  if (word == "compressed-tensors") {
    const auto name = base::lower(model.names.empty() ? std::string() : model.names.front());
    for (const auto& one : named_formats) {
      if (name.find(one.word) != std::string::npos) return std::string(one.id);
    }
  }
  for (const auto& one : vllm_formats) {
    if (word == one.word) return std::string(one.id);
  }
  return word;
}

}  // namespace

Result<RecognisedModel> recognise_model(const Catalog& catalog, const LogFacts& facts) {
  const auto& names = facts.model.names;
  RecognisedModel model;
  if (!names.empty()) model.logged_name = base::printable(names.front());
  for (const auto& name : names) {
    model.record = by_name(catalog, name, facts.model);
    if (model.record != nullptr) return model;
  }
  model.record = by_dimensions(catalog, facts.model);
  model.by_dimensions = true;
  if (model.record != nullptr) return model;
  const auto called = names.empty() ? std::string() : " '" + model.logged_name + "'";
  return fail(ErrorCode::unknown_model,
              "no entry of the catalog has the name or the dimensions of the log's model" + called,
              "name it: llmfit verify LOG MODEL; MODEL may be the GGUF file itself",
              model.logged_name);
}

Result<Format> recognise_format(const Catalog& catalog, const LogFacts& facts) {
  const auto engine = facts.engine.value_or(Engine::llama_cpp);
  const auto& model = facts.model;
  const auto id = engine == Engine::vllm ? vllm_format(model) : logs::file_type_id(model.format);
  if (const auto* const found = catalog.find_format(engine, id)) {
    auto format = *found;
    format.imatrix = engine == Engine::llama_cpp && model.imatrix;
    return format;
  }
  const auto printed = base::printable(model.format);
  return fail(ErrorCode::unknown_format,
              printed.empty() ? "the log does not say in which format the weights are"
                              : "the log's format '" + printed + "' is not known",
              "name it with --quant; `llmfit quants` lists them", printed);
}

}  // namespace llmfit

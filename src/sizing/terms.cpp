// SPDX-License-Identifier: MIT
#include "sizing/terms.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "sizing/cache.hpp"
#include "sizing/cache_words.hpp"
#include "sizing/engine_llama_cpp.hpp"
#include "sizing/engine_vllm.hpp"
#include "sizing/state.hpp"
#include "sizing/weight_loads.hpp"

namespace llmfit::sizing {
namespace {

constexpr std::string_view catalog = "catalog";
constexpr std::string_view engine = "engine";
constexpr std::string_view computed = "computed";

/// Where the dimensions of a model come from.
std::string_view origin(const Model& model) {
  switch (model.source) {
    case ModelSource::gguf:
    case ModelSource::safetensors:
      return "file header";
    case ModelSource::parameters:
      return "option";
    default:
      return to_string(model.source);
  }
}

Input context_input(const Workload& workload) {
  return {"context", static_cast<double>(workload.context),
          workload.context_is_default ? "default" : "option"};
}

Input sequences_input(const Workload& workload) {
  return {"sequences", static_cast<double>(workload.sequences),
          workload.sequences_are_default ? "default" : "option"};
}

using Wordings = std::array<Wording, std::size(all_engines)>;  // in the order of Engine

constexpr Wordings weights_wording = {{
    {"sum over tensors of their blocks' bytes, padded to 128; the input embedding stays on the "
     "host",
     "llama.cpp v0.5.0: src/llama-model.cpp, src/llama-quant.cpp, ggml-cuda"},
    {"sum over tensors of their bytes, vocabulary padded to 64 rows, and tables of rotary "
     "positions; latent attention keeps its kv_b matrix twice",
     "vLLM: vllm/model_executor/layers"},
    {"sum over tensors of their bytes", "Hugging Face transformers: the checkpoint's tensors"},
    {"sum over tensors of their bytes", "MLX: mlx/nn/layers/quantized.py"},
    {"sum over tensors of their bytes; the embedding stays on the host",
     "ExLlamaV3: doc/exl3.md, doc/convert.md"},
    {"parameters x bytes per parameter", "rule of thumb"},
}};
constexpr std::string_view parameters_formula =
    "parameters x bits of the format / 8: its layers are not built from tensors yet";

constexpr Wordings cache_wording = {{
    {"sum over layers of streams x cells x (bytes of a K row + of a V row); cells = context padded "
     "to 256, windowed layers hold window + ubatch",
     "llama.cpp v0.5.0: src/llama-kv-cache.cpp, src/llama-kv-cache-iswa.cpp"},
    {"sequences x sum over groups of layers of blocks x page x layers of a group, padding layers "
     "with them; windowed layers hold window + tokens in flight",
     "vLLM: vllm/v1/kv_cache_interface.py, vllm/v1/core/kv_cache_utils.py"},
    {"sum over layers of sequences x context x (bytes of a K row + of a V row); windowed layers "
     "hold their window",
     "Hugging Face transformers: DynamicCache"},
    {"sum over layers of sequences x context padded to 256 x (bytes of a K row + of a V row)",
     "mlx-lm: mlx_lm/models/cache.py"},
    {"sum over layers of sequences x context padded to 256 x (bytes of a K row + of a V row)",
     "ExLlamaV3: exllamav3/constants.py"},
    {"2 x layers x KV heads x head width x context x sequences x 2 bytes", "textbook formula"},
}};

constexpr Wordings compute_wording = {{
    {"peak over the graph's tensors in order, of the first batch's inputs and masks, each block, "
     "and "
     "outputs x vocabulary, free pieces taken again best fit first",
     "llama.cpp v0.5.0: src/models, src/llama-graph.cpp; ggml-alloc.c"},
    {"max(2 x tokens x activations, bytes per logit x rows x vocabulary + 2.6 x tokens x hidden)",
     "vLLM: vllm/v1/worker/gpu_model_runner.py, fitted to start-up logs"},
    {"1.05 x (max(2 x context x sequences x activations, one layer's cache) + 6 x sequences x "
     "vocabulary + 32 MiB)",
     "Hugging Face transformers: fitted to Qwen's speed benchmarks of Qwen2 and Qwen2.5"},
    {"", ""},
    {"", ""},
    {"", ""},
}};

constexpr Wordings runtime_wording = {{
    {"CUDA context and kernels of one device", ""},  // the engine's record says what it rests on
    {"memory outside PyTorch + CUDA graphs (none with enforce-eager)", ""},
    {"CUDA context and kernels of one device", ""},
    {"", ""},
    {"", ""},
    {"weights x 0.2", "rule of thumb: weights x 1.2"},
}};

const Wording& of(const Wordings& wordings, Engine which) {
  return wordings[static_cast<std::size_t>(which)];
}

double number(std::int64_t value) { return static_cast<double>(value); }
double number(Bytes value) { return number(value.count()); }

Term exact_term(TermKind kind, Bytes bytes, Wording wording) {
  return {kind, bytes, Basis::exact, bytes, bytes, wording.formula, {}, wording.source};
}

Term estimated_term(TermKind kind, const Estimate& estimate, Wording wording) {
  return {kind, estimate.bytes, Basis::estimate, estimate.low, estimate.high, wording.formula,
          {},   wording.source};
}

/// The layers with a cache, and the first of them to stand for all in an explanation.
struct CachedLayers {
  const Layer* first = nullptr;
  std::int64_t count = 0;
};

CachedLayers cached_layers(const Model& model) {
  CachedLayers cached;
  for (const auto& layer : model.layers) {
    if (!holds_tokens(layer)) continue;
    if (cached.first == nullptr) cached.first = &layer;
    ++cached.count;
  }
  return cached;
}

std::vector<Input> llama_cpp_inputs(const TermContext& context) {
  const CacheRule rule(context.model, context.widths, context.workload);
  const auto batch = llama_cpp::batch_of(context.model, context.workload);
  const auto& widths = context.widths;
  return {{"batch", number(batch.tokens), engine},
          {"outputs", number(batch.outputs), engine},
          {"vocabulary", number(widths.vocab.count()), origin(context.model)},
          {"hidden", number(widths.hidden.count()), origin(context.model)},
          {"masks", number(llama_cpp::masks(rule, widths, batch)), computed}};
}

std::vector<Input> vllm_inputs(const TermContext& context) {
  const auto step = vllm::scheduler(context.workload, std::nullopt);
  const auto block =
      vllm::block_peak(context.model, context.widths, context.workload, step.tokens, 1);
  const auto activations = number(block) / (2 * number(step.tokens));
  return {
      {"tokens", number(step.tokens), engine},
      {"activations", activations, computed},
      {"rows", number(step.sequences), engine},
      {"bytes per logit", number(vllm::rules_of(context.workload.vllm).bytes_per_logit), engine},
      {"vocabulary", number(context.widths.vocab.count()), origin(context.model)},
      {"hidden", number(context.widths.hidden.count()), origin(context.model)}};
}

std::vector<Input> transformers_inputs(const TermContext& context) {
  return {context_input(context.workload),
          sequences_input(context.workload),
          {"vocabulary", number(context.widths.vocab.count()), origin(context.model)},
          {"hidden", number(context.widths.hidden.count()), origin(context.model)}};
}

void set_band(Term& term, const Estimate& band) {
  term.basis = Basis::estimate;
  term.low = band.low;
  term.high = band.high;
}

/// Weights that are not the sum of known tensors.
Estimate weights_band(const TermContext& context, Bytes bytes) {
  // A size in a model's name is rounded: Llama 2's "7B" are 6.74 billion parameters.
  if (context.workload.engine == Engine::params) return with_band(bytes, 4, 4);
  // vLLM's start-ups with packed weights loaded up to 6.5 % more than the sum (35 logs; those in 16
  // bits agree); mxfp4's padding differs from card to card by 2 % below and 5 % above.
  if (!context.model.known_by_size_only) {
    const bool padded = context.format.scheme && context.format.scheme->experts_only;
    return with_band(bytes, padded ? 2 : 0, 7);
  }
  // Of 33 plans of llama.cpp's quantizer over models of other kinds than the typical one, 31 lie in
  // this band; the other two are of a model of 130 million parameters (12 and 44 % above).
  return with_band(bytes, 8, 7);
}

/// What is known to be missing in a sum over the layers; absent where it is exact.
std::optional<Estimate> cache_band(const TermContext& context, Bytes bytes) {
  const auto& model = context.model;
  const auto engine_kind = context.workload.engine;
  // Keys and values of the encoder's output: as many again for a text as long as the context.
  const bool served = engine_kind == Engine::vllm || engine_kind == Engine::transformers;
  if (served && model.arch.kind == ModelKind::encoder_decoder) return with_band(bytes, 0, 100);
  return std::nullopt;
}

std::string_view tower_input(std::string_view tower) {
  if (tower == "vision") return "bytes of the vision tower";
  if (tower == "audio") return "bytes of the audio tower";
  return "bytes of a tower";
}

/// Each tower under its own name: they are part of the weights, but not of the tensors.
void add_towers(std::vector<Input>& inputs, const TermContext& context) {
  if (context.weights.towers == Bytes{0}) return;
  for (const auto& tower : context.model.towers) {
    inputs.push_back({tower_input(tower.name), number(Bytes{2} * tower.elements.count()),
                      origin(context.model)});
  }
}

/// What vLLM's cache is counted in, and the whole sum where all layers share one group.
void add_pages(Term& term, const vllm::Pages& pages, std::int64_t context) {
  const auto layers = pages.layers();
  term.inputs.push_back({"blocks of a sequence", number(pages.blocks(context)), computed});
  term.inputs.push_back({"bytes of a block", number(pages.block_bytes(layers, layers)), computed});
  if (pages.groups() == 1) term.formula = "sequences x blocks of a sequence x bytes of a block";
}

void add_part(std::vector<Input>& inputs, std::string_view name, Bytes bytes) {
  if (bytes > Bytes{0}) inputs.push_back({name, number(bytes), computed});
}

/// Adapters may be trained on fewer layers than all, and a projector keeps norms, biases and
/// positions in 32 bits: how many of its elements they are is not known, so the band holds all.
void widen_by_add_ons(Term& term, const TermContext& context) {
  const auto& weights = context.weights;
  if (weights.adapters == Bytes{0} && weights.projector == Bytes{0}) return;
  term.basis = Basis::estimate;
  term.low = term.low - weights.adapters;
  if (weights.projector == Bytes{0}) return;
  Bytes in_32_bits;
  for (const auto& tower : context.model.towers) in_32_bits += Bytes{4} * tower.elements.count();
  term.high += in_32_bits - weights.projector;
}

}  // namespace

Term weights_term(const TermContext& context, Bytes bytes) {
  auto wording = of(weights_wording, context.workload.engine);
  if (context.model.known_by_size_only && context.workload.engine != Engine::params)
    wording.formula = parameters_formula;
  auto term = exact_term(TermKind::weights, bytes, wording);
  term.basis = context.weights.basis;
  if (term.basis == Basis::estimate) set_band(term, weights_band(context, bytes));
  const auto from = origin(context.model);
  if (context.workload.engine == Engine::params) {
    term.inputs = {{"parameters", number(context.weights.elements.count()), from},
                   {"bytes per parameter", context.format.bytes_per_parameter, catalog}};
  } else {
    term.inputs = {{"tensors", number(context.weights.tensor_count), computed},
                   {"elements", number(context.weights.elements.count()), from},
                   {"bits per weight", context.weights.bits_per_weight, computed}};
    add_towers(term.inputs, context);
    add_part(term.inputs, "bytes of LoRA adapters", context.weights.adapters);
    add_part(term.inputs, "bytes of the projector", context.weights.projector);
    add_part(term.inputs, "bytes of draft blocks, not loaded", context.weights.draft);
  }
  widen_by_add_ons(term, context);
  return term;
}

Term cache_term(const TermContext& context, Bytes bytes) {
  const auto which = context.workload.engine;
  const auto unusual = unusual_cache_words(context.model, which);
  auto term = exact_term(TermKind::kv_cache, bytes, unusual.value_or(of(cache_wording, which)));
  if (const auto band = cache_band(context, bytes)) set_band(term, *band);
  const auto cached = cached_layers(context.model);
  term.inputs.reserve(7);
  term.inputs.push_back({"layers", number(cached.count), origin(context.model)});
  term.inputs.push_back(context_input(context.workload));
  term.inputs.push_back(sequences_input(context.workload));
  if (cached.first == nullptr) return term;
  const CacheRule rule(context.model, context.widths, context.workload);
  const auto row = cache_row(rule, *cached.first);
  const auto& types = context.workload;
  term.inputs.push_back(
      {"K row", number(cache_row_bytes(types.cache_k, row.k)), origin(context.model)});
  term.inputs.push_back(
      {"V row", number(cache_row_bytes(types.cache_v, row.v)), origin(context.model)});
  if (rule.pages) add_pages(term, *rule.pages, context.workload.context);
  return term;
}

Term state_term(const TermContext& context, Bytes bytes) {
  if (!context.widths.any_state) {
    return exact_term(TermKind::state, bytes, {"0: no recurrent layers", origin(context.model)});
  }
  auto term =
      exact_term(TermKind::state, bytes, state_words(context.model, context.workload.engine));
  const auto& layers = context.model.layers;
  const auto first = std::find_if(layers.begin(), layers.end(), keeps_state);
  const auto shape = state_shape(context.model, *first);
  const auto count = std::count_if(layers.begin(), layers.end(), keeps_state);
  term.inputs = {{"layers", number(count), origin(context.model)},
                 sequences_input(context.workload),
                 {"inputs", number(shape.inputs().count()), origin(context.model)},
                 {"recurrence", number(shape.recurrence.count()), origin(context.model)}};
  return term;
}

Term compute_term(const TermContext& context, const Estimate& estimate) {
  const auto which = context.workload.engine;
  auto term = estimated_term(TermKind::compute, estimate, of(compute_wording, which));
  if (which == Engine::llama_cpp) term.inputs = llama_cpp_inputs(context);
  if (which == Engine::vllm) term.inputs = vllm_inputs(context);
  if (which == Engine::transformers) term.inputs = transformers_inputs(context);
  return term;
}

Term runtime_term(const TermContext& context, const Estimate& estimate) {
  const auto which = context.workload.engine;
  auto term = estimated_term(TermKind::runtime, estimate, of(runtime_wording, which));
  if (term.source.empty()) term.source = context.engine.runtime_basis;
  if (which == Engine::params) {
    term.inputs = {{"weights", number(device_bytes(context.weights)), computed}};
  }
  return term;
}

}  // namespace llmfit::sizing

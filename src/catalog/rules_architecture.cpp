// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "catalog/rules.hpp"

namespace llmfit::catalog {
namespace {

/// Far above any model (the deepest have some 130), far below what would exhaust memory.
constexpr std::int32_t most_layers = 1024;

/// Letters of `layer_kinds` or `ffn_kinds`, and the object that describes such layers.
struct Needs {
  std::string_view letters;
  std::string_view key;
};

constexpr std::array<Needs, 7> layer_needs = {{
    {"SC", "sliding_window"},
    {"A", "mla"},
    {"MHG", "ssm"},
    {"L", "linear_attention"},
    {"K", "short_conv"},
    {"R", "rwkv"},
    {"V", "dsv4"},
}};

constexpr std::array<std::string_view, 4> layer_lists = {
    "num_attention_heads", "num_key_value_heads", "intermediate_size", "norms"};

constexpr std::array<std::string_view, 2> tensor_lists = {"extra_tensors", "extra_per_layer"};

void check_length(const Fields& fields, std::string_view key, std::size_t length,
                  std::int32_t layers) {
  if (length == static_cast<std::size_t>(layers)) return;
  fields.fault(key, "has " + std::to_string(length) + " entries for " + std::to_string(layers) +
                        " layers; there must be one for each");
}

void check_layer_numbers(const Fields& fields, std::int32_t layers) {
  for (const auto number : fields.counts("layers")) {
    if (number >= layers) {
      fields.fault("layers", std::to_string(number) + " is not a layer of this model");
    }
  }
}

void check_needs(const Fields& fields, std::string_view letters, Needs needs) {
  const auto at = letters.find_first_of(needs.letters);
  if (at == std::string_view::npos || fields.has(needs.key)) return;
  fields.fault(needs.key, "required for layers of kind " + std::string(1, letters[at]));
}

/// Layers that stand outside of `layers`.
void check_more_layers(const Fields& fields, std::string_view key) {
  if (fields.size(key) <= most_layers) return;
  fields.fault(key, "must be at most " + std::to_string(most_layers));
}

}  // namespace

void check_architecture(const Fields& fields, const ArchitectureRecord& architecture) {
  const auto layers = architecture.layers;
  if (layers > most_layers) {
    fields.fault("layers", "must be at most " + std::to_string(most_layers));
    return;
  }
  check_length(fields, "layer_kinds", architecture.layer_kinds.size(), layers);
  check_length(fields, "ffn_kinds", architecture.ffn_kinds.size(), layers);
  for (const auto& needs : layer_needs) check_needs(fields, architecture.layer_kinds, needs);
  check_needs(fields, architecture.ffn_kinds, {"EB", "experts"});
  if (architecture.dims.kind == ModelKind::encoder_decoder && !fields.has("encoder_decoder")) {
    fields.fault("encoder_decoder", "required for a model of this kind");
  }
  check_more_layers(fields.object("encoder_decoder"), "encoder_layers");
  check_more_layers(fields.object("encoder_decoder"), "decoder_layers");
  check_more_layers(fields.object("mtp"), "num_layers");
  const auto by_layer = fields.object("per_layer");
  for (const auto key : layer_lists) {
    if (by_layer.has(key)) check_length(by_layer, key, by_layer.counts(key).size(), layers);
  }
  if (const auto compressed = fields.object("dsv4"); compressed.has("compress_ratios")) {
    check_length(compressed, "compress_ratios", architecture.compress_ratios.size(), layers);
  }
  check_layer_numbers(fields.object("indexer"), layers);
  for (const auto list : tensor_lists) {
    for (const auto& tensor : fields.objects(list)) {
      check_layer_numbers(tensor, layers);
      if (tensor.counts("shape").size() > 3) tensor.fault("shape", "has more than 3 dimensions");
    }
  }
}

}  // namespace llmfit::catalog

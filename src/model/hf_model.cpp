// SPDX-License-Identifier: MIT
#include "model/hf_model.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "llmfit/build_model.hpp"
#include "model/counts.hpp"
#include "model/file_text.hpp"
#include "model/hf_config.hpp"
#include "model/hf_folder.hpp"
#include "model/hf_format.hpp"
#include "model/hf_kept.hpp"
#include "model/hf_names.hpp"
#include "model/hf_tensors.hpp"

namespace llmfit::model {
namespace {

/// What model's views point into.
struct Storage {
  std::shared_ptr<const void> config;
  std::deque<std::string> stems;
  std::string format_id;
  std::string format_name;
};

/// Looks at the tensors outside of layers and at those of the first one.
HfSurroundings surroundings_of(const std::vector<FileTensor>& tensors) {
  HfSurroundings beside;
  beside.weights = !tensors.empty();
  for (const auto& tensor : tensors) {
    const auto name = parse_hf_name(tensor.name);
    const bool plain = name.part == HfName::Part::weights && name.suffix == Suffix::weight;
    if (name.layer > 0 || name.draft || name.encoder || name.decoder) continue;
    if (name.stem == "output" && name.layer < 0) beside.output_matrix = true;
    if (!plain || tensor.shape.empty() || tensor.type->bits < 8) continue;
    const auto rows = tensor.shape.front();
    if (name.stem == "token_embd") beside.hints.vocab_size = rows;
    if (name.stem == "attn_q") beside.hints.query_rows = rows;
    if (name.stem == "attn_k") beside.hints.key_rows = rows;
    if (name.stem == "attn_q_norm") beside.hints.head_dim = rows;
  }
  return beside;
}

Result<std::optional<HfConfig>> config_of(ModelFiles& files, const HfPlace& place,
                                          const HfWeights& weights) {
  if (place.config.empty()) return std::optional<HfConfig>{};
  const auto text = read_text(files, place.config, config_limit);
  if (!text) return tl::unexpected<Error>(text.error());
  auto beside = surroundings_of(weights.tensors);
  if (!place.quantization.empty()) {
    auto own = read_text(files, place.quantization, config_limit);
    if (!own) return tl::unexpected<Error>(std::move(own.error()));
    beside.quantization = std::move(*own);
  }
  auto config = read_hf_config(*text, place.config, beside);
  if (!config) return tl::unexpected<Error>(std::move(config.error()));
  return std::optional<HfConfig>(std::move(*config));
}

/// A model of the dimensions alone.
Result<Model> planned(const HfConfig& config, const std::string& name) {
  ModelRecord record;
  record.id = record.name = name;
  record.context_length = config.context_length;
  record.native_dtype = config.dtype;
  record.architecture = &config.architecture;
  return make_model(record);
}

/// A model without a configuration: as many layers as its tensors have, heads unknown.
Model bare(const std::string& name, const HfTensors& tensors) {
  Model model;
  model.id = model.name = name;
  int layers = 0;
  bool output = false;
  for (const auto& tensor : tensors.tensors) {
    layers = std::max(layers, tensor.layer + 1);
    output = output || tensor.role == Role::output;
    if (tensor.role != Role::token_embedding) continue;
    model.arch.hidden_size = model.arch.embedding_size = tensor.shape[0];
    model.arch.vocab_size = tensor.shape[1];
  }
  model.arch.tied_embeddings = !output;
  model.layers.resize(static_cast<std::size_t>(layers));
  model.cache_unknown = true;
  return model;
}

HfLayers layers_of(const std::optional<Model>& plan) {
  HfLayers layers;
  if (!plan) return layers;
  layers.count = static_cast<int>(plan->layers.size());
  if (plan->arch.encoder_decoder) {
    layers.encoder_count = plan->arch.encoder_decoder->encoder_layers;
  }
  return layers;
}

/// The model with the tensors of its files.
Result<Model> with_weights(std::optional<Model> plan, const std::string& name,
                           const HfWeights& weights, Storage& storage) {
  static const std::vector<Tensor> nothing;
  auto found = tensors_of(weights.tensors, plan ? plan->tensors : nothing, layers_of(plan));
  if (!found.complete) {
    return fail(ErrorCode::unsupported,
                "the shapes of packed weights are not known without their configuration",
                "put the model's config.json beside the file", weights.path);
  }
  auto model = plan ? std::move(*plan) : bare(name, found);
  storage.stems = std::move(found.stems);
  model.tensors = std::move(found.tensors);
  model.towers = std::move(found.towers);
  return model;
}

/// What the files are quantized to, also where there are none yet.
void describe_file(Model& model, const HfWeights& weights,
                   const std::optional<HfQuantization>& quantization, Storage& storage) {
  if (weights.tensors.empty() && !quantization) return;
  ModelFile file;
  file.format = hf_format(weights.tensors, quantization, storage.format_id, storage.format_name);
  file.quantized = is_quantized(file.format);
  file.parts = weights.files;
  file.tensor_bytes = weights.tensor_bytes;
  file.metadata_bytes = weights.metadata_bytes;
  model.file = file;
}

/// Marks what the quantization leaves alone: dimensions do not tell.
Result<void> keep_in_16_bits(Model& model, const HfQuantization& quantization,
                             const std::string& path) {
  const KeptModules kept(quantization.kept);
  if (!kept.unread().empty()) {
    return fail(ErrorCode::unsupported,
                "'" + base::printable(kept.unread()) + "' of the modules that are not quantized " +
                    "is not understood",
                "put the safetensors files beside it: their headers tell", path);
  }
  if (kept.empty()) return {};
  for (auto& tensor : model.tensors) {
    if (!kept.keeps(tensor)) continue;
    tensor.stored = StoredTensor{TensorType::bf16, Bytes{2} * tensor.elements().count()};
  }
  return {};
}

tl::unexpected<Error> no_weights(const std::string& path) {
  return fail(ErrorCode::invalid_file, "there are no weights of a language model",
              "is it an adapter, or a part of a larger model?", path);
}

Result<Model> checked(Model model, const std::string& path) {
  if (model.tensors.empty()) return no_weights(path);
  if (count_elements(model).overflowed()) {
    return fail(ErrorCode::too_large, "the model has more elements than can be counted", {}, path);
  }
  return model;
}

}  // namespace

Result<Model> read_hugging_face(ModelFiles& files, const std::string& path) {
  const auto place = find_hugging_face(files, path);
  if (!place) return tl::unexpected<Error>(place.error());
  const auto weights = read_hf_weights(files, *place);
  if (!weights) return tl::unexpected<Error>(weights.error());
  const auto config = config_of(files, *place, *weights);
  if (!config) return tl::unexpected<Error>(config.error());
  const auto storage = std::make_shared<Storage>();
  const auto name = *config && !(*config)->name.empty() ? (*config)->name : place->name;
  std::optional<Model> plan;
  if (*config) {
    auto made = planned(**config, name);
    if (!made) return made;
    plan = std::move(*made);
    storage->config = (*config)->storage;
  }
  const bool bare_config = weights->tensors.empty();
  if (bare_config && !plan) return no_weights(path);
  auto model = bare_config ? Result<Model>(std::move(*plan))
                           : with_weights(std::move(plan), name, *weights, *storage);
  if (!model) return model;
  model->source = bare_config ? ModelSource::config : ModelSource::safetensors;
  if (bare_config && (*config)->quantization) {
    auto done = keep_in_16_bits(*model, *(*config)->quantization, path);
    if (!done) return tl::unexpected<Error>(std::move(done.error()));
  }
  describe_file(*model, *weights, *config ? (*config)->quantization : std::nullopt, *storage);
  // Of towers a configuration alone does not tell how large they are.
  if (!bare_config || !(*config)->has_towers) count_all_parameters(*model);
  model->storage = storage;
  return checked(std::move(*model), path);
}

}  // namespace llmfit::model

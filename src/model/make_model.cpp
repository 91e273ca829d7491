// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>
#include <utility>

#include "llmfit/build_model.hpp"
#include "model/layers.hpp"
#include "model/parts.hpp"

namespace llmfit {
namespace {

using model::TensorList;

template <class To>
std::optional<To> quantity(const std::optional<std::int64_t>& value) {
  return value ? std::optional<To>(To{*value}) : std::nullopt;
}

std::optional<License> license_of(const ModelRecord& record) {
  if (record.license_id.empty()) return std::nullopt;
  License license{std::string(record.license_id), std::string(record.license_commercial_use), {}};
  license.conditions.assign(record.license_conditions.begin(), record.license_conditions.end());
  return license;
}

/// Everything of a record but its dimensions.
Model describe(const ModelRecord& record) {
  Model model;
  model.id = record.id;
  model.name = record.name;
  model.source = record.from_overlay ? ModelSource::overlay : ModelSource::catalog;
  model.parameters = quantity<Elements>(record.parameters);
  model.active_parameters = quantity<Elements>(record.active_parameters);
  model.context_length = quantity<Tokens>(record.context_length);
  model.license = license_of(record);
  model.native_dtype = record.native_dtype;
  return model;
}

void describe_architecture(Model& model, const ArchitectureRecord& record) {
  const auto name = record.gguf.empty() ? record.model_type : record.gguf;
  if (!name.empty()) model.architecture = std::string(name);
  model.runs_on_llama_cpp = !record.gguf.empty();
  model.arch = record.dims;
}

Tensor unresolved(Elements parameters) {
  return {Role::unresolved, {}, Suffix::none, -1, {parameters.count(), 1, 1, 1}, {}};
}

bool in_layer(const ExtraTensor& extra, int layer) {
  return extra.layers.empty() ||
         std::find(extra.layers.begin(), extra.layers.end(), layer) != extra.layers.end();
}

bool owns_indexer(const ArchitectureRecord& record, int layer) {
  const auto& layers = record.indexer_layers;
  return layers.empty() || std::find(layers.begin(), layers.end(), layer) != layers.end();
}

int norm_count(const ArchitectureRecord& record, std::size_t layer) {
  return layer < record.norms_by_layer.size() ? record.norms_by_layer[layer]
                                              : record.dims.norms_per_layer;
}

void add_mixer(TensorList& list, const ArchitectureRecord& record, const Layer& layer, int index) {
  if (layer.kind == LayerKind::none) return;
  if (layer.kind == LayerKind::mla) {
    model::add_latent_attention(list, record.dims, layer, owns_indexer(record, index));
  } else {
    model::add_attention(list, record.dims, layer);
  }
}

void add_layer(TensorList& list, const ArchitectureRecord& record, const Layer& layer, int index) {
  list.enter_layer(index);
  add_mixer(list, record, layer, index);
  model::add_feed_forward(list, record.dims, layer, index);
  const int norms = norm_count(record, static_cast<std::size_t>(index));
  for (int i = 0; i < norms; ++i) list.norm(record.dims.norm, "attn_norm", record.dims.hidden_size);
  for (const auto& extra : record.extra_per_layer) {
    if (in_layer(extra, index)) model::add_extra(list, extra);
  }
}

std::vector<Tensor> build_tensors(const ArchitectureRecord& record,
                                  const std::vector<Layer>& layers) {
  TensorList list(layers.size() * 16 + 16);
  model::add_embeddings(list, record.dims);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    add_layer(list, record, layers[i], static_cast<int>(i));
  }
  list.enter_layer(-1);
  model::add_head(list, record.dims);
  for (const auto& extra : record.extra_tensors) model::add_extra(list, extra);
  return list.take();
}

Result<Model> checked(Model model) {
  if (model.tensors.empty()) {
    return fail(ErrorCode::internal, "model '" + model.id + "' has neither dimensions nor a size");
  }
  if (count_elements(model).overflowed()) {
    return fail(ErrorCode::too_large,
                "model '" + model.id + "' has more elements than can be counted",
                "check the dimensions of its catalog entry");
  }
  return model;
}

}  // namespace

Result<Model> make_model(const ModelRecord& record) {
  auto model = describe(record);
  bool built = false;
  if (record.architecture == nullptr) {
    model.known_by_size_only = true;
  } else {
    auto plan = model::plan_layers(*record.architecture);
    if (!plan) return tl::unexpected<Error>(std::move(plan.error()));
    describe_architecture(model, *record.architecture);
    built = plan->built_from_tensors;
    model.sized_by_parameters = !built;
    model.stateful_layers = plan->stateful;
    model.cache_unknown = plan->cache_unknown;
    model.layers = std::move(plan->layers);
  }
  if (built) {
    model.tensors = build_tensors(*record.architecture, model.layers);
  } else if (model.parameters) {
    model.tensors.push_back(unresolved(*model.parameters));
  }
  return checked(std::move(model));
}

Model make_model(std::string name, Elements parameters) {
  Model model;
  model.id = name;
  model.name = std::move(name);
  model.source = ModelSource::parameters;
  model.parameters = parameters;
  model.active_parameters = parameters;
  model.known_by_size_only = true;
  model.tensors.push_back(unresolved(parameters));
  return model;
}

}  // namespace llmfit

// SPDX-License-Identifier: MIT
#include <string>
#include <utility>

#include "llmfit/build_model.hpp"
#include "model/habits.hpp"
#include "model/layers.hpp"
#include "model/parts.hpp"

namespace llmfit {
namespace {

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
  if (model.arch.mla) model.arch.mla->joined_kv_b = has(model::habits_of(name), model::joined_kv_b);
  if (record.vision_parameters > 0) {
    model.towers.push_back({"vision", Elements{record.vision_parameters}});
  }
}

Tensor unresolved(Elements parameters) {
  return {Role::unresolved, {}, Suffix::none, -1, {parameters.count(), 1, 1, 1}, {}};
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
  if (record.architecture == nullptr) {
    model.known_by_size_only = true;
    if (model.parameters) model.tensors.push_back(unresolved(*model.parameters));
    return checked(std::move(model));
  }
  auto plan = model::plan_layers(*record.architecture);
  if (!plan) return tl::unexpected<Error>(std::move(plan.error()));
  describe_architecture(model, *record.architecture);
  model.layers = std::move(plan->layers);
  model.tensors = model::build_tensors(*record.architecture, model.layers);
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

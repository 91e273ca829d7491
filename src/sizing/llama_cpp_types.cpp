// SPDX-License-Identifier: MIT
#include "sizing/llama_cpp_types.hpp"

#include <vector>

#include "llmfit/sizing.hpp"
#include "sizing/llama_cpp_names.hpp"
#include "sizing/llama_cpp_recipes.hpp"
#include "sizing/llama_cpp_traits.hpp"

namespace llmfit {
namespace sizing {
namespace {

/// Of a model that is mostly experts in `mxfp4_moe`: the median of three such models' dry runs.
constexpr std::int64_t expert_millibits = 4786;

/// A format without a recipe of that name is uniform.
Recipe recipe_for(const Format& format) {
  if (const auto* const recipe = find_recipe(format.id)) return *recipe;
  return {format.id, Plan::plain, format.type, format.type, format.type, {}, 0};
}

bool covers(Which which, std::int64_t i, std::int64_t n) {
  const auto eighth = n / 8;
  const bool at_end = i >= 7 * n / 8;
  switch (which) {
    case Which::all:
      return true;
    case Which::first_two:
      return i < 2;
    case Which::first_four:
      return i < 4;
    case Which::first_eighth:
      return i < eighth;
    case Which::first_sixteenth:
      return i < n / 16;
    case Which::more_bits:
      return i < eighth || at_end || (i - eighth) % 3 == 2;
    case Which::middle:
      return i >= eighth && !at_end;
  }
  return false;
}

/// What a type gives way to where the row does not divide by its block of 256.
TensorType smaller_block(TensorType type) {
  switch (type) {
    case TensorType::q2_k:
    case TensorType::q3_k:
    case TensorType::tq1_0:
    case TensorType::tq2_0:
      return TensorType::q4_0;
    case TensorType::q4_k:
      return TensorType::q5_0;
    case TensorType::q5_k:
      return TensorType::q5_1;
    case TensorType::q6_k:
      return TensorType::q8_0;
    default:
      return TensorType::iq4_nl;
  }
}

TensorType fitting(TensorType type, std::int64_t row) {
  if (layout(type).elements == 256 && row % 256 != 0) type = smaller_block(type);
  return row % layout(type).elements == 0 ? type : TensorType::f16;
}

/// What llama.cpp's quantizer chooses for the tensors of a model.
class Quantizer {
 public:
  Quantizer(const Model& model, const Format& format, QuantizerView& view)
      : recipe_(recipe_for(format)),
        imatrix_(format.imatrix),
        treatments_(view.treatments),
        traits_(view.traits),
        places_(view.places) {
    if (!recipe_.rules.empty() && places_.empty()) {
      view.places = places_in_loader(model, treatments_);
    }
  }

  /// The type of the model's tensor of that index.
  [[nodiscard]] TensorType type_of(const Model& model, std::size_t index) const;

 private:
  [[nodiscard]] TensorType wanted(Part part, const Tensor& tensor, std::int64_t place) const;
  [[nodiscard]] TensorType output_type(const Tensor& tensor) const;
  [[nodiscard]] TensorType by_rule(Part part, const Tensor& tensor, std::int64_t place) const;
  [[nodiscard]] TensorType by_table(Part part, std::int64_t i) const;
  [[nodiscard]] bool applies(Who who) const;
  [[nodiscard]] bool applies(Matrix matrix) const;

  Recipe recipe_;
  bool imatrix_;
  const std::vector<Treatment>& treatments_;
  const QuantizerTraits& traits_;
  const std::vector<std::int64_t>& places_;
};

/// A tensor that the quantizer leaves alone stays as its GGUF file has it; other files go through a
/// converter first.
TensorType unchanged(const Model& model, const Tensor& tensor, TensorType converted) {
  if (model.source != ModelSource::gguf || !tensor.stored) return converted;
  return tensor.stored->type.value_or(converted);
}

TensorType Quantizer::type_of(const Model& model, std::size_t index) const {
  const auto& tensor = model.tensors[index];
  const auto& [part, kept] = treatments_[index];
  if (kept) return unchanged(model, tensor, *kept);
  const auto place = recipe_.rules.empty() ? 0 : places_[index];
  return fitting(wanted(part, tensor, place), tensor.shape[0]);
}

TensorType Quantizer::wanted(Part part, const Tensor& tensor, std::int64_t place) const {
  if (recipe_.plan == Plan::plain) return recipe_.base;
  const bool embedding = part == Part::embedding;
  if (part == Part::output || (embedding && !traits_.has_output)) return output_type(tensor);
  if (recipe_.plan == Plan::experts) {
    return tensor.shape[2] > 1 ? TensorType::mxfp4 : recipe_.base;
  }
  return embedding ? recipe_.embedding : by_rule(part, tensor, place);
}

TensorType Quantizer::output_type(const Tensor& tensor) const {
  const bool divides = tensor.shape[0] % layout(recipe_.base).elements == 0;
  return traits_.falcon || !divides ? TensorType::q8_0 : recipe_.output;
}

/// Models with experts go by the number of the block, others by the number of such matrices so far;
/// value matrices and the two-bit file types always by the latter.
TensorType Quantizer::by_rule(Part part, const Tensor& tensor, std::int64_t place) const {
  if (recipe_.plan == Plan::small) return by_table(part, place);
  if (part == Part::attn_v || part == Part::attn_k) {
    if (traits_.experts == 8) return TensorType::q8_0;
    const auto type = by_table(part, place);
    const bool low = type == TensorType::q3_k || type == TensorType::q4_k;
    return traits_.seventy && part == Part::attn_v && low ? TensorType::q5_k : type;
  }
  return by_table(part, traits_.experts > 1 ? std::int64_t{tensor.layer} : place);
}

TensorType Quantizer::by_table(Part part, std::int64_t i) const {
  const auto n = part == Part::attn_v ? traits_.values : traits_.blocks;
  for (const auto& rule : recipe_.rules) {
    if (rule.part == part && covers(rule.which, i, n) && applies(rule.who) &&
        applies(rule.matrix)) {
      return rule.type;
    }
  }
  return recipe_.base;
}

bool Quantizer::applies(Who who) const {
  switch (who) {
    case Who::all:
      return true;
    case Who::falcon:
      return traits_.falcon;
    case Who::not_falcon:
      return !traits_.falcon;
    case Who::gqa4:
      return traits_.gqa4;
    case Who::gqa4_or_4_experts:
      return traits_.gqa4 || traits_.experts >= 4;
    case Who::eight_experts:
      return traits_.experts == 8;
    case Who::not_8_experts:
      return traits_.experts != 8;
  }
  return false;
}

bool Quantizer::applies(Matrix matrix) const {
  return matrix == Matrix::any || (matrix == Matrix::given) == imatrix_;
}

std::vector<TensorType> stored_types(const Model& model, const Format& format) {
  std::vector<TensorType> types;
  types.reserve(model.tensors.size());
  for (const auto& tensor : model.tensors) {
    types.push_back(tensor.stored ? tensor.stored->type.value_or(format.type) : format.type);
  }
  return types;
}

}  // namespace

std::optional<std::int64_t> typical_millibits(const Model& model, const Format& format) {
  const auto* const recipe = find_recipe(format.id);
  if (recipe == nullptr) return std::nullopt;
  const bool expert_types = recipe->plan == Plan::experts && model.arch.experts;
  return expert_types ? expert_millibits : std::int64_t{recipe->typical_millibits};
}

QuantizerView::QuantizerView(const Model& model)
    : treatments(treatments_of(model)), traits(quantizer_traits(model, treatments)) {}

std::vector<TensorType> tensor_types(const Model& model, const Format& format,
                                     QuantizerView& view) {
  if (format.as_stored) return stored_types(model, format);
  const Quantizer quantizer(model, format, view);
  std::vector<TensorType> types;
  types.reserve(model.tensors.size());
  for (std::size_t i = 0; i < model.tensors.size(); ++i) {
    types.push_back(quantizer.type_of(model, i));
  }
  return types;
}

}  // namespace sizing

std::vector<TensorType> tensor_types(const Model& model, const Format& format) {
  sizing::QuantizerView view(model);
  return sizing::tensor_types(model, format, view);
}

}  // namespace llmfit

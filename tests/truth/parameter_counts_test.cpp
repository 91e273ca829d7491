// SPDX-License-Identifier: MIT
// Parameters computed from the dimensions alone against the counts that publishers and the hub
// state for the same models.
#include <algorithm>
#include <array>
#include <string>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "support/score.hpp"

using namespace llmfit;

namespace {

/// A model whose count may differ by more than 0.1 %, and why. None does.
struct Exception {
  std::string_view model;
  std::string_view reason;
};
constexpr std::array<Exception, 0> exceptions{};

bool is_excepted(std::string_view model) {
  return std::any_of(exceptions.begin(), exceptions.end(),
                     [model](const Exception& exception) { return exception.model == model; });
}

}  // namespace

TEST_CASE("computed parameter counts agree with the published ones to 0.1 %") {
  constexpr double tolerance = 0.001;
  test::Score score("parameters against published counts", tolerance);
  std::size_t excepted = 0;
  for (const auto& record : Catalog::builtin().models()) {
    if (record.architecture == nullptr || !record.published_parameters) continue;
    // What a published count holds beside the text stack (towers, drafts, block scales) is stated
    // in the record, each part with its own basis.
    const auto model = make_model(record).value();
    const auto computed = count_parameters(model).count() + record.included_parameters;
    score.add(std::string(record.id), computed, *record.published_parameters);
    excepted += is_excepted(record.id) ? 1U : 0U;
  }
  score.print();
  CHECK(score.rows() >= 390);
  CHECK(score.outliers() == excepted);
}

TEST_CASE("every model with dimensions is built from tensors") {
  std::size_t built = 0;
  for (const auto& record : Catalog::builtin().models()) {
    if (record.architecture == nullptr) continue;
    INFO(record.id);
    const auto model = make_model(record).value();
    CHECK(model.tensors.size() > model.layers.size());
    const bool unresolved =
        std::any_of(model.tensors.begin(), model.tensors.end(), [](const Tensor& tensor) {
          return tensor.role == Role::unresolved || tensor.elements() == Elements{0};
        });
    CHECK_FALSE(unresolved);
    ++built;
  }
  CHECK(built >= 560);
}

TEST_CASE("draft blocks in a file hold the parameters that their publisher counts") {
  test::Score score("draft blocks against published counts", 0);
  for (const auto& record : Catalog::builtin().models()) {
    if (record.architecture == nullptr || record.architecture->mtp_parameters == 0) continue;
    const auto model = make_model(record).value();
    const auto first = static_cast<int>(model.layers.size());
    Elements drafts;
    for (const auto& tensor : model.tensors) {
      if (tensor.layer >= first) drafts += tensor.elements();
    }
    if (drafts == Elements{0}) continue;  // its file has none
    score.add(std::string(record.id), drafts.count(), record.architecture->mtp_parameters);
  }
  score.print();
  CHECK(score.rows() >= 10);
  CHECK(score.exact() == score.rows());
}

// SPDX-License-Identifier: MIT
#include <cmath>

#include "base/numbers.hpp"
#include "catalog/rules.hpp"
#include "llmfit/build_model.hpp"

namespace llmfit::catalog {
namespace {

/// Share of the count by which the tensors may miss it.
constexpr double tolerance = 0.005;

/// The text stack's part of the count: published where it is known, else the record's own total.
std::optional<Elements> stated(const ModelRecord& model) {
  const auto count = model.published_parameters ? model.published_parameters : model.parameters;
  if (!count) return std::nullopt;
  return Elements{*count} - Elements{model.included_parameters};
}

std::string difference(Elements computed, Elements wanted, double share) {
  return "the architecture's tensors have " + base::grouped(computed.count()) +
         " elements where the count leaves " + base::grouped(wanted.count()) + " (" +
         base::fixed(100 * share, 2) +
         " %); mend the dimensions, the count or its includes, or give the reason in "
         "parameters.exception";
}

}  // namespace

void check_parameters(const Fields& fields, const ModelRecord& model) {
  const auto wanted = stated(model);
  if (model.architecture == nullptr || model.parameters_excepted || !wanted) return;
  const auto built = make_model(model);
  if (!built) {
    fields.fault("architecture", built.error().message);
    return;
  }
  const auto computed = count_parameters(*built);
  const double missing = static_cast<double>((computed - *wanted).count());
  const double share = missing / static_cast<double>(wanted->count());
  if (wanted->count() > 0 && std::abs(share) <= tolerance) return;
  fields.fault("parameters", difference(computed, *wanted, share));
}

}  // namespace llmfit::catalog

// SPDX-License-Identifier: MIT
#include <algorithm>

#include "catalog/records.hpp"

namespace llmfit::catalog {
namespace {

/// What the count holds beside the text stack. A record without a published count lists no parts;
/// its total then has the towers in it.
std::int64_t included_parameters(const Fields& fields) {
  const auto parameters = fields.object("parameters");
  if (!parameters.has("published")) {
    return fields.object("architecture").object("vision").count("params").value_or(0);
  }
  Elements sum{0};
  for (const auto& part : parameters.objects("includes")) {
    sum += Elements{part.count("parameters").value_or(0)};
  }
  return sum.count();
}

const ArchitectureRecord* kept_architecture(const Fields& fields) {
  if (!fields.has("architecture")) return nullptr;
  const std::vector one{read_architecture(fields.object("architecture"))};
  return fields.arena().keep(one).data();
}

std::span<const ModelScore> read_scores(const Fields& fields) {
  std::vector<ModelScore> scores;
  for (const auto& entry : fields.objects("quality")) {
    const auto score = entry.number("score");
    if (score) scores.push_back({entry.text("metric"), *score, entry.text("variant")});
  }
  return fields.arena().keep(std::move(scores));
}

bool names(std::span<const std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

ModelRecord read_model(const Fields& fields) {
  const auto parameters = fields.object("parameters");
  const auto license = fields.object("license");
  return {
      .id = fields.text("id"),
      .name = fields.text("name"),
      .family = fields.text("family"),
      .hf_repo = fields.text("hf_repo"),
      .aliases = fields.texts("aliases"),
      .parameters = parameters.count("total"),
      .active_parameters = parameters.count("active"),
      .published_parameters = parameters.count("published"),
      .included_parameters = included_parameters(fields),
      .parameters_excepted = parameters.has("exception"),
      .parameters_unverified = names(fields.texts("unverified"), "parameters"),
      .context_length = fields.count("context_length"),
      .native_dtype = fields.text("native_dtype"),
      .license_id = license.text("id"),
      .license_commercial_use = license.text("commercial_use"),
      .license_conditions = license.texts("conditions"),
      .scores = read_scores(fields),
      .architecture = kept_architecture(fields),
      .json = fields.arena().keep(one_line(fields.json())),
  };
}

}  // namespace llmfit::catalog

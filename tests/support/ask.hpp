// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/catalog.hpp"
#include "llmfit/fit.hpp"

namespace llmfit::test {

/// A catalog model by name; the test fails where there is none.
inline Model model_of(std::string_view name) {
  const auto record = Catalog::builtin().model(name);
  REQUIRE(record.has_value());
  auto model = make_model(**record);
  REQUIRE(model.has_value());
  return std::move(*model);
}

/// A card choice as `--gpu NAME` or `--gpu NAMExCOUNT` makes it.
inline CardChoice card(const std::string& name, std::optional<std::int32_t> count = std::nullopt) {
  return {name, Catalog::builtin().find_gpus(name), count};
}

inline FitRequest request_of(const Model& model, const std::vector<std::string>& formats,
                             std::optional<Engine> engine = std::nullopt) {
  FitRequest request;
  auto resolved = resolve_formats(Catalog::builtin(), model, formats, engine);
  REQUIRE(resolved.has_value());
  request.formats = std::move(*resolved);
  return request;
}

/// One model in one format on one card choice.
inline FitResult ask(std::string_view name, const std::string& format, const CardChoice& choice) {
  const auto model = model_of(name);
  auto request = request_of(model, {format});
  request.hardware.alternatives = {choice};
  auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  return std::move(*result);
}

inline bool has_note(const FitResult& result, NoteCode code) {
  for (const auto& note : result.notes) {
    if (note.code == code) return true;
  }
  return false;
}

}  // namespace llmfit::test

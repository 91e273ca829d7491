// SPDX-License-Identifier: MIT
// What a program of somebody else's does with the library: one question, asked and answered.
#include <cstdio>
#include <llmfit/build_model.hpp>
#include <llmfit/catalog.hpp>
#include <llmfit/fit.hpp>

int main() {
  const auto& catalog = llmfit::Catalog::builtin();
  const auto record = catalog.model("llama2-13b");
  if (!record) return 2;
  const auto model = llmfit::make_model(**record);
  if (!model) return 2;
  llmfit::FitRequest request;
  auto formats = llmfit::resolve_formats(catalog, *model, {"q4"}, std::nullopt);
  if (!formats) return 2;
  request.formats = *formats;
  const auto result = llmfit::fit(catalog, *model, request);
  if (!result) return 2;
  std::printf("%zu configurations\n", result->formats.front().candidates.size());
  return result->any_fits ? 0 : 1;
}

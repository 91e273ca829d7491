// SPDX-License-Identifier: MIT
#include "cli/picture.hpp"

#include <algorithm>

#include "cli/errors.hpp"

namespace llmfit::cli {

Result<std::optional<Frontier>> frontier_for(const Judged& judged, const Arguments& arguments,
                                             OutputFormat format, const Catalog& catalog) {
  const bool asked = arguments.has(Option::frontier) && format != OutputFormat::csv;
  const bool page = format == OutputFormat::html && arguments.command->id == Command::fit;
  if (!asked && !page) return std::optional<Frontier>();
  auto found = frontier(catalog, judged.model, judged.request);
  if (!found) return pass(found);
  if (!asked && found->points.empty()) return std::optional<Frontier>();
  return std::optional(std::move(*found));
}

void add_table_for_page(Judged& judged, const Catalog& catalog) {
  if (judged.request.table) return;
  auto& formats = judged.result.formats;
  const auto first = std::find_if(formats.begin(), formats.end(),
                                  [](const FormatResult& format) { return format.any_fits; });
  if (first == formats.end()) return;
  auto request = judged.request;
  request.formats = {first->choice};
  request.table = true;
  request.limit = 1;
  auto found = fit(catalog, judged.model, request);
  // Without a known cache there is no such table; the page says what it has.
  if (found) first->table = std::move(found->formats.front().table);
}

}  // namespace llmfit::cli

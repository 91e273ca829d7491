// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>

#include "base/names.hpp"
#include "base/numbers.hpp"
#include "cli/errors.hpp"
#include "cli/format.hpp"
#include "cli/hardware.hpp"
#include "cli/load.hpp"
#include "cli/request.hpp"
#include "cli/session.hpp"
#include "cli/values.hpp"
#include "cli/version.hpp"
#include "render/rank_report.hpp"

namespace llmfit::cli {
namespace {

/// The catalog's spelling of each word; `of` is the field of a model that they name.
Result<std::vector<std::string>> known_words(const Arguments& arguments, Option option,
                                             const Catalog& catalog,
                                             std::string_view ModelRecord::*of) {
  auto typed = list(arguments, option);
  if (!typed || typed->empty()) return typed;
  std::vector<std::string_view> names;
  for (const auto& model : catalog.models()) {
    if (!(model.*of).empty()) names.push_back(model.*of);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (auto& word : *typed) {
    const auto folded = base::fold_name(word);
    const auto found = std::find_if(names.begin(), names.end(), [&](std::string_view name) {
      return base::fold_name(name) == folded;
    });
    if (found == names.end()) {
      auto hint = base::did_you_mean(base::nearest(word, names));
      return bad_value(option, word, hint.empty() ? "`llmfit models --json` shows them" : hint);
    }
    word = *found;
  }
  return typed;
}

constexpr std::string_view range_hint = "a range of parameters, such as 7b..14b, ..14b or 7b..";

/// "7b..14b", "..14b", "7b.."; a bare size is nothing that models of a catalog have to the last
/// one.
Result<void> read_range(RankFilter& filter, const Arguments& arguments) {
  if (!arguments.has(Option::params)) return {};
  const auto typed = arguments.value(Option::params);
  const auto dots = typed.find("..");
  if (dots == std::string_view::npos)
    return bad_value(Option::params, typed, std::string(range_hint));
  const auto low = typed.substr(0, dots);
  const auto high = typed.substr(dots + 2);
  filter.least_parameters = base::parse_parameters(low);
  filter.most_parameters = base::parse_parameters(high);
  const bool read = (low.empty() || filter.least_parameters) &&
                    (high.empty() || filter.most_parameters) && !(low.empty() && high.empty());
  const bool rises = !filter.least_parameters || !filter.most_parameters ||
                     *filter.least_parameters <= *filter.most_parameters;
  if (!read || !rises) return bad_value(Option::params, typed, std::string(range_hint));
  return {};
}

Result<RankFilter> read_filter(const Arguments& arguments, const Catalog& catalog) {
  RankFilter filter;
  filter.commercial = arguments.has(Option::commercial);
  const auto context = tokens(arguments, Option::min_context);
  if (!context) return pass(context);
  filter.min_context = *context;
  auto range = read_range(filter, arguments);
  if (!range) return pass(range);
  auto licenses = known_words(arguments, Option::license, catalog, &ModelRecord::license_id);
  if (!licenses) return pass(licenses);
  filter.licenses = std::move(*licenses);
  auto families = known_words(arguments, Option::family, catalog, &ModelRecord::family);
  if (!families) return pass(families);
  filter.families = std::move(*families);
  return filter;
}

Result<RankSort> read_rank_sort(const Arguments& arguments) {
  const auto typed = arguments.value(Option::sort);
  if (typed.empty() || typed == "quality") return RankSort::quality;
  if (typed == "params") return RankSort::params;
  if (typed == "context") return RankSort::context;
  if (typed == "headroom") return RankSort::headroom;
  if (typed == "fastest") return RankSort::fastest;
  return bad_value(Option::sort, typed, "in rank: quality, params, context, headroom or fastest");
}

Result<RankRequest> read_request(const Arguments& arguments, const Catalog& catalog,
                                 const Probes& probes) {
  RankRequest request;
  auto formats = list(arguments, Option::quant);
  if (!formats) return pass(formats);
  request.formats = std::move(*formats);
  request.engine = asked_engine(arguments);
  request.imatrix = arguments.has(Option::imatrix);
  auto workload = read_workload(arguments);
  if (!workload) return pass(workload);
  request.workload = std::move(*workload);
  auto hardware = read_hardware(arguments.all(Option::gpu), catalog, &probes);
  if (!hardware) return pass(hardware);
  request.hardware = std::move(*hardware);
  const auto limits = read_device_limits(arguments);
  if (!limits) return pass(limits);
  request.hardware.limits = *limits;
  auto filter = read_filter(arguments, catalog);
  if (!filter) return pass(filter);
  request.filter = std::move(*filter);
  const auto lengths = read_lengths(request.load, request.workload, arguments, nullptr);
  if (!lengths) return pass(lengths);
  const auto engines = request.engine ? std::vector{*request.engine} : std::vector<Engine>{};
  const auto stack = read_stack(request.load, arguments, catalog, engines);
  if (!stack) return pass(stack);
  const auto sort = read_rank_sort(arguments);
  if (!sort) return pass(sort);
  request.sort = *sort;
  const auto limit =
      whole_number(arguments, Option::limit, 0, std::numeric_limits<std::int64_t>::max());
  if (!limit) return pass(limit);
  request.limit = limit->value_or(request.limit);
  request.all = arguments.has(Option::all);
  return request;
}

}  // namespace

Result<Outcome> run_rank(Session& session) {
  const auto& arguments = session.arguments;
  const auto format = output_format(arguments);
  if (!format) return pass(format);
  auto catalog = session.catalog.get();
  if (!catalog) return pass(catalog);
  const auto request = read_request(arguments, **catalog, session.environment.probes());
  if (!request) return pass(request);
  const auto result = rank(**catalog, *request);
  if (!result) return pass(result);
  const render::RankView view{**catalog, *request, *result, version};
  const int code = result->fitting > 0 ? 0 : 1;
  if (*format == OutputFormat::json) return Outcome{render::rank_json(view), code};
  return Outcome{draw(render::rank_report(view), *format, session.terminal.terminal), code};
}

}  // namespace llmfit::cli

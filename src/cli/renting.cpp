// SPDX-License-Identifier: MIT
#include "cli/renting.hpp"

#include "base/numbers.hpp"
#include "cli/errors.hpp"
#include "cli/values.hpp"
#include "cost/api.hpp"
#include "search/token_costs.hpp"

namespace llmfit::cli {
namespace {

/// Less than an hour in a year: nobody pays for hardware that idles so long.
constexpr double least_share = 0.0001;

Result<void> read_term(OfferFilter& filter, const Arguments& arguments) {
  if (!arguments.has(Option::reserved)) return {};
  if (arguments.has(Option::spot)) {
    return fail(ErrorCode::usage, "--spot and --reserved exclude each other",
                "leave one of them: a machine is rented on one term", "--reserved");
  }
  const bool long_term = arguments.value(Option::reserved) == "3y";
  filter.term = long_term ? RentalTerm::reserved_3y : RentalTerm::reserved_1y;
  return {};
}

/// "0.3" and "30%" are the same share.
Result<double> read_utilisation(const Arguments& arguments) {
  if (!arguments.has(Option::utilisation)) return 1.0;
  const auto typed = arguments.value(Option::utilisation);
  const bool percent = typed.ends_with('%');
  const auto number = base::parse_number(percent ? typed.substr(0, typed.size() - 1) : typed);
  const double share = number.value_or(0) / (percent ? 100 : 1);
  if (share >= least_share && share <= 1) return share;
  return bad_value(Option::utilisation, typed, "a share from 0.0001 to 1: 0.3 or 30%");
}

Result<ApiRequest> read_apis(const FitRequest& request, const Arguments& arguments,
                             const Catalog& catalog, const Model& model) {
  ApiRequest apis;
  apis.named = arguments.has(Option::api);
  apis.wanted = apis.named || arguments.has(Option::costs);
  if (!apis.wanted) return apis;
  auto found = apis.named ? find_apis(catalog, arguments.value(Option::api))
                          : Result<std::vector<ApiPrice>>(apis_of(catalog, model));
  if (!found) return pass(found);
  apis.prices = cost::cheapest_of_each(std::move(*found), search::mix_of(model, request.load));
  return apis;
}

}  // namespace

Result<void> read_renting(FitRequest& request, const Arguments& arguments, const Catalog& catalog,
                          const Model& model) {
  const auto term = read_term(request.offers, arguments);
  if (!term) return pass(term);
  const auto busy = read_utilisation(arguments);
  if (!busy) return pass(busy);
  request.utilisation = *busy;
  auto apis = read_apis(request, arguments, catalog, model);
  if (!apis) return pass(apis);
  request.apis = std::move(*apis);
  return {};
}

}  // namespace llmfit::cli

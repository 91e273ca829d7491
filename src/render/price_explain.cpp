// SPDX-License-Identifier: MIT
#include "render/price_explain.hpp"

#include <cmath>

#include "base/numbers.hpp"
#include "render/service_columns.hpp"
#include "search/token_costs.hpp"

namespace llmfit::render {
namespace {

std::string included_text(const OfferRecord& offer) {
  if (offer.includes == "machine") return "the whole machine";
  if (offer.includes == "card") return "the card alone, processors and memory cost extra";
  return "not known whether processors and memory cost extra";
}

/// With as many decimals as the figures that follow from it need.
std::string hourly_text(double usd) { return "$" + base::shortest(std::round(usd * 1e5) / 1e5); }

std::string price_text(const Cost& cost) {
  const auto& offer = *cost.offer;
  auto text = hourly_text(*cost.usd_per_hour) + " an hour " + std::string(describe(cost.term));
  text += ", " + rented_name(cost);
  if (!offer.region.empty()) text.append(" in ").append(offer.region);
  if (const auto day = price_date(cost); !day.empty()) text.append(", of ").append(day);
  text += "; " + included_text(offer);
  if (!offer.billing.empty()) text.append("; billed by the ").append(offer.billing);
  return text;
}

std::string number_text(double value) { return base::shortest(std::round(value * 100) / 100); }

/// " = $0.53 / (12.3 tok/s × 3,600 s × 30 % of the time) × 1,000,000"
std::string division_text(const FitView& view, double hourly, double rate) {
  auto text = " = " + hourly_text(hourly) + " / (" + number_text(rate) + " tok/s × 3,600 s";
  if (view.request.utilisation < 1) {
    text += " × " + number_text(view.request.utilisation * 100) + " % of the time";
  }
  return text + ") × 1,000,000";
}

/// "200 users on 7 copies", "10 requests a second on 1 copy"
std::string users_text(const LoadRequest& load, const Service& service) {
  const auto copies = service.copies.value_or(1);
  const auto users = load.users.value_or(copies * service.load);
  std::string text = base::grouped(users) + (users == 1 ? " user" : " users");
  if (load.requests_per_second) {
    text = (load.users ? text + " and " : std::string{}) +
           requests_text(*load.requests_per_second) + " a second";
  }
  return text + " on " + base::grouped(copies) + (copies == 1 ? " copy" : " copies");
}

/// What the service of all copies makes, where the load is one.
const Service* priced_service(const Candidate& candidate) {
  const auto& service = candidate.service;
  return service && service->usd_per_hour && service->throughput ? &*service : nullptr;
}

std::string answers_text(const FitView& view, const Candidate& candidate) {
  const auto price = base::usd_text(*candidate.cost.usd_per_million_tokens);
  if (const auto* service = priced_service(candidate)) {
    return price + division_text(view, *service->usd_per_hour, service->throughput->value) +
           "; answers of " + users_text(view.request.load, *service) +
           ", the time of their prompts included";
  }
  const auto* workload = shared_workload(view);
  const auto count = workload == nullptr ? 1 : workload->sequences;
  const bool prompts = view.request.load.names_lengths();
  return price +
         division_text(view, *candidate.cost.usd_per_hour, candidate.rates->throughput.value) +
         "; answers of " + base::grouped(count) + (count == 1 ? " sequence" : " sequences") +
         (prompts ? ", the time of their prompts included" : ", the time of prompts left out");
}

std::string prompts_text(const FitView& view, const Candidate& candidate) {
  return base::usd_text(*candidate.cost.usd_per_million_input_tokens) +
         division_text(view, *candidate.cost.usd_per_hour, candidate.rates->prefill.value) +
         "; hours that read prompts alone";
}

std::string tokens_text(std::int64_t tokens) {
  return base::grouped(tokens) + (tokens == 1 ? " token" : " tokens");
}

std::string request_text(const FitView& view, const Candidate& candidate) {
  constexpr double thousand = 1000;
  const auto mix = search::mix_of(view.model, view.request.load);
  auto text = base::usd_text(*candidate.cost.usd_per_request * thousand) + "; prompts of " +
              tokens_text(mix.input);
  if (mix.output > 0) text += " and answers of " + base::grouped(mix.output);
  const auto* service = priced_service(candidate);
  if (service == nullptr) return text + ", as many at once as sequences";
  return text + ", of " + users_text(view.request.load, *service);
}

}  // namespace

std::vector<Section> price_sections(const FitView& view, const FormatResult& format) {
  if (format.candidates.empty()) return {};
  const auto& first = format.candidates.front();
  const auto& cost = first.cost;
  if (cost.offer == nullptr || !cost.usd_per_hour) return {};
  Pairs pairs;
  pairs.rows.push_back({"price", Text{price_text(cost)}});
  pairs.rows.push_back({"month", Text{base::usd_text(*cost.usd_per_month) + " = " +
                                      hourly_text(*cost.usd_per_hour) + " × 730 hours"}});
  const bool answers = view.model.arch.kind != ModelKind::encoder;
  if (cost.usd_per_million_tokens && answers) {
    pairs.rows.push_back({"a million output tokens", Text{answers_text(view, first)}});
  }
  if (cost.usd_per_million_input_tokens) {
    pairs.rows.push_back({"a million input tokens", Text{prompts_text(view, first)}});
  }
  if (cost.usd_per_request) {
    pairs.rows.push_back({"1,000 requests", Text{request_text(view, first)}});
  }
  return {{"What " + card_name(first) + " costs", std::move(pairs)}};
}

}  // namespace llmfit::render

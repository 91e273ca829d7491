// SPDX-License-Identifier: MIT
#include "render/json_apis.hpp"

#include "cost/api.hpp"
#include "render/json_numbers.hpp"
#include "search/token_costs.hpp"

namespace llmfit::render {
namespace {

using Shape = JsonWriter::Shape;

std::string_view name_word(HostedName name) {
  switch (name) {
    case HostedName::exact:
      break;
    case HostedName::variant:
      return "variant";
    case HostedName::moving:
      return "moving";
  }
  return "exact";
}

}  // namespace

void write_apis(JsonWriter& json, const FitView& view) {
  const auto& request = view.request;
  if (!request.apis.wanted) return;
  const auto mix = search::mix_of(view.model, request.load);
  json.key("apis");
  json.array();
  for (const auto& price : request.apis.prices) {
    json.object(Shape::line);
    json.field("provider", price.provider);
    json.field("model", price.model);
    json.field("usd_per_million_input_tokens", clean(price.input_usd));
    json.field("usd_per_million_tokens", clean(price.output_usd));
    json.field("usd_per_request", clean(cost::usd_per_request(price, mix)));
    json.field("input_tokens", mix.input);
    json.field("output_tokens", mix.output);
    json.field("context", price.context);
    json.text_field("as_of", price.as_of);
    json.field("name", name_word(price.name));
    json.end();
  }
  json.end();
}

void write_break_even(JsonWriter& json, const FitRequest& request, const FormatResult& format) {
  if (!request.apis.wanted) return;
  json.key("break_even");
  json.array();
  for (std::size_t i = 0; i < format.break_even.size(); ++i) {
    const auto& api = request.apis.prices[i];
    const auto& found = format.break_even[i];
    json.object(Shape::line);
    json.field("configuration", 0);
    json.field("provider", api.provider);
    json.field("model", api.model);
    json.field("usd_per_month", clean(found.usd_per_month));
    json.field("requests_per_month", clean(found.requests_per_month));
    json.field("tokens_per_month", clean(found.tokens_per_month));
    json.field("utilisation", clean(found.utilisation));
    json.end();
  }
  json.end();
}

void write_request_costs(JsonWriter& json, const Cost& cost) {
  json.field("usd_per_million_input_tokens", clean(cost.usd_per_million_input_tokens));
  json.field("usd_per_request", clean(cost.usd_per_request));
}

void write_terms(JsonWriter& json, const Cost& cost) {
  json.field("spot", cost.term == RentalTerm::spot);
  json.field("term", to_string(cost.term));
  json.text_field("includes", cost.offer->includes);
  json.text_field("billing", cost.offer->billing);
}

}  // namespace llmfit::render

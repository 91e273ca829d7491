// SPDX-License-Identifier: MIT
#include "render/service_columns.hpp"

#include <cmath>

#include "base/numbers.hpp"

namespace llmfit::render {
namespace {

/// Three digits say all that an estimate knows.
Cell estimate_cell(double value) {
  return Number{value, value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0};
}

/// Under the load; of one request alone where not even that keeps the latencies.
const ServiceRates* shown_rates(const Service& service) {
  if (service.rates) return &*service.rates;
  return service.concurrency == 0 && service.most ? &*service.most : nullptr;
}

/// A model that generates nothing has no time between two tokens of an answer.
bool is_none(const Rate& rate) { return rate.high == 0; }

Cell rate_of(const Service& service, Rate ServiceRates::*rate) {
  const auto* rates = shown_rates(service);
  return rates == nullptr || is_none(rates->*rate) ? Cell{Unknown{}}
                                                   : estimate_cell((rates->*rate).value);
}

/// "0.24-0.33"
Cell band_of(const Service& service, Rate ServiceRates::*rate) {
  const auto* rates = shown_rates(service);
  if (rates == nullptr || is_none(rates->*rate)) return Unknown{};
  const auto& band = rates->*rate;
  return Text{human(estimate_cell(band.low)) + "-" + human(estimate_cell(band.high))};
}

Cell first_token(const Service& service) { return rate_of(service, &ServiceRates::first_token); }
Cell output_token(const Service& service) { return rate_of(service, &ServiceRates::output_token); }

Cell throughput(const Service& service) {
  return service.throughput ? estimate_cell(service.throughput->value) : Cell{Unknown{}};
}

Cell copies(const Service& service) { return count_cell(service.copies); }

Cell load(const Service& service) {
  return service.load > 0 ? Cell{Count{service.load}} : Unknown{};
}

Cell concurrency(const Service& service) {
  const bool known = service.held > 0 && (service.most || service.concurrency > 0);
  return known ? Cell{Count{service.concurrency}} : Unknown{};
}

std::string seconds(double value) { return base::shortest(value) + " s"; }

std::string lengths_text(const FitView& view) {
  const auto& load = view.request.load;
  if (view.model.arch.kind == ModelKind::encoder) {
    return "texts of " + base::grouped(load.input_tokens.value_or(usual_input_tokens)) + " tokens";
  }
  const auto answer = load.output_tokens.value_or(usual_output_tokens);
  return "prompts of " + base::grouped(load.input_tokens.value_or(usual_input_tokens)) +
         " and answers of " + base::grouped(answer) + (answer == 1 ? " token" : " tokens");
}

}  // namespace

std::vector<Column> service_columns() {
  return {{"service_copies", "copies", Align::right, 0, {}, true},
          {"service_users_per_copy", "users each", Align::right, 2, {}, true},
          {"service_concurrency", "at most", Align::right, 4, {}, true},
          {"service_first_token_seconds", "first token s", Align::right, 2, {}, true},
          {"service_first_token_seconds_band", "likely", Align::left, 6, " ", true},
          {"service_output_token_seconds", "s a token", Align::right, 2, {}, true},
          {"service_output_token_seconds_band", "likely", Align::left, 6, " ", true},
          {"service_tokens_per_second", "tok/s of all", Align::right, 3, {}, true}};
}

std::vector<Cell> service_cells(const Candidate& candidate) {
  if (!candidate.service) return std::vector<Cell>(service_columns().size(), Unknown{});
  const auto& service = *candidate.service;
  return {copies(service),
          load(service),
          concurrency(service),
          first_token(service),
          band_of(service, &ServiceRates::first_token),
          output_token(service),
          band_of(service, &ServiceRates::output_token),
          throughput(service)};
}

std::string requests_text(double requests) {
  const bool whole = requests >= 1 && requests == std::floor(requests);
  return (whole ? base::grouped_whole(requests) : base::shortest(requests)) +
         (requests == 1 ? " request" : " requests");
}

std::string load_line(const FitView& view) {
  const auto& load = view.request.load;
  if (!load.serves()) return {};
  std::string text = "Load: ";
  if (load.users) {
    text += base::grouped(*load.users) + (*load.users == 1 ? " user" : " users") + " at once, ";
  }
  if (load.requests_per_second) {
    text += requests_text(*load.requests_per_second) + " a second, ";
  }
  text += lengths_text(view);
  if (load.ttft) text += ", the first token within " + seconds(*load.ttft);
  if (load.tpot) text += ", then one within " + seconds(*load.tpot);
  if (load.one_copy) return text + ", on this one set of hardware.";
  return text + ". Prices are of all copies; one copy takes the users in \"at most\".";
}

const std::vector<ServiceColumn>& flat_service_columns() {
  static const std::vector<ServiceColumn> columns = {
      {"service_copies", copies},
      {"service_users_per_copy", load},
      {"service_concurrency", concurrency},
      {"service_first_token_seconds", first_token},
      {"service_output_token_seconds", output_token},
      {"service_tokens_per_second", throughput},
      {"service_usd_per_hour", [](const Service& s) { return usd_cell(s.usd_per_hour); }},
      {"service_usd_per_month", [](const Service& s) { return usd_cell(s.usd_per_month); }},
      {"service_usd_per_million_tokens",
       [](const Service& s) { return usd_cell(s.usd_per_million_tokens); }},
  };
  return columns;
}

}  // namespace llmfit::render

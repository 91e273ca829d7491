// SPDX-License-Identifier: MIT
// Rates where not everything is known: cards without a generation, slices, several machines, models
// known by size only.
#include <cmath>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "support/ask.hpp"
#include "support/speed_rows.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

/// A question about equal cards that are not in the catalog.
std::optional<Rates> rates_on(const GpuRecord& gpu, std::string_view stack, std::string_view format,
                              Split split = {}, double fraction = 1) {
  static SpeedRows rows;
  const auto* loaded = rows.find({stack, "rtx-3090", "llama3-8b", format});
  REQUIRE(loaded != nullptr);
  const std::vector<CardShare> cards(static_cast<std::size_t>(split.devices()),
                                     CardShare{&gpu, 1, fraction});
  SpeedQuestion question{loaded->work, *loaded->format, *loaded->engine};
  question.stack = stack;
  question.split = split;
  question.cards = cards;
  return estimate(question);
}

const GpuRecord& gpu(std::string_view id) { return *Catalog::builtin().find_gpus(id).front(); }

double width(const Rate& rate) { return rate.high / rate.low; }

}  // namespace

TEST_CASE("a card of no known generation has a rate with a wide band", "[speed]") {
  for (const auto& [stack, format] : {std::pair{"llama.cpp", "q4_k_m"}, {"vllm", "fp16"}}) {
    auto card = gpu("rtx-3090");
    const auto known = rates_on(card, stack, format);
    card.peaks.generation = {};
    const auto unknown = rates_on(card, stack, format);
    INFO(stack);
    REQUIRE((known.has_value() && unknown.has_value()));
    CHECK(unknown->generation == "any");
    CHECK(unknown->measured_cards == 0);
    CHECK(width(unknown->decode) > 1.5 * width(known->decode));
    CHECK(unknown->decode.low < known->decode.value);
    CHECK(known->decode.value < unknown->decode.high);
    card.peaks.bandwidth_gb_s.reset();
    CHECK_FALSE(rates_on(card, stack, format).has_value());
  }
}

TEST_CASE("a slice is as fast as its share of the card, but for the fixed times", "[speed]") {
  const auto whole = rates_on(gpu("l4"), "llama.cpp", "q4_k_m");
  const auto half = rates_on(gpu("l4"), "llama.cpp", "q4_k_m", {}, 0.5);
  REQUIRE((whole.has_value() && half.has_value()));
  CHECK(half->decode.value < 0.6 * whole->decode.value);
  CHECK(half->decode.value > 0.5 * whole->decode.value);
  CHECK(half->prefill.value > 0.5 * whole->prefill.value);
}

TEST_CASE("ranks in two machines wait for the network", "[speed]") {
  const auto& card = gpu("h100-sxm");
  const auto near = rates_on(card, "vllm", "fp16", {.tensor = 16});
  const auto far = rates_on(card, "vllm", "fp16", {.tensor = 16, .nodes = 2});
  REQUIRE((near.has_value() && far.has_value()));
  CHECK(far->decode.value < near->decode.value);
  CHECK(far->step.link > near->step.link);
  const auto stages = rates_on(card, "vllm", "fp16", {.tensor = 8, .pipeline = 2});
  const auto machines = rates_on(card, "vllm", "fp16", {.tensor = 8, .pipeline = 2, .nodes = 2});
  REQUIRE((stages.has_value() && machines.has_value()));
  CHECK(machines->decode.value < stages->decode.value);
  CHECK(machines->decode.value > far->decode.value);
  CHECK(machines->prompt.link > stages->prompt.link);
}

TEST_CASE("a model known by its size is rated like one of that size", "[speed]") {
  const auto rate = [](std::string_view model, const std::string& format) {
    const auto result = ask(model, format, card("a100-80gb-sxm", 1));
    const auto& rates = result.formats.front().candidates.front().rates;
    return rates ? rates->decode.value : 0;
  };
  const auto rate_of_size = [](double parameters) {
    Model model;
    model.known_by_size_only = true;
    model.parameters = Elements{static_cast<std::int64_t>(parameters)};
    Weights weights;
    weights.elements = *model.parameters;
    weights.tensor_bytes = Bytes{static_cast<std::int64_t>(parameters * 4.85 / 8)};
    const auto& catalog = Catalog::builtin();
    const auto* format = catalog.find_format(Engine::llama_cpp, "q4_k_m");
    const auto work = work_of(model, weights, *format, {});
    const CardShare share{&gpu("a100-80gb-sxm")};
    SpeedQuestion question{work, *format, catalog.engine(Engine::llama_cpp)};
    question.cards = std::span(&share, 1);
    const auto rates = estimate(question);
    REQUIRE(rates.has_value());
    return rates->decode.value;
  };
  for (const auto& [model, size] :
       {std::pair{"llama2-7b", 6.74e9}, {"llama2-13b", 13.0e9}, {"llama2-70b", 69e9}}) {
    INFO(model);
    CHECK(std::abs(rate_of_size(size) / rate(model, "q4_k_m") - 1) < 0.1);
  }
  CHECK(rate_of_size(1e9) > rate_of_size(2e9));
}

TEST_CASE("a plain rule has no speed", "[speed]") {
  const auto model = model_of("llama2-7b");
  auto request = request_of(model, {"fp16"}, Engine::params);
  request.hardware.alternatives = {card("rtx-3090", 1)};
  request.sort = Sort::fastest;
  const auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  CHECK_FALSE(result->formats.front().candidates.front().rates.has_value());
  CHECK(has_note(*result, NoteCode::speed_unknown));
}

TEST_CASE("of several adapters a token passes one", "[speed]") {
  const auto rate = [](std::int32_t count) {
    const auto model = model_of("llama3-8b");
    auto request = request_of(model, {"f16"});
    request.hardware.alternatives = {card("a100-80gb-sxm", 1)};
    if (count > 0) request.add_ons.lora = Lora{128, count};
    const auto result = fit(Catalog::builtin(), model, request);
    REQUIRE(result.has_value());
    return result->formats.front().candidates.front().rates->decode.value;
  };
  CHECK(rate(1) < rate(0));
  CHECK(std::abs(rate(8) / rate(1) - 1) < 1e-6);
}

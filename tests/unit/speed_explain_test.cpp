// SPDX-License-Identifier: MIT
// The explanation of a rate adds up to the rate, and each part to its formula.
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "llmfit/speed_terms.hpp"
#include "render/fit_explain.hpp"
#include "support/ask.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

struct Case {
  std::string_view model;
  std::string format;
  std::string card;
  std::int32_t count;
};

const std::vector<Case> cases = {
    {"llama3-8b", "q4_k_m", "rtx-3090", 1},    {"llama3-70b", "q4_k_m", "rtx-3090", 3},
    {"mixtral-8x7b", "q4_k_m", "rtx-3090", 2}, {"llama3-70b", "fp8", "h100-sxm", 2},
    {"mamba-2.8b", "q8_0", "rtx-3090", 1},     {"gpt-oss-20b", "mxfp4_moe", "rtx-4090", 1},
};

FitResult explained(const Case& one) {
  const auto model = model_of(one.model);
  auto request = request_of(model, {one.format});
  request.hardware.alternatives = {card(one.card, one.count)};
  request.explain = true;
  auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  return std::move(*result);
}

const SpeedTerm& term(const std::vector<SpeedTerm>& terms, std::string_view name) {
  for (const auto& one : terms) {
    if (one.name == name) return one;
  }
  FAIL("no part " << name);
  return terms.front();
}

double seconds(const std::vector<SpeedTerm>& terms, std::string_view name) {
  for (const auto& one : terms) {
    if (one.name == name) return one.seconds;
  }
  return 0;
}

double input(const SpeedTerm& term, std::string_view name) {
  for (const auto& one : term.inputs) {
    if (one.name == name) return one.value;
  }
  return 0;
}

bool near(double a, double b) { return std::abs(a - b) <= 1e-6 * std::abs(b); }

}  // namespace

TEST_CASE("a step's parts make its total, whose inverse is the rate", "[speed]") {
  for (const auto& one : cases) {
    const auto result = explained(one);
    const auto& format = result.formats.front();
    INFO(one.model << " in " << one.format << " on " << one.count << " x " << one.card);
    REQUIRE(format.speed.has_value());
    const auto& told = *format.speed;
    const auto& rates = *format.candidates.front().rates;
    const double total = seconds(told.step, "total");
    CHECK(near(1 / total, rates.decode.value));
    CHECK(near(rates.decode.low, rates.decode.value * told.step_band.low));
    const double roof = input(term(told.step, "total"), "roof");
    const double memory = seconds(told.step, "weights") + seconds(told.step, "cache");
    const double joined =
        std::pow(std::pow(memory, roof) + std::pow(seconds(told.step, "compute"), roof), 1 / roof);
    CHECK(near(joined + seconds(told.step, "fixed") + seconds(told.step, "links") +
                   seconds(told.step, "host"),
               total));
    CHECK(near(seconds(told.prompt, "total"), rates.first_token.value));
  }
}

TEST_CASE("the parts follow from their inputs", "[speed]") {
  for (const auto& one : cases) {
    const auto result = explained(one);
    INFO(one.model << " in " << one.format << " on " << one.count << " x " << one.card);
    const auto& step = result.formats.front().speed->step;
    const auto& weights = term(step, "weights");
    const double bytes = input(weights, "dense GB") + input(weights, "output matrix GB") +
                         input(weights, "routed experts GB") * input(weights, "share touched");
    const double bandwidth = input(weights, "peak GB/s") * input(weights, "achieved share");
    CHECK(near(bytes / input(weights, "ranks") / bandwidth, weights.seconds));
    const auto& compute = term(step, "compute");
    CHECK(near(2 * input(compute, "billion weights") * input(compute, "tokens") /
                   input(compute, "ranks") / (input(compute, "TFLOPS") * 1000),
               compute.seconds));
    const auto& fixed = term(step, "fixed");
    CHECK(near(
        (input(fixed, "layers") * input(fixed, "us per layer") + input(fixed, "us per sequence")) *
            1e-6,
        fixed.seconds));
    if (seconds(step, "links") > 0) {
      const auto& links = term(step, "links");
      const double time = 2 * input(links, "layers") * input(links, "us per all-reduce") +
                          (input(links, "stages") - 1) * input(links, "us per hop");
      CHECK(near(input(links, "passes") * time * 1e-6, links.seconds));
    }
  }
}

TEST_CASE("a formula's inputs stand in it", "[speed]") {
  for (const auto& one : cases) {
    const auto result = explained(one);
    const auto& told = *result.formats.front().speed;
    for (const auto* terms : {&told.step, &told.prompt}) {
      for (const auto& part : *terms) {
        INFO(part.name << ": " << part.formula);
        CHECK_FALSE(part.source.empty());
        Term shown;
        shown.formula = part.formula;
        shown.inputs = part.inputs;
        if (!part.formula.empty()) CHECK_FALSE(render::with_values(shown).empty());
      }
    }
  }
}

TEST_CASE("a load is told from its step and its prompts", "[speed]") {
  const auto model = model_of("llama3-8b");
  auto request = request_of(model, {"fp16"});
  request.hardware.alternatives = {card("h100-sxm", 1)};
  request.explain = true;
  request.load.users = 50;
  request.load.one_copy = true;
  const auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  const auto& format = result->formats.front();
  const auto& rates = *format.candidates.front().service->rates;
  REQUIRE(format.speed.has_value());
  CHECK(format.speed->sequences == 50);
  const auto of = [&](std::string_view name) {
    for (const auto& one : format.speed->load) {
      if (one.name == name) return one.value;
    }
    return 0.0;
  };
  CHECK(near(of("first token"), rates.first_token.value * 1e3));
  CHECK(near(of("token"), rates.output_token.value * 1e3));
  CHECK(near(of("throughput"), rates.throughput.value));
  CHECK(near(of("request"), 127 * of("step") + of("prompts")));
  for (const auto& one : format.speed->load) {
    Term shown;
    shown.formula = one.formula;
    shown.inputs = one.inputs;
    INFO(one.name << ": " << one.formula);
    if (!one.formula.empty()) CHECK_FALSE(render::with_values(shown).empty());
  }
}

TEST_CASE("an encoder has no step, an encoder-decoder reads a part for each", "[speed]") {
  const auto encoder = explained({"bert-base-uncased", "q8_0", "rtx-3090", 1});
  const auto& told = encoder.formats.front().speed;
  REQUIRE(told.has_value());
  CHECK(told->step.empty());
  CHECK_FALSE(encoder.formats.front().candidates.front().rates->generates);
  const auto both = explained({"t5-large", "f16", "rtx-3090", 1});
  const auto& parts = both.formats.front().speed;
  REQUIRE(parts.has_value());
  const double step = input(term(parts->step, "weights"), "dense GB");
  const double prompt = input(term(parts->prompt, "weights"), "dense GB");
  CHECK(step > prompt);  // the decoder looks at the encoder's output too
  CHECK(step < 2 * prompt);
}

TEST_CASE("nothing is explained that nobody asks for", "[speed]") {
  const auto result = ask("llama3-8b", "q4_k_m", card("rtx-3090", 1));
  CHECK_FALSE(result.formats.front().speed.has_value());
  CHECK(result.formats.front().candidates.front().rates.has_value());
}

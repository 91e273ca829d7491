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

/// A printed formula's value: sums, products, powers, min and max of two.
class Sum {
 public:
  explicit Sum(std::string text) : text_(std::move(text)) {
    for (const std::string times : {"×", ","}) {
      for (auto at = text_.find(times); at != std::string::npos; at = text_.find(times, at)) {
        // A comma with a space behind it parts two values, others part digits.
        const bool parts = times == "," && text_[at + 1] == ' ';
        text_.replace(at, times.size(), times == "×" ? "*" : parts ? ";" : "");
      }
    }
    std::erase(text_, ' ');
  }

  double value() {
    double sum = product();
    while (take('+') || take('-')) sum += text_[at_ - 1] == '+' ? product() : -product();
    return sum;
  }

 private:
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  double product() {
    double result = power();
    while (take('*') || take('/')) {
      const bool times = text_[at_ - 1] == '*';
      const double factor = power();
      result = times ? result * factor : result / factor;
    }
    return result;
  }

  double power() {
    const double base = one();
    return take('^') ? std::pow(base, one()) : base;
  }

  double one() {
    const bool most = text_.compare(at_, 4, "max(") == 0;
    if (most || text_.compare(at_, 4, "min(") == 0) {
      at_ += 4;
      const double first = value();
      REQUIRE(take(';'));
      const double second = value();
      REQUIRE(take(')'));
      return most ? std::max(first, second) : std::min(first, second);
    }
    if (take('(')) {
      const double inner = value();
      REQUIRE(take(')'));
      return inner;
    }
    const auto end = text_.find_first_not_of("0123456789.", at_);
    const auto digits = text_.substr(at_, end - at_);
    REQUIRE_FALSE(digits.empty());
    at_ += digits.size();
    return std::stod(digits);
  }

  std::string text_;
  std::size_t at_ = 0;
};

double printed(std::string_view formula, const std::vector<Input>& inputs) {
  Term shown;
  shown.formula = formula;
  shown.inputs = inputs;
  const auto text = render::with_values(shown);
  INFO(formula << ": " << text);
  REQUIRE_FALSE(text.empty());
  return Sum(text).value();
}

/// As far as printed digits go.
bool about(double a, double b) { return std::abs(a - b) <= 5e-3 * std::abs(b) + 1e-4; }

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

TEST_CASE("a printed formula has the printed value, in milliseconds", "[speed]") {
  for (const auto& one : cases) {
    const auto result = explained(one);
    const auto& told = *result.formats.front().speed;
    for (const auto* terms : {&told.step, &told.prompt}) {
      // Stages that work side by side take less than their sum.
      const bool sides = terms == &told.prompt && one.count > 1 && one.format == "q4_k_m";
      for (const auto& part : *terms) {
        if (part.formula.empty() || (sides && part.name == "total")) continue;
        INFO(one.model << " " << one.count << " " << part.name << ": " << part.formula);
        CHECK(about(printed(part.formula, part.inputs), part.seconds * 1e3));
      }
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
    INFO(one.name << ": " << one.formula);
    if (!one.formula.empty()) CHECK(about(printed(one.formula, one.inputs), one.value));
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

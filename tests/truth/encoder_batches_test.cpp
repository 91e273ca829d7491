// SPDX-License-Identifier: MIT
// How long encoders take for full passes, padded and without padding, against published times.
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "llmfit/batch.hpp"
#include "support/score.hpp"
#include "support/speed_rows.hpp"

using namespace llmfit;

namespace {

struct EncoderRow {
  std::string_view stack;
  std::string_view gpu;
  BatchWay way;
  std::int64_t sequences;
  std::int64_t slot;
  double milliseconds;
};

const std::vector<EncoderRow> measured = {
#include "truth/encoder_rows.inc"
};

Rate predict(const EncoderRow& row) {
  static std::map<std::string_view, test::SpeedRows> rows;
  const auto* loaded = rows[row.stack].find({row.stack, row.gpu, "bert-base-uncased", "fp16"});
  REQUIRE(loaded != nullptr);
  const auto gpus = Catalog::builtin().find_gpus(row.gpu);
  REQUIRE_FALSE(gpus.empty());
  const std::vector<CardShare> cards{CardShare{gpus.front()}};
  SpeedQuestion question{loaded->work, *loaded->format, *loaded->engine};
  question.stack = row.stack;
  question.cards = cards;
  BatchJob job;
  const auto tokens = row.way == BatchWay::padded ? row.slot : row.slot / 2;
  job.lengths = LengthHistogram({{tokens, row.sequences}});
  job.slot = row.slot;
  const auto plan = plan_batch(job, row.slot);
  BatchQuestion batch{question, plan};
  batch.pass_tokens = row.sequences * row.slot;
  batch.causal = false;
  const auto times = work_off(batch);
  REQUIRE(times.has_value());
  return (*times)[static_cast<std::size_t>(row.way)].seconds;
}

}  // namespace

TEST_CASE("encoders take as long as was published, within the band", "[truth]") {
  test::Score score("encoders, full passes", 0.5);
  std::size_t inside = 0;
  for (const auto& row : measured) {
    const auto seconds = predict(row);
    const auto name = std::string(row.stack) + " " + std::string(row.gpu) + " " +
                      std::string(to_string(row.way)) + " " + std::to_string(row.sequences) +
                      " x " + std::to_string(row.slot);
    score.add(name, std::llround(seconds.value * 1e6), std::llround(row.milliseconds * 1e3));
    const double truth = row.milliseconds / 1e3;
    if (seconds.low <= truth && truth <= seconds.high) ++inside;
  }
  score.print();
  CHECK(score.at_most(50) < 0.20);
  CHECK(score.at_most(90) < 0.55);
  CHECK(score.at_most(100) < 0.70);
  CHECK(static_cast<double>(inside) >= 0.9 * static_cast<double>(score.rows()));
}

TEST_CASE("leaving padding out gains what was published", "[truth]") {
  test::Score score("encoders, gain without padding", 1);
  for (const auto& padded : measured) {
    for (const auto& other : measured) {
      const bool pair = padded.stack == other.stack && padded.gpu == other.gpu &&
                        padded.sequences == other.sequences && padded.slot == other.slot &&
                        padded.way == BatchWay::padded && other.way == BatchWay::continuous;
      if (!pair) continue;
      const double gain = predict(padded).value / predict(other).value;
      const double truth = padded.milliseconds / other.milliseconds;
      score.add(std::string(padded.gpu), std::llround(gain * 1e6), std::llround(truth * 1e6));
    }
  }
  score.print();
  CHECK(score.rows() == 12);
  CHECK(score.at_most(50) < 0.15);
  CHECK(score.at_most(100) < 0.35);
}

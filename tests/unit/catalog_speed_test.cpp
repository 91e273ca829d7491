// SPDX-License-Identifier: MIT
// What the catalog says of speed: peaks of cards, constants of engines.
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "catalog/speed_fields.hpp"
#include "catch.hpp"
#include "llmfit/catalog.hpp"

using namespace llmfit;

namespace {

template <class Record, class Members>
void check_reals(const Record& built, const Record& read, const Members& members) {
  for (const auto& member : members) {
    INFO(member.name);
    CHECK(built.*member.field == read.*member.field);
  }
}

void check_same(const CardPeaks& built, const CardPeaks& read) {
  CHECK(built.generation == read.generation);
  CHECK(built.bandwidth_gb_s == read.bandwidth_gb_s);
  check_reals(built, read, catalog::rate_fields);
  CHECK(built.sm_count == read.sm_count);
  check_reals(built, read, catalog::power_fields);
  CHECK(built.link == read.link);
  check_reals(built, read, catalog::link_fields);
}

void check_same(const SpeedRules& built, const SpeedRules& read) {
  CHECK(built.stack == read.stack);
  check_reals(built, read, catalog::rules_fields);
  CHECK(built.prefill_chunk == read.prefill_chunk);
  CHECK(built.max_sequences == read.max_sequences);
  REQUIRE(built.formats.size() == read.formats.size());
  for (std::size_t i = 0; i < built.formats.size(); ++i) {
    CHECK(built.formats[i].format == read.formats[i].format);
    check_reals(built.formats[i], read.formats[i], catalog::format_fields);
  }
  REQUIRE(built.profiles.size() == read.profiles.size());
  for (std::size_t i = 0; i < built.profiles.size(); ++i) {
    CHECK(built.profiles[i].generation == read.profiles[i].generation);
    check_reals(built.profiles[i], read.profiles[i], catalog::profile_fields);
    CHECK(built.profiles[i].before == read.profiles[i].before);
    CHECK(built.profiles[i].cards == read.profiles[i].cards);
  }
  REQUIRE(built.bands.size() == read.bands.size());
  for (std::size_t i = 0; i < built.bands.size(); ++i) {
    CHECK(built.bands[i].phase == read.bands[i].phase);
    CHECK(built.bands[i].vendor == read.bands[i].vendor);
    check_reals(built.bands[i], read.bands[i], catalog::band_fields);
    CHECK(built.bands[i].rows == read.bands[i].rows);
  }
}

}  // namespace

TEST_CASE("speed is the same built in and read from an export", "[catalog]") {
  const auto& built = Catalog::builtin();
  const auto read = Catalog::with_overlays(
      built, std::array{Catalog::OverlayText{"all.json", export_catalog(built)}});
  REQUIRE(read.has_value());
  REQUIRE(read->gpus().size() == built.gpus().size());
  for (std::size_t i = 0; i < built.gpus().size(); ++i) {
    INFO(built.gpus()[i].id);
    check_same(built.gpus()[i].peaks, read->gpus()[i].peaks);
  }
  for (const auto& engine : built.engines()) {
    const auto& other = read->engine(engine.engine);
    REQUIRE(engine.speed.size() == other.speed.size());
    for (std::size_t i = 0; i < engine.speed.size(); ++i) {
      INFO(engine.speed[i].stack);
      check_same(engine.speed[i], other.speed[i]);
    }
  }
}

TEST_CASE("cards are told apart by how they behave", "[catalog]") {
  struct Case {
    std::string_view gpu;
    std::string_view generation;
  };
  constexpr Case cases[] = {
      {"rtx-3090", "ampere"},
      {"a100-80gb-sxm", "ampere-dc"},
      {"rtx-4090", "ada"},
      {"h100-sxm", "hopper"},
      {"rtx-5090", "blackwell"},
      {"b200", "blackwell-dc"},
      {"gtx-1660", "turing-notensor"},
      {"t4", "turing"},
      {"v100-32gb-sxm2", "volta"},
      {"p40", "pascal"},
      {"p100-16gb-pcie", "pascal-100"},
      {"m40-24gb", "maxwell"},
      {"mi300x", "cdna3"},
      {"mi250", "cdna2"},
      {"mi50-32gb", "gcn"},
      {"rx-7900-xtx", "rdna3"},
      {"strix-halo-128gb", "rdna3.5"},
      {"rx-9070-xt", "rdna4"},
      {"arc-a770-16gb", "xe1"},
      {"arc-b580", "xe2"},
      {"gaudi2", "gaudi"},
      {"apple-m2-ultra-128gb", "apple2"},
      {"tpu-v5e", ""},
  };
  for (const auto& test : cases) {
    INFO(test.gpu);
    const auto found = Catalog::builtin().find_gpus(test.gpu);
    REQUIRE_FALSE(found.empty());
    CHECK(found.front()->peaks.generation == test.generation);
  }
}

TEST_CASE("links and rates are those of one direction and of 16 bits", "[catalog]") {
  const auto peaks_of = [](std::string_view name) {
    return Catalog::builtin().find_gpus(name).front()->peaks;
  };
  CHECK(peaks_of("h100-sxm").link == LinkType::nvlink);
  CHECK(peaks_of("h100-sxm").link_gb_s == 450);
  CHECK(peaks_of("rtx-4090").link == LinkType::pcie);
  CHECK(peaks_of("rtx-4090").pcie_gb_s == 28);
  CHECK(peaks_of("mi300x").link == LinkType::xgmi);
  CHECK(peaks_of("gaudi2").fp16 == 432);  // published for bfloat16 alone
}

TEST_CASE("each stack's constants are usable", "[catalog]") {
  for (const auto& engine : Catalog::builtin().engines()) {
    for (const auto& rules : engine.speed) {
      INFO(rules.stack);
      CHECK(rules.roof >= 1);
      std::set<std::string> seen;
      for (const auto& profile : rules.profiles) {
        INFO(profile.generation);
        CHECK(profile.bandwidth > 0.1);
        CHECK(profile.bandwidth <= 1);
        CHECK(profile.layer_us > 0);
        CHECK(profile.decode_compute + profile.decode_tflops > 0);
        const auto key = std::string(profile.generation) + std::to_string(profile.before);
        CHECK(seen.insert(key).second);
      }
      for (const auto& band : rules.bands) {
        CHECK(band.low < 1);
        CHECK(band.high > 1);
      }
    }
  }
}

// SPDX-License-Identifier: MIT
// Limits: which are kept, what a broken one makes of the verdict, and what filters offers.
#include <algorithm>

#include "support/ask.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

Bytes free_gib(std::int64_t count) { return Bytes{count << 30}; }

/// A question as `check` asks it: one card choice, shown whatever the verdict.
FitRequest check_of(const Model& model, const std::string& format, const CardChoice& choice) {
  auto request = request_of(model, {format});
  request.hardware.alternatives = {choice};
  request.all = true;
  return request;
}

FitResult answer(const Model& model, const FitRequest& request) {
  auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  return std::move(*result);
}

struct Row {
  std::string name;
  void (*ask)(FitRequest&);
  bool kept;
  LimitKind kind;
  Reason reason = Reason::out_of_memory;
  NoteCode note = NoteCode::limit_headroom;
};

}  // namespace

TEST_CASE("a limit that is kept changes nothing, a broken one is a no with its reason",
          "[limits]") {
  // Llama 2 13B in q4_k_m on a T4: 10.97 of 14.56 GiB, its whole context of 4,096, 2 sequences,
  // 0.526 dollars an hour.
  const auto row = GENERATE(
      Row{"month", [](FitRequest& r) { r.limits.usd_month = 384; }, true, LimitKind::max_usd_month},
      Row{"month over", [](FitRequest& r) { r.limits.usd_month = 383; }, false,
          LimitKind::max_usd_month, Reason::over_budget, NoteCode::limit_month},
      Row{"hour over", [](FitRequest& r) { r.offers.max_usd_hour = 0.5; }, false,
          LimitKind::max_usd_hour, Reason::over_budget, NoteCode::over_budget},
      Row{"context", [](FitRequest& r) { r.limits.context = 4096; }, true, LimitKind::min_context},
      Row{"context of the model", [](FitRequest& r) { r.limits.context = 4097; }, false,
          LimitKind::min_context, Reason::context_exceeds_model, NoteCode::limit_context_of_model},
      Row{"sequences", [](FitRequest& r) { r.limits.sequences = 2; }, true,
          LimitKind::min_sequences},
      Row{"sequences over", [](FitRequest& r) { r.limits.sequences = 3; }, false,
          LimitKind::min_sequences, Reason::out_of_memory, NoteCode::limit_sequences},
      Row{"share", [](FitRequest& r) { r.limits.headroom_fraction = 0.24; }, true,
          LimitKind::headroom_fraction},
      Row{"share over", [](FitRequest& r) { r.limits.headroom_fraction = 0.25; }, false,
          LimitKind::headroom_fraction},
      Row{"GiB", [](FitRequest& r) { r.limits.headroom = free_gib(3); }, true, LimitKind::headroom},
      Row{"GiB over", [](FitRequest& r) { r.limits.headroom = free_gib(4); }, false,
          LimitKind::headroom},
      Row{"uptime", [](FitRequest& r) { r.offers.min_sla = 99.9; }, true, LimitKind::min_sla},
      Row{"uptime over", [](FitRequest& r) { r.offers.min_sla = 99.995; }, false,
          LimitKind::min_sla, Reason::over_budget, NoteCode::limit_sla});
  INFO(row.name);
  const auto model = model_of("llama2-13b");
  auto request = check_of(model, "q4", card("t4", 1));
  row.ask(request);
  const auto result = answer(model, request);
  const auto& one = result.formats.front();
  REQUIRE(one.candidates.size() == 1);
  const auto& candidate = one.candidates.front();
  REQUIRE(candidate.limits.size() == 1);
  CHECK(candidate.limits.front().limit == row.kind);
  CHECK(candidate.limits.front().kept == row.kept);
  CHECK(candidate.fits == row.kept);
  CHECK(one.every_variant_fits == row.kept);
  CHECK(candidate.by_limit != row.kept);
  if (row.kept) return;
  CHECK(candidate.reason == row.reason);
  CHECK(has_note(result, row.note));
  CHECK_FALSE(has_note(result, NoteCode::out_of_memory));
}

TEST_CASE("a context that the hardware does not reach breaks --min-context", "[limits]") {
  const auto model = model_of("llama3.1-8b");
  auto request = check_of(model, "q4", card("t4", 1));
  request.limits.context = 131072;
  const auto result = answer(model, request);
  CHECK(result.formats.front().candidates.front().reason == Reason::out_of_memory);
  CHECK(has_note(result, NoteCode::limit_context));
}

TEST_CASE("what is unknown keeps no limit", "[limits]") {
  const auto model = model_of("llama2-13b");
  auto request = check_of(model, "q4", card("apple-m2-ultra-192gb", 1));
  request.limits.usd_month = 1e6;
  const auto result = answer(model, request);
  const auto& candidate = result.formats.front().candidates.front();
  CHECK_FALSE(candidate.fits);
  CHECK_FALSE(candidate.limits.front().actual.has_value());
  CHECK(has_note(result, NoteCode::limit_unknown));
}

TEST_CASE("every broken limit is told", "[limits]") {
  const auto model = model_of("llama2-13b");
  auto request = check_of(model, "q4", card("t4", 1));
  request.limits.usd_month = 1;
  request.offers.max_usd_hour = 0.1;
  request.limits.headroom_fraction = 0.9;
  const auto result = answer(model, request);
  for (const auto code : {NoteCode::limit_month, NoteCode::over_budget, NoteCode::limit_headroom}) {
    CHECK(has_note(result, code));
  }
}

TEST_CASE("in a search a limit on memory leads to a larger set", "[limits]") {
  const auto model = model_of("llama2-13b");
  auto request = request_of(model, {"q4"});
  request.hardware.alternatives = {card("t4")};
  request.limits.headroom_fraction = 0.5;
  const auto result = answer(model, request);
  const auto& found = result.formats.front().candidates;
  REQUIRE(found.size() == 1);
  CHECK(found.front().fits);
  CHECK(found.front().gpus.front().count == 2);
}

TEST_CASE("a search keeps only what keeps every limit, and all of it", "[limits]") {
  const auto model = model_of("llama3-8b");
  auto request = request_of(model, {"q4"});
  request.limit = 0;
  request.hardware.max_gpus = 1;
  const auto plain = answer(model, request);
  request.limits.usd_month = 200;
  request.limits.sequences = 8;
  const auto limited = answer(model, request);
  const auto kept = [](const Candidate& one) {
    return one.cost.usd_per_month && *one.cost.usd_per_month <= 200 && one.max_sequences &&
           *one.max_sequences >= 8;
  };
  const auto& before = plain.formats.front().candidates;
  const auto& after = limited.formats.front().candidates;
  CHECK(std::all_of(after.begin(), after.end(), kept));
  CHECK(std::count_if(before.begin(), before.end(), kept) ==
        static_cast<std::ptrdiff_t>(after.size()));
  CHECK_FALSE(after.empty());
}

TEST_CASE("a promise of uptime filters offers, and a note tells where it needs several zones",
          "[limits]") {
  const auto model = model_of("llama3-8b");
  auto request = request_of(model, {"q4"});
  request.limit = 0;
  request.offers.min_sla = 99.9;
  const auto result = answer(model, request);
  REQUIRE(result.any_fits);
  for (const auto& candidate : result.formats.front().candidates) {
    REQUIRE(candidate.cost.offer != nullptr);
    CHECK(promised_uptime(*candidate.cost.offer).value_or(0) >= 99.9);
  }
  CHECK(has_note(result, NoteCode::sla_over_zones));
  request.offers.min_sla = 99.5;
  CHECK_FALSE(has_note(answer(model, request), NoteCode::sla_over_zones));
}

TEST_CASE("commercial use follows the model's licence", "[limits]") {
  struct Case {
    std::string model;
    bool yes;
    std::optional<NoteCode> note;
  };
  const auto one = GENERATE(Case{"mistral-7b", true, std::nullopt},
                            Case{"llama2-13b", true, NoteCode::license_conditions},
                            Case{"command-r-35b", false, NoteCode::license_forbids});
  INFO(one.model);
  const auto model = model_of(one.model);
  auto request = check_of(model, "q4", card("a100-80gb-sxm", 1));
  request.limits.commercial = request.offers.commercial = true;
  const auto result = answer(model, request);
  CHECK(result.any_fits == one.yes);
  CHECK(result.formats.front().every_variant_fits == one.yes);
  CHECK(result.formats.front().candidates.size() == 1);
  for (const auto code : {NoteCode::license_conditions, NoteCode::license_forbids}) {
    CHECK(has_note(result, code) == (one.note == code));
  }
  request.all = false;
  CHECK(answer(model, request).formats.front().candidates.empty() == !one.yes);
}

TEST_CASE("an unknown licence is no permission", "[limits]") {
  auto model = model_of("mistral-7b");
  model.license.reset();
  auto request = check_of(model, "q4", card("a100-80gb-sxm", 1));
  request.limits.commercial = true;
  const auto result = answer(model, request);
  CHECK_FALSE(result.any_fits);
  CHECK(has_note(result, NoteCode::license_unknown));
}

TEST_CASE("rented consumer cards are marked, and left out of commercial use", "[limits]") {
  const auto model = model_of("llama3-8b");
  auto request = request_of(model, {"q4"});
  request.limit = 0;
  const auto is_rented_consumer = [](const Candidate& one) {
    return one.cost.offer != nullptr && !one.gpus.empty() &&
           one.gpus.front().gpu->datacenter_barred;
  };
  const auto any = [&](const FitResult& result) {
    const auto& all = result.formats.front().candidates;
    return std::any_of(all.begin(), all.end(), is_rented_consumer);
  };
  const auto plain = answer(model, request);
  CHECK(any(plain));
  CHECK(has_note(plain, NoteCode::driver_licence));
  request.limits.commercial = request.offers.commercial = true;
  const auto commercial = answer(model, request);
  CHECK(commercial.any_fits);
  CHECK_FALSE(any(commercial));
  CHECK_FALSE(has_note(commercial, NoteCode::driver_licence));
}

TEST_CASE("the catalog bars GeForce and TITAN cards alone", "[limits]") {
  int barred = 0;
  for (const auto& gpu : Catalog::builtin().gpus()) {
    const bool consumer = gpu.name.find("GeForce") != std::string_view::npos ||
                          gpu.name.find("TITAN") != std::string_view::npos;
    if (!gpu.datacenter_barred) continue;
    INFO(gpu.id);
    CHECK(consumer);
    CHECK(gpu.vendor == "nvidia");
    ++barred;
  }
  CHECK(barred > 50);
}

// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "render/fit_explain.hpp"
#include "render/fit_memory.hpp"
#include "render/fit_report.hpp"
#include "render/render.hpp"
#include "render_fixture.hpp"

using namespace llmfit;
using namespace llmfit::render;

namespace {

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string piped(const FitView& view, Extent extent = Extent::screen) {
  return render_table(fit_report(view, extent), {std::nullopt, false, true});
}

}  // namespace

TEST_CASE("one format: assumptions, bars, configurations, notes", "[render]") {
  test::FitFixture fixture;
  CHECK(
      piped(fixture.view()) ==
      R"(Llama 2 13B · q4_k_m · llama.cpp v0.5.0 · context 4,096 · 1 sequence · KV cache f16  2 configurations · prices of 2026-08-22

     GiB
    7.24  ████████████████████████  weights   363 tensors, 4.83 bits per weight
    3.13  ██████████▍               KV cache  40 layers × 4,096 tokens × (10,240 + 10,240) B
    0.11  ▍                         compute   estimate, 0.09 to 0.13 GiB
    0.49  █▋                        runtime   estimate, 0.24 to 0.74 GiB
   10.97                            total

  card      cards  split  used of usable GiB                     context up to  $/hour  $/month  $ to buy    where            region     price of
  T4 16GB       1         10.5 / 14.5         ok                         4,096    0.53   383.98  900 launch  aws g4dn.xlarge  us-east-1  2026-07-20
  RTX 3090      2  tp 2   24.5 / 23.1         no: out of memory              0       -        -    -         -                -          -

Used and usable memory are those of the fullest card of a set.
The usable memory of RTX 3090 is an estimate; --explain shows its rule.
Licence: llama2, commercial use under conditions: acceptable use policy.
note: )" + text(fixture.result.notes.front()) +
          "\n\n- is unknown, not zero\n");
}

TEST_CASE("what no engine was asked to hold is not in the title", "[render]") {
  test::FitFixture fixture;
  fixture.result.formats[0].workload.reset();
  const auto text = piped(fixture.view());
  CHECK(holds(text, "Llama 2 13B · q4_k_m · llama.cpp v0.5.0  "));
  CHECK_FALSE(holds(text, "4,096 · "));
  CHECK(holds(render_csv(fit_flat_report(fixture.view()), {}), ",4.8295,,,,t4,"));
}

TEST_CASE("cards whose usable memory was not measured are named, three of them", "[render]") {
  test::FitFixture fixture;
  auto& candidates = fixture.result.formats[0].candidates;
  candidates = {fixture.fitting()};
  CHECK_FALSE(holds(piped(fixture.view()), "is an estimate;"));
  auto slice = fixture.fitting();
  slice.usable_basis = Basis::estimate;
  slice.gpus.front().count = 0.5;
  auto host = fixture.host();
  host.usable_basis = Basis::estimate;
  candidates = {slice, fixture.failing(), fixture.failing(), host, fixture.mixed()};
  CHECK(holds(piped(fixture.view()),
              "The usable memory of slices of T4 16GB, RTX 3090, host memory and 1 other is an "
              "estimate; --explain shows its rule.\n"));
}

TEST_CASE("several formats fit on a screen, with how to see more", "[render]") {
  test::FitFixture fixture;
  for (int i = 0; i < 6; ++i) {
    fixture.result.formats.push_back(fixture.sized_format());
    auto& format = fixture.result.formats.back();
    format.any_fits = true;
    for (int row = 0; row < 9; ++row) format.candidates.push_back(fixture.fitting());
  }
  const auto text = piped(fixture.view());
  CHECK(std::count(text.begin(), text.end(), '\n') < 45);
  CHECK(holds(text, "7 formats"));
  CHECK(holds(text, "cheapest that fits"));
  CHECK(holds(text, "llmfit llama2-13b --quant q4_k_m"));
  const auto everything = piped(fixture.view(), Extent::everything);
  CHECK(std::count(everything.begin(), everything.end(), '\n') > 7 * 9);
  CHECK_FALSE(holds(everything, "llmfit llama2-13b"));
}

TEST_CASE("the parts of a summary row add up to its total", "[render]") {
  test::FitFixture fixture;
  const auto cells = memory_cells(fixture.result.formats[0]);
  CHECK(human(cells.weights) == "7.24");
  CHECK(human(cells.kv_cache) == "3.13");
  CHECK(human(cells.other) == "0.60");
  CHECK(human(cells.total) == "10.97");
}

TEST_CASE("unknown memory is shown as unknown", "[render]") {
  test::FitFixture fixture;
  fixture.model().known_by_size_only = true;
  auto& terms = fixture.result.formats[0].footprint->terms;
  terms.erase(terms.begin() + 1, terms.begin() + 4);
  const auto text = piped(fixture.view());
  CHECK(holds(text, "KV cache not known"));
  CHECK(holds(text, "KV cache  not known"));
  CHECK(holds(text, "total of what is known"));
}

TEST_CASE("sequences above one are asked for and answered", "[render]") {
  test::FitFixture fixture;
  fixture.result.formats[0].workload->sequences = 4;
  const auto text = piped(fixture.view());
  CHECK(holds(text, "4 sequences"));
  CHECK(holds(text, "sequences up to"));
}

TEST_CASE("check says its verdict in a word first", "[render]") {
  test::FitFixture fixture;
  fixture.verdict = false;
  CHECK(holds(piped(fixture.view()), "\n\nno: it does not fit\n"));
  fixture.verdict = true;
  CHECK(holds(piped(fixture.view()), "\n\nok: it fits and keeps every limit\n"));
}

TEST_CASE("sets are named by what is in them", "[render]") {
  test::FitFixture fixture;
  CHECK(card_name(fixture.fitting()) == "T4 16GB");
  CHECK(card_name(fixture.mixed()) == "RTX 3090 + 2 × T4 16GB");
  CHECK(card_name(fixture.host()) == "host memory");
  auto cost = fixture.fitting().cost;
  CHECK(offer_name(cost) == "aws g4dn.xlarge");
  cost.machines = 2;
  cost.term = RentalTerm::spot;
  CHECK(offer_name(cost) == "2 × aws g4dn.xlarge (spot)");
  CHECK(offer_name(Cost{}).empty());
}

TEST_CASE("--explain shows formula, inputs, band and source of each term", "[render]") {
  test::FitFixture fixture;
  fixture.explain = true;
  const auto text = piped(fixture.view());
  CHECK(
      holds(text, "  formula  a × b\n  values   2 × 3\n  inputs   a 2 (catalog); b 3 (engine)\n"));
  CHECK(holds(text, "3,355,443,200 bytes = 3.13 GiB, exact"));
  CHECK(holds(text, "118,000,000 bytes = 0.11 GiB, estimate, 0.09 to 0.13 GiB"));
  CHECK(holds(text, "\nengine\n  llama.cpp  v0.5.0\n"));
  CHECK(holds(text, "usable memory\n"));
  CHECK(holds(text, "NVIDIA GeForce RTX 3090"));
  CHECK_FALSE(holds(piped(test::FitFixture().view()), "usable memory\n"));
}

TEST_CASE("values replace names only where that leaves a sum", "[render]") {
  struct Case {
    std::string_view formula;
    std::string values;
  };
  const Case cases[] = {
      {"a x b", "2 × 1,000"},  {"max(4 x a, b long name + 1.5)", "max(4 × 2, 7 + 1.5)"},
      {"sum over a of b", ""}, {"a x other", ""},
      {"2 + 3", ""},           {"", ""}};
  for (const auto& it : cases) {
    Term term;
    term.formula = it.formula;
    term.inputs = {{"a", 2, "x"}, {"b", 1000, "x"}, {"b long name", 7, "x"}};
    CHECK(with_values(term) == it.values);
  }
}

TEST_CASE("a cache is explained as a product only where it is one", "[render]") {
  test::FitFixture fixture;
  auto term = fixture.result.formats[0].footprint->terms[1];
  CHECK(cache_sum(term) == "40 layers × 4,096 tokens × (10,240 + 10,240) B");
  term.bytes += Bytes{1};
  CHECK(cache_sum(term).empty());
  term.inputs.clear();
  CHECK(cache_sum(term).empty());
}

TEST_CASE("a state is told as a product where it is one", "[report]") {
  Term term;
  term.kind = TermKind::state;
  term.bytes = Bytes{64LL * 2 * (15'360 + 81'920) * 4};
  term.inputs = {
      {"layers", 64, ""}, {"sequences", 2, ""}, {"inputs", 15'360, ""}, {"recurrence", 81'920, ""}};
  CHECK(state_sum(term) == "64 layers × 2 sequences × (15,360 + 81,920) × 4 B");
  term.bytes += Bytes{1};
  CHECK(state_sum(term).empty());
}

TEST_CASE("CSV holds every configuration of every format in raw units", "[render]") {
  test::FitFixture fixture;
  fixture.result.formats[0].candidates.push_back(fixture.mixed());
  const auto csv = render_csv(fit_flat_report(fixture.view()), {});
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 4);
  CHECK(csv.rfind("model,quantization,engine,bits_per_weight,kv_type,context,sequences,gpu,"
                  "gpu_count,nodes,",
                  0) == 0);
  CHECK(holds(csv,
              "llama2-13b,q4_k_m,llama.cpp,4.8295,f16,4096,1,t4,1,1,1,1,1,1,0,true,,4096,2,"
              "7516192768,3221225472,0,104857600,419430400,11261706240,15634268160,4372561920,"
              "measured,0.526,"));
  CHECK(holds(csv, ",rtx-3090,2,1,2,1,1,1,0,false,out_of_memory,0,,"));
  CHECK(holds(csv, ",rtx-3090+t4,3,"));
  CHECK(holds(csv, ",aws,g4dn.xlarge,1,false,us-east-1,2026-07-20,"));
}

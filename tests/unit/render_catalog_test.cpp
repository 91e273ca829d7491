// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "render/catalog_report.hpp"
#include "render/fit_rules.hpp"
#include "render/render.hpp"

using namespace llmfit;
using namespace llmfit::render;

namespace {

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string table(const Report& report) {
  return render_table(report, {std::nullopt, false, true});
}
std::string csv(const Report& report) { return render_csv(report, {}); }

}  // namespace

TEST_CASE("models are listed with size, limit, kind, licence and doubts", "[render]") {
  ArchitectureRecord decoder;
  ModelRecord llama;
  llama.id = "llama2-13b";
  llama.name = "Llama 2 13B";
  llama.parameters = llama.active_parameters = 13015864320;
  llama.context_length = 4096;
  llama.license_id = "llama2";
  llama.license_commercial_use = "conditional";
  llama.architecture = &decoder;
  ModelRecord rumour;
  rumour.id = "gpt-4";
  rumour.name = "GPT-4";
  rumour.parameters = 1000000000000;
  rumour.parameters_unverified = true;
  const std::vector<const ModelRecord*> both{&llama, &rumour};
  CHECK(table(models_report(both)) == R"(2 models

  id          parameters  context  kind       licence  commercial use  name         remarks
  llama2-13b      13.0 B    4,096  decoder    llama2   conditional     Llama 2 13B
  gpt-4           1.00 T        -  size only  -        -               GPT-4        size unverified

- is unknown, not zero
)");
  CHECK(csv(models_report(both)) ==
        "id,parameters,active_parameters,context_length,kind,license,commercial_use,name,flags\r\n"
        "llama2-13b,13015864320,,4096,decoder,llama2,conditional,Llama 2 13B,\r\n"
        "gpt-4,1000000000000,,,size only,,,GPT-4,size unverified\r\n");
  CHECK(holds(table(models_report({&both[0], 1})), "1 model\n"));
}

TEST_CASE("cards are listed with what a program gets and what they cost", "[render]") {
  GpuRecord card;
  card.id = "rtx-3090";
  card.name = "NVIDIA GeForce RTX 3090";
  card.segment = "consumer";
  card.memory_gib = 24;
  card.compute_capability = 86;
  card.street_usd = 749;
  card.street_date = "2026-07";
  card.msrp_usd = 1499;
  GpuRecord old = card;
  old.id = "old";
  old.street_usd.reset();
  const std::vector<const GpuRecord*> cards{&card, &old};
  const auto text = table(gpus_report(cards));
  CHECK(holds(text, "2 cards"));
  CHECK(holds(text, "8.6"));
  CHECK(holds(text, "  749 street  2026-07"));
  CHECK(holds(text, "1,499 launch"));
  CHECK(holds(csv(gpus_report(cards)), ",749,street,2026-07,consumer,NVIDIA GeForce RTX 3090\r\n"));
}

TEST_CASE("offers are listed with price, day and whether they still stand", "[render]") {
  OfferRecord offer;
  offer.provider = "aws";
  offer.instance = "m7i.48xlarge";
  offer.usd_per_hour = 9.6768;
  offer.as_of = "2026-07-20";
  offer.kind = "cpu-only";
  offer.status = OfferStatus::retired;
  OfferRecord slice = offer;
  slice.gpu = "a10";
  slice.gpu_count = 0.125;
  slice.status = OfferStatus::listed;
  const std::vector<const OfferRecord*> offers{&offer, &slice};
  const auto text = table(offers_report(offers));
  CHECK(holds(text, "aws       m7i.48xlarge  none      0    9.68"));
  CHECK(holds(text, "retired"));
  CHECK(holds(text, "0.125"));
  CHECK_FALSE(holds(text, "spot"));
  CHECK(holds(csv(offers_report(offers)),
              "aws,m7i.48xlarge,a10,0.125,9.6768,,,,,2026-07-20,cpu-only,,\r\n"));
}

TEST_CASE("the uptime of an offer tells what it holds for", "[render]") {
  OfferRecord offer;
  const auto shown = [&] { return human(uptime_cell(&offer)); };
  CHECK(shown() == "-");
  offer.reliability = 0.99354;
  CHECK(shown() == "99.35 measured");
  offer.sla_percent = 99.99;
  CHECK(shown() == "99.99");
  offer.sla_instance_percent = 99.5;
  CHECK(shown() == "99.5, in several zones 99.99");
  offer.sla_percent.reset();
  CHECK(shown() == "99.5");
  CHECK(human(uptime_cell(nullptr)) == "-");
}

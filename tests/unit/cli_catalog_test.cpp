// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cli/candidates.hpp"
#include "cli/date.hpp"
#include "cli/overlays.hpp"
#include "cli/query.hpp"
#include "support/cli.hpp"

using namespace llmfit;
using namespace llmfit::cli;
using namespace llmfit::test;

namespace {

bool lists(const std::string& lines, std::string_view name) {
  return contains("\n" + lines, "\n" + std::string(name) + "\n");
}

}  // namespace

TEST_CASE("a query needs every word, in any field, folded", "[cli]") {
  const std::vector<std::string_view> texts = {"llama2-13b", "Llama 2 13B", "meta-llama/x"};
  CHECK(Query({}).matches(texts));
  CHECK(Query({"LLAMA 13b"}).matches(texts));
  CHECK(Query({"meta", "2-13"}).matches(texts));
  CHECK_FALSE(Query({"llama", "70b"}).matches(texts));
  CHECK(Query({" - "}).matches(texts));
}

TEST_CASE("each listing finds by id, name, family and provider", "[cli]") {
  const auto& catalog = Catalog::builtin();
  CHECK(find_models(catalog, Query({})).size() == catalog.models().size());
  CHECK(find_offers(catalog, Query({})).size() == catalog.offers().size());
  CHECK_FALSE(find_models(catalog, Query({"llama 2 13b"})).empty());
  CHECK(find_models(catalog, Query({"no-such-model"})).empty());
  CHECK_FALSE(find_formats(catalog, Query({"vllm", "q4"})).empty());
  for (const auto* gpu : find_gpus(catalog, Query({"v100-16gb"}))) {
    INFO(gpu->id);
    CHECK(gpu->memory_gib == 16);
  }
  const auto offers = find_offers(catalog, Query({"azure", "v100"}));
  CHECK_FALSE(offers.empty());
  for (const auto* offer : offers) CHECK(offer->provider == "azure");
  CHECK_FALSE(find_offers(catalog, Query({"aws", "cpu"})).empty());
}

TEST_CASE("completion offers ids, families and words, one a line", "[cli]") {
  const auto& catalog = Catalog::builtin();
  CHECK(lists(candidates("models", "llama2", catalog), "llama2-13b"));
  CHECK(lists(candidates("gpus", "", catalog), "cpu"));
  CHECK(lists(candidates("gpus", "V100", catalog), "v100-16gb"));
  CHECK(lists(candidates("quants", "q4", catalog), "q4_k_m"));
  CHECK(lists(candidates("quants", "", catalog), "all"));
  CHECK(lists(candidates("providers", "a", catalog), "azure"));
  CHECK(lists(candidates("offers", "az", catalog), "azure"));
  CHECK(lists(candidates("offers", "t", catalog), "t4"));
  CHECK(candidates("models", "zzz", catalog).empty());
  CHECK(lists(candidates("gpus", "t4,rtx-309", catalog), "t4,rtx-3090"));
  for (const auto* kind : {"models", "gpus", "offers", "quants", "providers"}) {
    CHECK_FALSE(contains(candidates(kind, "", catalog), " "));
  }
}

TEST_CASE("overlays: the configuration folder, then the variable, then the option", "[cli]") {
  FakeEnvironment environment;
  environment.variables = {{"HOME", "/home/me"}, {"LLMFIT_CATALOG", "/a.json::/b.json"}};
  environment.files["/home/me/.config/llmfit/catalog.json"] = "{}";
  environment.files["/xdg/llmfit/catalog.json"] = "{}";
  const auto paths = [&] {
    std::vector<std::string> result;
    for (const auto& overlay : find_overlays({"c.json"}, environment)) {
      result.push_back(overlay.path);
    }
    return result;
  };
  CHECK(paths() == std::vector<std::string>{"/home/me/.config/llmfit/catalog.json", "/a.json",
                                            "/b.json", "c.json"});
  environment.variables["XDG_CONFIG_HOME"] = "/xdg";
  CHECK(paths().front() == "/xdg/llmfit/catalog.json");
  environment.variables["XDG_CONFIG_HOME"] = "relative";
  CHECK(paths().front() == "/home/me/.config/llmfit/catalog.json");
  environment.files.clear();
  environment.variables.clear();
  CHECK(paths() == std::vector<std::string>{"c.json"});
}

TEST_CASE("an overlay that is not there is unreadable, none at all is the built-in catalog",
          "[cli]") {
  const FakeEnvironment environment;
  CatalogSource none({}, environment);
  CHECK(none.get().value() == &Catalog::builtin());
  CatalogSource missing({{"none.json", "--catalog"}}, environment);
  REQUIRE_FALSE(missing.get().has_value());
  CHECK(missing.get().error().code == ErrorCode::unreadable_file);
}

TEST_CASE("the day is UTC's, or that of SOURCE_DATE_EPOCH", "[cli]") {
  FakeEnvironment environment;
  environment.seconds = 1'790'000'000;
  CHECK(today(environment) == "2026-09-21");
  environment.variables["SOURCE_DATE_EPOCH"] = "951782400";
  CHECK(today(environment) == "2000-02-29");
  environment.variables["SOURCE_DATE_EPOCH"] = "yesterday";
  CHECK(today(environment) == "2026-09-21");
  environment.variables["SOURCE_DATE_EPOCH"] = "99999999999999";
  CHECK(today(environment) == "2026-09-21");
}

TEST_CASE("days between two dates, absent where one is not a whole date", "[cli]") {
  CHECK(days_between("2026-08-22", "2026-09-21") == 30);
  CHECK(days_between("2024-02-28", "2024-03-01") == 2);
  CHECK(days_between("2026-09-21", "2026-08-22") == -30);
  for (const auto* date :
       {"2026", "2026-08", "2026-13-01", "2026-02-30", "2026-00-01", "abcd-ef-gh"}) {
    INFO(date);
    CHECK_FALSE(days_between(date, "2026-09-21").has_value());
  }
}

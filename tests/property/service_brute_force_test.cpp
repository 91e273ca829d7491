// SPDX-License-Identifier: MIT
// Service levels against a literal loop over cards, counts and every number of requests in flight,
// on random small catalogs.
#include <algorithm>
#include <cmath>
#include <random>
#include <tuple>

#include "catch.hpp"
#include "support/ask.hpp"
#include "support/small_catalog.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

template <class Item>
const Item& any_of(std::mt19937& random, const std::vector<Item>& items) {
  return items[random() % items.size()];
}

/// One set of cards with what it serves.
struct Served {
  std::string_view gpu;
  std::int32_t count = 0;
  std::int64_t concurrency = 0;
  std::int64_t copies = 0;
  double hourly = 1e18;
  int price_class = 2;
  double speed = 0;

  [[nodiscard]] auto key(Sort sort) const {
    return std::make_tuple(sort == Sort::fastest ? -speed : 0.0, price_class, hourly,
                           static_cast<double>(copies * count), count);
  }
};

/// Everything about a question that does not depend on the cards.
class Literal {
 public:
  Literal(const Catalog& catalog, const Model& model, const FitRequest& request)
      : catalog_(catalog),
        model_(model),
        request_(request),
        format_(*request.formats.front().format),
        engine_(catalog.engine(format_.engine)),
        workload_(*make_workload(request.workload, format_.engine, model, engine_.utilization)),
        weights_(*weigh(model, format_)) {
    match_dtype(workload_, request.workload, format_);
    work_ = work_of(model, weights_, format_, workload_);
  }

  /// Absent: it does not hold the model, or serves nobody.
  std::optional<Served> set(const GpuRecord& gpu, std::int32_t count) const {
    const auto placed = hold(gpu, count);
    if (!placed) return std::nullopt;
    const auto most = concurrency(*placed);
    if (most < 1) return std::nullopt;
    Served served{gpu.id, count, most};
    const auto copies = copies_of(*placed, most);
    if (!copies) return std::nullopt;
    served.copies = *copies;
    const auto& cost = placed->cost;
    if (cost.usd_per_hour) {
      served.hourly = *cost.usd_per_hour * static_cast<double>(*copies);
      served.price_class = cost.offer->status == OfferStatus::retired ? 1 : 0;
    }
    served.speed = speed(*placed, served);
    return served;
  }

  /// The set itself, with the sequences that it holds.
  std::optional<Candidate> hold(const GpuRecord& gpu, std::int32_t count) const {
    auto alone = request_;
    alone.load = {};
    alone.hardware.alternatives = {{std::string(gpu.id), {&gpu}, count}};
    const auto result = fit(catalog_, model_, alone);
    REQUIRE(result.has_value());
    const auto& found = result->formats.front().candidates;
    if (found.empty() || !found.front().fits || !found.front().max_sequences) return std::nullopt;
    return found.front();
  }

  std::optional<Rates> rates(const Candidate& placed, std::int64_t requests) const {
    SpeedQuestion question{work_, format_, engine_};
    const auto& part = placed.gpus.front();
    const std::vector<CardShare> cards(static_cast<std::size_t>(part.count), CardShare{part.gpu});
    question.split = placed.split;
    question.cards = cards;
    question.input = *request_.load.input_tokens;
    question.output = *request_.load.output_tokens;
    question.sequences = requests;
    return estimate(question);
  }

 private:
  std::int64_t held(const Candidate& placed) const {
    const auto& cap = workload_.vllm.max_num_seqs;
    const auto all = *placed.max_sequences;
    return cap ? std::min(all, *cap * placed.split.data) : all;
  }

  bool keeps(const Rates& rates) const {
    const auto& load = request_.load;
    return rates.loaded_first_token.value <= load.ttft.value_or(1e18) &&
           rates.output_token.value <= load.tpot.value_or(1e18);
  }

  std::int64_t concurrency(const Candidate& placed) const {
    const auto& load = request_.load;
    const auto most = held(placed);
    if (!load.ttft && !load.tpot && !load.requests_per_second) return most;
    const auto one = rates(placed, 1);
    if (!one || !keeps(*one)) return 0;
    for (auto requests = most; requests > 1; --requests) {
      if (keeps(*rates(placed, requests))) return requests;
    }
    return 1;
  }

  std::optional<std::int64_t> copies_of(const Candidate& placed, std::int64_t most) const {
    const auto& load = request_.load;
    std::int64_t copies = 1;
    while (copies * most < load.users.value_or(0)) ++copies;
    if (!load.requests_per_second) return copies;
    const auto one = rates(placed, most)->throughput.value / double(*load.output_tokens);
    while (double(copies) * one < *load.requests_per_second * (1 - 1e-12)) ++copies;
    return copies;
  }

  double speed(const Candidate& placed, const Served& served) const {
    const auto& load = request_.load;
    if (load.requests_per_second) return 0;  // sorted by price in these tests
    const auto users = load.users.value_or(served.copies * served.concurrency);
    const auto each = (users + served.copies - 1) / served.copies;
    const auto known = rates(placed, each);
    return known ? known->throughput.value * double(users) / double(each) : -1e18;
  }

  const Catalog& catalog_;
  const Model& model_;
  const FitRequest& request_;
  Format format_;
  const EngineRecord& engine_;
  Workload workload_;
  Weights weights_;
  Work work_;
};

FitRequest random_request(std::mt19937& random, const Model& model, const std::string& format) {
  auto request = request_of(model, {format});
  auto& load = request.load;
  load.input_tokens = any_of<std::int64_t>(random, {20, 256, 1000, 3000});
  load.output_tokens = any_of<std::int64_t>(random, {10, 100, 400});
  request.workload.context = *load.input_tokens + *load.output_tokens;
  if (request.formats.front().engine == Engine::vllm) {
    request.workload.settings = {{"max-num-seqs", std::to_string(1 + random() % 200)}};
  }
  if (random() % 4 != 0) load.users = 1 + static_cast<std::int64_t>(random() % 700);
  if (random() % 3 == 0) load.requests_per_second = 0.05 * static_cast<double>(1 + random() % 400);
  if (random() % 2 == 0) load.ttft = 0.05 * std::pow(2.0, static_cast<double>(random() % 8));
  if (random() % 2 == 0) load.tpot = 0.01 * std::pow(1.5, static_cast<double>(random() % 9));
  if (!load.serves()) load.users = 50;
  if (!load.requests_per_second && random() % 4 == 0) request.sort = Sort::fastest;
  request.limit = random() % 3 == 0 ? 2 : 0;
  return request;
}

/// The best set of each card, in order, as far as the limit goes.
std::vector<Served> literal(const SmallCatalog& small, const Literal& asked,
                            const FitRequest& request) {
  std::vector<Served> found;
  for (std::size_t i = 0; i < small.gpus.size(); ++i) {
    const auto& gpu = small.gpus[i];
    // A part of a card that nobody rents out is shown where somebody names it.
    const bool sold = std::any_of(
        small.offers.begin(), small.offers.end(),
        [&](const OfferRecord& offer) { return offer.gpu_index == static_cast<std::int32_t>(i); });
    if (gpu.segment == "slice" && !sold) continue;
    std::optional<Served> best;
    for (std::int32_t count = 1; count <= gpu.max_per_machine; ++count) {
      const auto one = asked.set(gpu, count);
      if (one && (!best || one->key(request.sort) < best->key(request.sort))) best = one;
    }
    if (best) found.push_back(*best);
  }
  std::stable_sort(found.begin(), found.end(), [&](const Served& a, const Served& b) {
    const auto before = [&](const Served& one) {
      return std::make_tuple(request.sort == Sort::fastest ? -one.speed : 0.0, one.price_class,
                             one.hourly, static_cast<double>(one.copies * one.count), one.gpu);
    };
    return before(a) < before(b);
  });
  const auto limit = static_cast<std::size_t>(request.limit);
  if (limit > 0 && found.size() > limit) found.resize(limit);
  return found;
}

}  // namespace

TEST_CASE("service levels are those of a loop over cards, counts and concurrencies", "[service]") {
  constexpr int rounds = 150;
  std::mt19937 random(6);
  const std::vector<std::string> models = {"llama3-8b", "llama2-13b",       "qwen2.5-0.5b",
                                           "phi3-mini", "deepseek-v2-lite", "llama3-70b"};
  const std::vector<std::string> words = {"fp16", "fp8", "awq", "q4_k_m", "q8_0"};
  std::size_t compared = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto small = random_catalog(random);
    const auto catalog = small.catalog();
    const auto model = model_of(any_of(random, models));
    const auto request = random_request(random, model, any_of(random, words));
    const auto& load = request.load;
    INFO("round " << round << ": " << model.id << " " << request.formats.front().typed << ", "
                  << load.users.value_or(0) << " users, " << load.requests_per_second.value_or(0)
                  << " requests/s, " << *load.input_tokens << " + " << *load.output_tokens
                  << " tokens, ttft " << load.ttft.value_or(0) << ", tpot "
                  << load.tpot.value_or(0));
    const Literal asked(catalog, model, request);
    const auto expected = literal(small, asked, request);
    const auto result = fit(catalog, model, request);
    REQUIRE(result.has_value());
    std::vector<Candidate> found;
    for (const auto& one : result->formats.front().candidates) {
      if (one.fits && one.service->copies) found.push_back(one);
    }
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto& service = *found[i].service;
      INFO("card " << expected[i].gpu << " x" << expected[i].count);
      CHECK(found[i].gpus.front().gpu->id == expected[i].gpu);
      CHECK(found[i].gpus.front().count == expected[i].count);
      CHECK(service.concurrency == expected[i].concurrency);
      CHECK(*service.copies == expected[i].copies);
      if (expected[i].hourly < 1e18) CHECK(*service.usd_per_hour == expected[i].hourly);
      const auto shared = asked.rates(found[i], service.load);
      if (!shared) continue;
      CHECK(service.rates->first_token.value == shared->loaded_first_token.value);
      CHECK(service.rates->output_token.value == shared->output_token.value);
      ++compared;
    }
  }
  CHECK(compared > rounds);
}

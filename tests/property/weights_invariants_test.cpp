// SPDX-License-Identifier: MIT
#include <algorithm>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/sizing.hpp"

using namespace llmfit;

namespace {

/// Every n-th model of the catalog, so that the walk stays short.
std::vector<Model> sample() {
  constexpr std::size_t step = 7;
  const auto records = Catalog::builtin().models();
  std::vector<Model> models;
  for (std::size_t i = 0; i < records.size(); i += step) {
    models.push_back(make_model(records[i]).value());
  }
  return models;
}

Bytes sum(const BlockLoad& load) { return load.sharded + load.replicated; }

Bytes on_device(const Weights& weights) {
  auto bytes = sum(weights.input) + sum(weights.output);
  for (const auto& block : weights.blocks) bytes += sum(block);
  return bytes;
}

}  // namespace

TEST_CASE("every sampled model has weights in every format, all of them placed") {
  for (const auto& model : sample()) {
    for (const auto& format : Catalog::builtin().formats()) {
      INFO(model.id << " " << to_string(format.engine) << " " << format.id);
      const auto weights = weigh(model, format);
      REQUIRE(weights);
      CHECK(weights->tensor_bytes > Bytes{0});
      CHECK(weights->bits_per_weight > 0);
      CHECK(weights->blocks.size() == std::max<std::size_t>(model.layers.size(), 1));
      // Padding and copies only add: nothing is lost between host and device.
      const auto unread = weights->draft + weights->dropped;
      CHECK(on_device(*weights) + weights->host + unread >= weights->tensor_bytes);
    }
  }
}

TEST_CASE("more bits take more bytes") {
  constexpr std::string_view ladder[] = {"iq1_s",  "iq2_xs", "q3_k_s", "q4_k_s", "q4_k_m",
                                         "q5_k_m", "q6_k",   "q8_0",   "f16",    "f32"};
  const auto& catalog = Catalog::builtin();
  for (const auto& model : sample()) {
    Bytes previous;
    for (const auto id : ladder) {
      INFO(model.id << " " << id);
      const auto bytes = weigh(model, *catalog.find_format(Engine::llama_cpp, id))->tensor_bytes;
      CHECK(bytes >= previous);
      previous = bytes;
    }
  }
}

TEST_CASE("exact weights are those built from tensors") {
  const auto* const format = Catalog::builtin().find_format(Engine::llama_cpp, "q8_0");
  for (const auto& model : sample()) {
    CHECK((weigh(model, *format)->basis == Basis::estimate) == model.known_by_size_only);
  }
}

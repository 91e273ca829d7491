// SPDX-License-Identifier: MIT
#include <array>
#include <cstdio>
#include <map>
#include <numeric>
#include <vector>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/sizing.hpp"
#include "support/score.hpp"
#include "support/tensor_lists.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

struct Plan {
  std::string_view format;
  bool imatrix = false;
};

/// Every file type, and again with an importance matrix where that changes anything.
constexpr auto plans = std::to_array<Plan>(
    {{"f32"},     {"f16"},        {"q4_0"},         {"q4_0", true}, {"q4_1"},    {"q8_0"},
     {"q5_0"},    {"q5_0", true}, {"q5_1"},         {"q2_k"},       {"q3_k_s"},  {"q3_k_m"},
     {"q3_k_l"},  {"q4_k_s"},     {"q4_k_m"},       {"q5_k_s"},     {"q5_k_m"},  {"q6_k"},
     {"iq2_xxs"}, {"iq2_xs"},     {"q2_k_s"},       {"iq3_xs"},     {"iq3_xxs"}, {"iq3_xxs", true},
     {"iq1_s"},   {"iq4_nl"},     {"iq4_nl", true}, {"iq3_s"},      {"iq3_m"},   {"iq2_s"},
     {"iq2_m"},   {"iq4_xs"},     {"iq4_xs", true}, {"iq1_m"},      {"bf16"},    {"tq1_0"},
     {"tq2_0"},   {"mxfp4_moe"}});

struct Answer {
  std::int64_t bytes;
  std::uint64_t types;
};

struct Row {
  std::string_view model;
  std::array<Answer, plans.size()> answers;
};

struct CudaRow {
  std::string_view model;
  std::string_view format;
  std::int64_t host;
  std::int64_t device;
};

constexpr ListedModel models[] = {
#include "quant_types_models.inc"
#include "quant_types_other_models.inc"
};

constexpr Row rows[] = {
#include "quant_types_rows.inc"
};

constexpr CudaRow cuda_rows[] = {
#include "quant_types_cuda_rows.inc"
};

struct Pair {
  std::string_view listed;
  std::string_view catalog;
};

constexpr Pair pairs[] = {
#include "quant_types_catalog.inc"
};

/// A model with the names that its tensors have in a file.
struct NamedModel {
  Model model;
  std::vector<std::string> names;
};

const NamedModel& built(std::string_view name) {
  static std::map<std::string_view, NamedModel> all;
  auto& entry = all[name];
  if (!entry.names.empty()) return entry;
  const auto* const found = std::find_if(std::begin(models), std::end(models),
                                         [&](const auto& model) { return model.name == name; });
  INFO(name);
  REQUIRE(found != std::end(models));
  entry.model = build(*found, entry.names);
  return entry;
}

NamedModel from_catalog(std::string_view name) {
  const auto* const record = Catalog::builtin().find_model(name);
  INFO(name);
  REQUIRE(record != nullptr);
  NamedModel built;
  built.model = make_model(*record).value();
  auto& tensors = built.model.tensors;
  tensors.erase(std::remove_if(tensors.begin(), tensors.end(),
                               [](const Tensor& tensor) { return tensor.role == Role::pooler; }),
                tensors.end());
  for (const auto& tensor : tensors) built.names.push_back(tensor_name(built.model, tensor));
  return built;
}

Format format_of(const Plan& plan) {
  const auto* const found = Catalog::builtin().find_format(Engine::llama_cpp, plan.format);
  INFO(plan.format);
  REQUIRE(found != nullptr);
  auto format = *found;
  format.imatrix = plan.imatrix;
  return format;
}

/// What the loader sorts by: the number in "blk.N." and the name.
std::pair<int, std::string_view> place(std::string_view name) {
  const bool block = name.substr(0, 4) == "blk.";
  return {block ? listed::number(name.substr(4)) : -1, name};
}

/// 64-bit FNV-1a over "NAME=TYPE\n" of every tensor in the loader's order.
std::uint64_t hash_of(const NamedModel& built, const std::vector<TensorType>& types) {
  std::vector<std::size_t> order(types.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return place(built.names[a]) < place(built.names[b]);
  });
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const auto i : order) {
    for (const unsigned char byte :
         built.names[i] + "=" + std::string(layout(types[i]).name) + "\n") {
      hash = (hash ^ byte) * 0x100000001b3;
    }
  }
  return hash;
}

Bytes sum(const BlockLoad& load) { return load.sharded + load.replicated; }

std::int64_t on_device(const Weights& weights) {
  auto bytes = sum(weights.input) + sum(weights.output);
  for (const auto& block : weights.blocks) bytes += sum(block);
  return bytes.count();
}

std::string label(std::string_view model, const Plan& plan) {
  return std::string(model) + " " + std::string(plan.format) + (plan.imatrix ? " imatrix" : "");
}

/// Compares a model's types and bytes in every plan with the row's.
class Comparison {
 public:
  explicit Comparison(std::string what) : score_(std::move(what), 0) {}

  void add(const NamedModel& source, const Row& row) {
    for (std::size_t i = 0; i < plans.size(); ++i) {
      const auto format = format_of(plans[i]);
      const auto name = label(source.model.id, plans[i]);
      INFO(name);
      const bool same = hash_of(source, tensor_types(source.model, format)) == row.answers[i].types;
      CHECK(same);
      wrong_ += same ? 0 : 1;
      score_.add(name, weigh(source.model, format)->tensor_bytes.count(), row.answers[i].bytes);
    }
  }

  void finish() const {
    score_.print();
    std::printf("    plans in which the type of any tensor differs: %d\n", wrong_);
    CHECK(score_.exact() == score_.rows());
  }

 private:
  Score score_;
  int wrong_ = 0;
};

}  // namespace

TEST_CASE("every tensor gets the type that llama.cpp's quantizer plans for it") {
  Comparison comparison("types and bytes of tensors");
  for (const auto& row : rows) comparison.add(built(row.model), row);
  comparison.finish();
}

TEST_CASE("catalog entries have the tensors and types of the files that were planned") {
  Comparison comparison("types and bytes of the catalog");
  for (const auto& pair : pairs) {
    const auto* const row = std::find_if(std::begin(rows), std::end(rows), [&](const Row& entry) {
      return entry.model == pair.listed;
    });
    INFO(pair.listed);
    REQUIRE(row != std::end(rows));
    comparison.add(from_catalog(pair.catalog), *row);
  }
  comparison.finish();
}

TEST_CASE("weights lie where llama.cpp plans to allocate them on a CUDA card") {
  Score host("weights in host memory", 0);
  Score device("weights on the card", 0);
  for (const auto& row : cuda_rows) {
    const Plan plan{row.format};
    const auto name = label(row.model, plan);
    const auto weights = weigh(built(row.model).model, format_of(plan)).value();
    host.add(name, weights.host.count(), row.host);
    device.add(name, on_device(weights), row.device);
  }
  host.print();
  device.print();
  CHECK(host.exact() == host.rows());
  CHECK(device.exact() == device.rows());
}

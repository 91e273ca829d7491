// SPDX-License-Identifier: MIT
// Tensors of catalog models against the lists with which llama.cpp v0.5.0 loads the same models: it
// refuses a file that lacks a tensor, has one too many, or has one of another shape.
#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <string>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "support/tensor_lists.hpp"

using namespace llmfit;

namespace {

constexpr test::ListedModel listed_models[] = {
#include "quant_types_models.inc"
};

struct Pair {
  std::string_view listed;
  std::string_view catalog;
};

/// Models whose name in the catalog does not follow from that of the list.
constexpr auto other_names = std::to_array<Pair>({
    {"deepseek-v2-lite-legacy", "deepseek-v2-lite"},
    {"gemma-2-9b", "gemma2-9b"},
    {"gemma-2-27b", "gemma2-27b"},
    {"gpt2-124m", "gpt2"},
    {"granite-3.1-3b-a800m", "granite3.0-3b-a800m"},
    {"jamba-v0.1-52b", "jamba-v0.1"},
    {"llama-4-scout-17b-16e", "llama4-scout"},
    {"mamba-codestral-7b", "codestral-mamba-7b"},
    {"phi-3-mini-4k", "phi3-mini"},
});

/// Tensors that rightly are in one list alone, and why.
struct Exception {
  std::string_view model;
  std::string_view ending;
  std::string_view reason;
};
constexpr auto exceptions = std::to_array<Exception>({
    {"deepseek-v2-lite-legacy", "attn_kv_b.weight", "a file older than the split of this matrix"},
    {"deepseek-v2-lite-legacy", "attn_k_b.weight", "a file older than the split of this matrix"},
    {"deepseek-v2-lite-legacy", "attn_v_b.weight", "a file older than the split of this matrix"},
    {"glm-4.5-air", "nextn.embed_tokens.weight", "optional; the checkpoint has it"},
    {"glm-4.5-air", "nextn.shared_head_head.weight", "optional; the checkpoint has it"},
    {"all-minilm-l6-v2", "pooler.dense.weight", "of the checkpoint, not of the file"},
    {"all-minilm-l6-v2", "pooler.dense.bias", "of the checkpoint, not of the file"},
    {"bge-base-en-v1.5", "pooler.dense.weight", "of the checkpoint, not of the file"},
    {"bge-base-en-v1.5", "pooler.dense.bias", "of the checkpoint, not of the file"},
    {"nomic-embed-text-v1.5", "token_embd.weight", "the checkpoint's rows are padded to 30528"},
    {"embeddinggemma-300m", "dense_2.weight", "in the file only on request"},
    {"embeddinggemma-300m", "dense_3.weight", "in the file only on request"},
});

const ModelRecord* record_of(std::string_view listed) {
  for (const auto& pair : other_names) {
    if (pair.listed == listed) return Catalog::builtin().find_model(pair.catalog);
  }
  return Catalog::builtin().find_model(listed);
}

bool is_excepted(std::string_view model, std::string_view tensor) {
  return std::any_of(exceptions.begin(), exceptions.end(), [&](const Exception& exception) {
    return exception.model == model && tensor.ends_with(exception.ending);
  });
}

using Shapes = std::map<std::string, std::array<std::int64_t, 4>>;

Shapes shapes_of(const Model& model, std::string_view listed) {
  Shapes shapes;
  for (const auto& tensor : model.tensors) {
    const auto name = tensor_name(model, tensor);
    if (is_excepted(listed, name)) continue;
    INFO(name);
    CHECK(shapes.emplace(name, tensor.shape).second);
  }
  return shapes;
}

void check_same(const Shapes& built, const Shapes& listed) {
  CHECK(built.size() == listed.size());
  if (built == listed) return;
  for (const auto& [name, shape] : listed) {
    INFO(name);
    const auto found = built.find(name);
    if (found == built.end()) {
      FAIL_CHECK("is missing");
    } else {
      CHECK(found->second == shape);
    }
  }
  for (const auto& [name, shape] : built) {
    INFO(name);
    CHECK(listed.count(name) == 1);
  }
}

}  // namespace

TEST_CASE("catalog models have the tensors that llama.cpp loads, name by name") {
  std::size_t models = 0;
  std::size_t tensors = 0;
  for (const auto& listed : listed_models) {
    const auto* const record = record_of(listed.name);
    if (record == nullptr) continue;  // the catalog has no such model
    INFO(listed.name);
    std::vector<std::string> names;
    const auto theirs = shapes_of(test::build(listed, names), listed.name);
    const auto ours = shapes_of(make_model(*record).value(), listed.name);
    check_same(ours, theirs);
    ++models;
    tensors += theirs.size();
  }
  std::printf("%-36s %6zu models %6zu tensors equal\n", "tensor names and shapes", models, tensors);
  CHECK(models >= 65);
}

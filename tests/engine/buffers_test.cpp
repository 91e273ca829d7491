// SPDX-License-Identifier: MIT
// The real llama.cpp v0.5.0 plans its memory for files that llmfit's own writer made of catalog
// entries, and every buffer is compared. LLMFIT_ENGINE names the folder of its shared libraries;
// `scripts/engine` installs them.
#include <unistd.h>
#include <cstdio>
#include <cstdlib>

#include <filesystem>
#include <fstream>
#include <string>

#include "catch.hpp"
#include "llama_cpp.hpp"
#include "llmfit/placement.hpp"
#include "support/ask.hpp"
#include "support/model_gguf.hpp"
#include "support/score.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

struct Question {
  const char* model;
  std::int64_t context;
  std::int64_t sequences = 1;
  const char* kv_type = "f16";
};

/// One model of each architecture, and the settings that change its buffers in a way of its own.
constexpr Question questions[] = {
    {"tinyllama-1.1b", 2048},
    {"tinyllama-1.1b", 4096, 4},
    {"tinyllama-1.1b", 4096, 1, "q8_0"},
    {"mixtral-8x7b", 8192},
    {"qwen2.5-7b", 8192, 2},
    {"qwen3-8b", 8192},
    {"qwen3-30b-a3b", 8192},
    {"gemma2-9b", 8192},
    {"gemma3-12b", 32768},
    {"gemma3-12b", 8192, 4},
    {"phi3-mini", 4096},
    {"starcoder2-15b", 8192},
    {"falcon-7b", 2048},
    {"gpt2", 1024},
    {"pythia-6.9b", 2048},
    {"olmo2-7b", 4096},
    {"deepseek-v2-lite", 8192},
    {"gpt-oss-20b", 8192},
    {"mamba-2.8b", 4096, 2},
    {"mamba2-2.7b", 4096},
    {"lfm2-1.2b", 8192, 2},
    {"falcon-h1-7b", 8192},
    {"granite4.0-h-micro", 8192},
    {"qwen3-next-80b-a3b", 8192},
    {"jamba-v0.1", 8192},
    {"glm4.5-air", 8192},
    {"command-r7b", 8192},
};

/// A file with the header of a model and a hole for its data.
class SparseFile {
 public:
  explicit SparseFile(const GgufWriter& writer)
      : path_(std::filesystem::temp_directory_path() /
              ("llmfit_engine_" + std::to_string(::getpid()) + ".gguf")) {
    const auto header = writer.header();
    std::ofstream(path_, std::ios::binary) << header;
    std::filesystem::resize_file(path_,
                                 header.size() + static_cast<std::uintmax_t>(writer.data_bytes()));
  }
  SparseFile(const SparseFile&) = delete;
  SparseFile& operator=(const SparseFile&) = delete;
  ~SparseFile() {
    std::error_code none;
    std::filesystem::remove(path_, none);
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

LlamaContextParams settings_of(const LlamaCpp& engine, const Question& question) {
  constexpr int f16 = 1;
  constexpr int q8_0 = 8;
  auto settings = engine.context_defaults();
  const auto tokens = question.context * question.sequences;
  settings.n_ctx = static_cast<std::uint32_t>(tokens);
  settings.n_seq_max = static_cast<std::uint32_t>(question.sequences);
  settings.n_outputs_max = settings.n_seq_max;
  settings.swa_full = false;
  settings.type_k = settings.type_v = std::string(question.kv_type) == "q8_0" ? q8_0 : f16;
  return settings;
}

DeviceLoad predicted(const Model& model, const Question& question) {
  const auto request = request_of(model, {"f16"}, Engine::llama_cpp);
  const auto& format = *request.formats.front().format;
  const auto& engine = Catalog::builtin().engine(Engine::llama_cpp);
  const auto weights = weigh(model, format).value();
  const auto workload = make_workload({question.context, question.sequences, question.kv_type, {}},
                                      Engine::llama_cpp, model, 1.0);
  REQUIRE(workload.has_value());
  return host_load(weights, size(model, weights, *workload, format, engine).value());
}

struct Scores {
  Score weights{"weights", 0.001};
  Score context{"cache and state", 0};
  Score compute{"compute buffers", 0.05};
};

void compare(LlamaCpp& engine, const Question& question, Scores& scores) {
  const auto name = std::string(question.model) + " at " + std::to_string(question.context) +
                    " x " + std::to_string(question.sequences) + " " + question.kv_type;
  INFO(name);
  const auto model = model_of(question.model);
  const SparseFile file(ModelWriter(model).write_for_engine());
  const auto plan = engine.plan(file.path(), settings_of(engine, question));
  CHECK(plan.error == "");
  if (!plan.error.empty()) return;
  const auto load = predicted(model, question);
  const auto bytes = [](std::optional<Bytes> of) { return of.value_or(Bytes{0}).count(); };
  const auto of = [](std::size_t planned) { return static_cast<std::int64_t>(planned); };
  scores.weights.add(name, load.weights.count(), of(plan.bytes.model));
  if (plan.bytes.context > 0) {
    scores.context.add(name, bytes(load.kv_cache) + bytes(load.state), of(plan.bytes.context));
  }
  scores.compute.add(name, bytes(load.compute), of(plan.bytes.compute));
}

}  // namespace

TEST_CASE("the engine's own buffers are the predicted ones", "[engine]") {
  const char* const folder = std::getenv("LLMFIT_ENGINE");
  if (folder == nullptr) {
    std::printf("skipped: LLMFIT_ENGINE names no folder of llama.cpp; see scripts/engine\n");
    return;
  }
  LlamaCpp engine(folder);
  REQUIRE(engine.missing() == "");
  Scores scores;
  for (const auto& question : questions) compare(engine, question, scores);
  scores.weights.print();
  scores.context.print();
  scores.compute.print();
  CHECK(scores.weights.outliers() == 0);
  CHECK(scores.context.outliers() == 0);
  CHECK(scores.compute.outliers() * 20 <= scores.compute.rows());
}

// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "catch.hpp"
#include "cli/files.hpp"
#include "support/cli.hpp"
#include "support/gguf_writer.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

/// A folder of its own that goes away with the test.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "llmfit-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(file(name), std::ios::binary) << bytes;
  }

 private:
  std::string path_;
};

FakeEnvironment with_model() {
  FakeEnvironment environment;
  environment.files["small.gguf"] = small_llama().file();
  environment.files["blob"] = small_llama().file();
  environment.files["folder/small.gguf"] = small_llama().file();
  environment.files["./odd"] = "nothing of a model";
  return environment;
}

}  // namespace

TEST_CASE("a GGUF file is sized like a model of the catalog", "[cli]") {
  const auto environment = with_model();
  const std::string word = GENERATE("small.gguf", "blob", "folder", "folder/small.gguf");
  const auto ran = run_line(word + " --quant q8_0 --gpu rtx-3090 --json", environment);
  INFO(ran.error);
  REQUIRE(ran.code == 0);
  const auto report = nlohmann::json::parse(ran.out);
  CHECK(report["model"]["source"] == "gguf");
  CHECK(report["model"]["id"] == "Small Llama");
  CHECK(report["model"]["architecture"] == "llama");
  CHECK(report["model"]["context_length"] == 2048);
  CHECK(report["model"]["parameters"] == 78144);
  CHECK(report["model"]["license"].is_null());
  CHECK(report["workload"]["context"] == 2048);
  CHECK(report["quantizations"][0]["id"] == "q8_0");
}

TEST_CASE("without a format the file is sized as it is", "[cli]") {
  FakeEnvironment environment;
  auto writer = small_llama(ggml_q8_0);
  writer.number("general.file_type", 7);
  environment.files["small.gguf"] = writer.file();
  const auto ran = run_line("small.gguf --gpu rtx-3090 --json", environment);
  INFO(ran.error);
  REQUIRE(ran.code == 0);
  const auto report = nlohmann::json::parse(ran.out);
  REQUIRE(report["quantizations"].size() == 1);
  CHECK(report["quantizations"][0]["id"] == "q8_0");
  // 2 x 32 x 64 and twice 36,864 elements in blocks of 32, 5 norms of 64 in 32 bits.
  CHECK(report["quantizations"][0]["tensor_bytes"] == (4096 + 2 * 36864) / 32 * 34 + 5 * 64 * 4);
}

TEST_CASE("check judges a file", "[cli]") {
  const auto environment = with_model();
  CHECK(run_line("check small.gguf --quant q8_0 --gpu rtx-3090", environment).code == 0);
  CHECK(run_line("check small.gguf --quant q8_0 --gpu rtx-3090 --context 4096", environment).code ==
        1);
}

TEST_CASE("what cannot be read as a model is refused", "[cli]") {
  const auto environment = with_model();
  struct Row {
    std::string line;
    std::string code;
    std::string text;
  };
  const auto row = GENERATE(Row{"missing.gguf", "unreadable_file", "missing.gguf"},
                            Row{"./odd", "invalid_file", "no model that llmfit can read"},
                            Row{"small.gguf --params 13e9", "usage", "--params contradicts it"},
                            Row{"blob --params 13e9", "usage", "--params contradicts it"});
  const auto ran = run_line(row.line + " --json", environment);
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  const auto error = nlohmann::json::parse(ran.error)["error"];
  CHECK(error["code"] == row.code);
  CHECK(contains(error["message"].get<std::string>(), row.text));
  CHECK_FALSE(error["hint"].get<std::string>().empty());
}

TEST_CASE("names from a file cannot steer the terminal", "[cli]") {
  FakeEnvironment environment;
  GgufWriter writer;
  writer.text("general.architecture", "llama").text("general.name", "\x1b]0;owned\x07 x");
  writer.number("llama.block_count", 1).number("llama.embedding_length", 64);
  writer.tensor("blk.0.ffn_up.weight", {64, 64});
  environment.files["a.gguf"] = writer.file();
  const std::string format = GENERATE("table", "json", "csv", "markdown", "html");
  const auto ran = run_line("a.gguf --quant q8_0 --gpu rtx-3090 --format " + format, environment);
  CHECK(ran.code == 0);
  CHECK_FALSE(contains(ran.out, "\x1b]"));
  CHECK_FALSE(contains(ran.out, "\x07"));
}

TEST_CASE("the file system is read in pieces, however large a file is", "[cli]") {
  const Folder folder;
  folder.write("model.gguf", small_llama().file());
  REQUIRE(::truncate(folder.file("model.gguf").c_str(), std::int64_t{50} << 30) == 0);
  cli::SystemFiles files;
  const auto model = read_model(files, folder.file("model.gguf"));
  REQUIRE(model.has_value());
  CHECK(model->tensors.size() == 21);
  CHECK(files.is_folder(folder.path()));
  CHECK_FALSE(files.is_folder(folder.file("model.gguf")));
  CHECK(read_model(files, folder.path()).has_value());
}

TEST_CASE("only plain files are read", "[cli]") {
  const Folder folder;
  cli::SystemFiles files;
  const auto pipe = folder.file("pipe.gguf");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(contains(files.open(pipe).error().message, "not a plain file"));
  CHECK(contains(files.open("/dev/zero").error().message, "not a plain file"));
  CHECK(contains(files.open(folder.path()).error().message, "not a plain file"));
  const auto missing = files.open(folder.file("missing.gguf"));
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().code == ErrorCode::unreadable_file);
  CHECK_FALSE(files.list(folder.file("missing")).has_value());
}

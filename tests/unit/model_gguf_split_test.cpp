// SPDX-License-Identifier: MIT
#include <map>
#include <string>

#include "catch.hpp"
#include "llmfit/read_model.hpp"
#include "model/gguf_split.hpp"
#include "support/cli.hpp"
#include "support/gguf_writer.hpp"
#include "support/memory_files.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

std::string part(std::int64_t number, std::int64_t count, std::int64_t tensors) {
  GgufWriter writer;
  if (number == 0) {
    writer.text("general.architecture", "llama").number("llama.block_count", 3);
    writer.number("llama.embedding_length", 64).number("llama.attention.head_count", 4);
  }
  writer.number("split.no", number).number("split.count", count);
  writer.number("split.tensors.count", tensors);
  writer.tensor("blk." + std::to_string(number) + ".attn_q.weight", {64, 64});
  return writer.file();
}

std::string path(int number) {
  return "models/big-0000" + std::to_string(number) + "-of-00003.gguf";
}

using Texts = std::map<std::string, std::string>;

Texts three() {
  return {{path(1), part(0, 3, 3)}, {path(2), part(1, 3, 3)}, {path(3), part(2, 3, 3)}};
}

Error refusal(const Texts& texts, const std::string& file) {
  MemoryFiles files(texts);
  const auto model = read_model(files, file);
  REQUIRE_FALSE(model.has_value());
  return model.error();
}

}  // namespace

TEST_CASE("any part of a split model leads to all of it", "[gguf]") {
  const auto texts = three();
  MemoryFiles files(texts);
  const auto number = GENERATE(1, 2, 3);
  const auto model = read_model(files, path(number));
  REQUIRE(model.has_value());
  CHECK(model->tensors.size() == 3);
  CHECK(model->layers.size() == 3);
  CHECK(model->name == "big");
  CHECK(model->file->parts == 3);
  CHECK(model->file->tensor_bytes == Bytes{3 * 64 * 64 * 4});
}

TEST_CASE("a folder with one split model is that model", "[gguf]") {
  auto texts = three();
  texts["models/mmproj-big.gguf"] = "";
  MemoryFiles files(texts);
  CHECK(read_model(files, "models").has_value());
  texts["models/other.gguf"] = small_llama().file();
  CHECK(contains(refusal(texts, "models").message, "2 models"));
  CHECK(contains(refusal({{"models/readme.txt", ""}}, "models").message, "holds no model"));
}

TEST_CASE("a part that is missing is named", "[gguf]") {
  auto texts = three();
  texts.erase(path(2));
  const auto error = refusal(texts, path(3));
  CHECK(error.code == ErrorCode::unreadable_file);
  CHECK(contains(error.message, "part 2 of 3"));
  CHECK(contains(error.message, path(2)));
}

TEST_CASE("parts that do not belong together are refused", "[gguf]") {
  auto texts = three();
  SECTION("the number in the file is another") {
    texts[path(2)] = part(2, 3, 3);
    CHECK(contains(refusal(texts, path(1)).message, "part 2 of 3"));
  }
  SECTION("the count in the file is another") {
    texts[path(2)] = part(1, 4, 3);
    CHECK(contains(refusal(texts, path(1)).message, "'split.count' is 4"));
  }
  SECTION("there are fewer tensors than there should be") {
    texts[path(1)] = part(0, 3, 5);
    CHECK(contains(refusal(texts, path(1)).message, "3 tensors together, not the 5"));
  }
  SECTION("a tensor is in two parts") {
    texts[path(3)] = GgufWriter()
                         .number("split.no", 2)
                         .number("split.count", 3)
                         .tensor("blk.0.attn_q.weight", {64, 64})
                         .file();
    CHECK(contains(refusal(texts, path(1)).message, "occurs twice"));
  }
  SECTION("the name does not tell the others") {
    CHECK(contains(refusal({{"part.gguf", part(0, 3, 3)}}, "part.gguf").hint, "-of-00003.gguf"));
  }
}

TEST_CASE("names of parts are taken apart", "[gguf]") {
  const auto name = model::part_name("a/b-00002-of-00015.gguf");
  REQUIRE(name.has_value());
  CHECK(name->stem == "a/b");
  CHECK(name->number == 2);
  CHECK(name->count == 15);
  CHECK(model::part_path(*name, 11) == "a/b-00011-of-00015.gguf");
  const auto other =
      GENERATE("b.gguf", "b-0002-of-0015.gguf", "b-00003-of-00002.gguf", "b-00000-of-00002.gguf",
               "b-00001-of-00002.bin", "-00001-of-00002.gguf", "b-0000x-of-00002.gguf",
               "b-00001_of_00002.gguf");
  CHECK_FALSE(model::part_name(other).has_value());
}

// SPDX-License-Identifier: MIT
#include <string>

#include "catch.hpp"
#include "model/safetensors.hpp"
#include "support/safetensors_writer.hpp"

namespace {

using namespace llmfit;
using model::read_safetensors;
using model::read_safetensors_index;
using test::SafetensorsWriter;
using test::SparseFiles;

Error error_of(std::string text, std::uint64_t hole = 0) {
  SparseFiles files;
  files.files["m.safetensors"] = {std::move(text), hole};
  const auto header = read_safetensors(files, "m.safetensors");
  REQUIRE_FALSE(header.has_value());
  return header.error();
}

Error index_error_of(const std::string& text) {
  SparseFiles files;
  files.files["m.safetensors.index.json"] = {text, 0};
  const auto index = read_safetensors_index(files, "m.safetensors.index.json");
  REQUIRE_FALSE(index.has_value());
  return index.error();
}

bool says(const Error& error, const std::string& words) {
  return error.message.find(words) != std::string::npos;
}

const std::string plain = R"({"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}})";

std::string entry(const std::string& value) {
  return SafetensorsWriter::framed("{\"a\":" + value + "}");
}

}  // namespace

TEST_CASE("a safetensors header is read with its data a hole of many gigabytes", "[hf]") {
  SparseFiles files;
  SafetensorsWriter writer;
  writer.entry("__metadata__", R"({"format":"pt"})");
  writer.tensor("model.embed_tokens.weight", {128256, 8192});
  writer.tensor("b", {4096, 1 << 20}, "F32", 32).tensor("scalar", {}, "F32", 32);
  files.add("m.safetensors", writer);
  const auto header = read_safetensors(files, "m.safetensors").value();
  REQUIRE(header.tensors.size() == 3);
  CHECK(header.tensors[0].bytes == std::int64_t{128256} * 8192 * 2);
  CHECK(header.tensors[1].type->name == "F32");
  CHECK(header.tensors[2].shape.empty());
  CHECK(header.file_bytes - header.header_bytes == static_cast<std::int64_t>(writer.data()));
}

TEST_CASE("a header may end in spaces and escape its names", "[hf]") {
  SparseFiles files;
  files.files["m.safetensors"] = {
      SafetensorsWriter::framed(
          R"({"\u0061\n\ud83d\ude00":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}   )"),
      0};
  const auto header = read_safetensors(files, "m.safetensors").value();
  CHECK(header.tensors.front().name == "a\n\xF0\x9F\x98\x80");
}

TEST_CASE("a broken safetensors file is refused with what is wrong and the byte", "[hf]") {
  struct Case {
    std::string text;
    std::string words;
    std::string where;
  };
  const auto framed = [](const std::string& text) { return SafetensorsWriter::framed(text); };
  const Case cases[] = {
      {"", "ends too early", "byte 0"},
      {"\x10\0\0", "ends too early", "byte 1"},
      {std::string("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8), "the format allows 100 MB", "byte 0"},
      {std::string("\x40\0\0\0\0\0\0\0{}", 10), "ends within its header", "byte 10"},
      {framed("[]"), "an object is expected", "byte 8"},
      {framed("{"), "ends too early", "byte 9"},
      {framed("{} x"), "nothing may follow", "byte 11"},
      {framed("{\"a\":{}}"), "lacks one of", "byte 13"},
      {framed("{\"\xC3\x28\":1}"), "invalid UTF-8", "byte 10"},
      {entry("7"), "an object is expected", "byte 13"},
      {entry(R"({"dtype":"F33","shape":[],"data_offsets":[0,4]})"), "unknown type 'F33'",
       "byte 22"},
      {entry(R"({"dtype":"F32","shape":[-1],"data_offsets":[0,4]})"), "whole number", "byte 37"},
      {entry(R"({"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,4]})"),
       "whole number", "byte 37"},
      {entry(R"({"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]})"), "2^63",
       "byte 37"},
      {entry(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]})"),
       "too large to count", "byte 13"},
      {entry(R"({"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]})"),
       "more than 8 dimensions", "byte 53"},
      {entry(R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})"), "has 4 bytes where",
       "byte 13"},
      {entry(R"({"dtype":"F32","shape":[1],"data_offsets":[4,0]})"), "end before they begin",
       "byte 55"},
      {entry(R"({"dtype":"F32","shape":[1],"data_offsets":[0]})"), "two numbers", "byte 55"},
      {entry(R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})"), "leaves a hole", "byte 13"},
      {entry(R"({"dtype":"F4","shape":[3],"data_offsets":[0,1]})"), "has 1 bytes", "byte 13"},
      {framed(plain), "24 bytes are missing", "byte 65"},
      {framed(plain) + std::string(25, '\0'), "1 bytes after the last tensor", "byte 89"},
      {framed("{\"__metadata__\":" + std::string(100, '[')), "nested deeper", "byte 87"},
  };
  for (const auto& wrong : cases) {
    const auto error = error_of(wrong.text);
    INFO(error.message << " at " << error.where);
    CHECK(error.code == ErrorCode::invalid_file);
    CHECK(says(error, wrong.words));
    CHECK(error.where == "m.safetensors: " + wrong.where);
    CHECK_FALSE(error.hint.empty());
  }
}

TEST_CASE("tensors that are given twice or overlap are refused", "[hf]") {
  const auto tensor = [](const std::string& name, int from, int to) {
    return "\"" + name + R"(":{"dtype":"U8","shape":[4],"data_offsets":[)" + std::to_string(from) +
           "," + std::to_string(to) + "]}";
  };
  const auto twice = "{" + tensor("a", 0, 4) + "," + tensor("a", 4, 8) + "}";
  CHECK(says(error_of(SafetensorsWriter::framed(twice), 8), "'a' is given twice"));
  const auto overlap = "{" + tensor("a", 0, 4) + "," + tensor("b", 2, 6) + "}";
  CHECK(says(error_of(SafetensorsWriter::framed(overlap), 6), "'b' overlaps"));
}

TEST_CASE("an index names its files, and nothing outside of its folder", "[hf]") {
  SparseFiles files;
  files.files["i"] = {
      R"({"metadata":{"total_size":7},"weight_map":{"b":"2.safetensors","a":"1.safetensors"}})", 0};
  const auto index = read_safetensors_index(files, "i").value();
  CHECK(index.files == std::vector<std::string>{"1.safetensors", "2.safetensors"});
  REQUIRE(index.tensors.size() == 2);
  CHECK(index.tensors[0] == std::pair<std::string, std::uint32_t>{"a", 0});
  CHECK(says(index_error_of("{}"), "no weight_map"));
  CHECK(says(index_error_of(R"({"weight_map":{}})"), "no weight_map"));
  CHECK(says(index_error_of(R"({"weight_map":{"a":"../b"}})"), "not the name of a file"));
  CHECK(says(index_error_of(R"({"weight_map":{"a":"b","a":"c"}})"), "'a' is given twice"));
  CHECK(says(index_error_of(R"({"weight_map":{"a":7}})"), "a string is expected"));
}

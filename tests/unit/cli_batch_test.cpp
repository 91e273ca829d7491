// SPDX-License-Identifier: MIT
// --batch-job and the lengths of its sequences, typed and from files that anybody may have written.
#include <string>

#include "cli/batch.hpp"
#include "cli/lengths.hpp"
#include "support/ask.hpp"
#include "support/cli.hpp"

using namespace llmfit;
using namespace llmfit::cli;
using namespace llmfit::test;

namespace {

Result<LengthHistogram> lengths_of(const std::string& text, std::size_t piece = 1 << 16) {
  LengthReader reader("texts.txt");
  for (std::size_t at = 0; at < text.size(); at += piece) {
    if (!reader.feed(std::string_view(text).substr(at, piece))) break;
  }
  return reader.finish();
}

/// What the options of a line make of a request about a model.
Result<FitRequest> read(const std::string& line, std::string_view model = "bert-base",
                        const FakeEnvironment& environment = {}) {
  FitRequest request;
  const auto done = read_batch(request, arguments_of(line), model_of(model), environment);
  if (!done) return tl::unexpected<Error>(done.error());
  return request;
}

}  // namespace

TEST_CASE("a file has a length a line, or a length and a count", "[batch]") {
  const auto text = GENERATE(as<std::string>{}, "37 1200\n8\n8\n", "8\n37 1200\n8",
                             "# lengths\n37\t1200 # most\n\n 8 2\r\n", "37,1200\n8,2\n",
                             "8 1\n37 600\n8 1\n37 600\n\n\n#");
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{4096}}) {
    const auto lengths = lengths_of(text, piece);
    INFO(text << " in pieces of " << piece);
    REQUIRE(lengths.has_value());
    CHECK(*lengths == LengthHistogram({{8, 2}, {37, 1200}}));
  }
}

TEST_CASE("a file that holds no lengths is refused with its line", "[batch]") {
  struct Row {
    std::string text;
    std::string place;
  };
  const auto row = GENERATE(
      Row{"", "texts.txt"}, Row{"\n\n# none\n", "texts.txt"}, Row{"8\nx\n", "texts.txt:2: 'x'"},
      Row{"8\n0\n", "texts.txt:2: '0'"}, Row{"-8\n", "texts.txt:1: '-8'"},
      Row{"8.5\n", "texts.txt:1: '8.5'"}, Row{"8 0\n", "texts.txt:1: '0'"},
      Row{"8 1 1\n", "texts.txt:1: more than a length and a count"},
      Row{"1 2 3 4 5\n", "texts.txt:1: more than"}, Row{"4194305\n", "texts.txt:1: '4194305'"},
      Row{"99999999999999999999\n", "texts.txt:1: '99999999999999999999'"},
      Row{"8 1000000000001\n", "texts.txt:1: '1000000000001'"},
      Row{"8 1000000000000\n9 1\n", "texts.txt:2: more than 1,000,000,000,000 sequences"},
      Row{std::string("8\n\0\n", 4), "texts.txt:2: '\\x00'"},
      Row{"8\n\x1b[31m\n", "texts.txt:2: '\\x1B[31m'"}, Row{"8\n\xff\xfe\n", "texts.txt:2: '\\xFF"},
      Row{std::string(200, ' '), "texts.txt:1: the line is too long"},
      Row{std::string(1 << 20, '1'), "texts.txt:1: the line is too long"});
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1 << 16}}) {
    if (piece == 1 && row.text.size() > 1000) continue;
    const auto lengths = lengths_of(row.text, piece);
    INFO(row.place);
    REQUIRE_FALSE(lengths.has_value());
    CHECK(lengths.error().code == ErrorCode::invalid_file);
    CHECK(base::lower(lengths.error().where).find(base::lower(row.place)) == 0);
    CHECK_FALSE(contains(lengths.error().where, "\n"));
  }
}

TEST_CASE("a comment may be as long as it likes", "[batch]") {
  const auto lengths = lengths_of("8 # " + std::string(1 << 20, 'x') + "\n9\n", 1000);
  REQUIRE(lengths.has_value());
  CHECK(*lengths == LengthHistogram({{8, 1}, {9, 1}}));
}

TEST_CASE("more different lengths than texts have are refused, not kept", "[batch]") {
  std::string text;
  for (int i = 1; i <= 300'000; ++i) text += std::to_string(i) + "\n";
  const auto lengths = lengths_of(text);
  REQUIRE_FALSE(lengths.has_value());
  CHECK(contains(lengths.error().where, "texts.txt:262145: more than 262,144 different lengths"));
}

TEST_CASE("a range of tokens", "[batch]") {
  CHECK(parse_range("36", 1)->low == 36);
  CHECK(parse_range("36", 1)->high == 36);
  CHECK(parse_range("8..64", 1)->high == 64);
  CHECK(parse_range("0", 0)->high == 0);
  for (const auto* typed : {"", "..", "8..", "..64", "64..8", "0..8", "8...64", "8-64", "a..b",
                            "-1", "8..4194305", "1e3", " 8"}) {
    INFO(typed);
    CHECK_FALSE(parse_range(typed, 1).has_value());
  }
}

TEST_CASE("a job is a number of sequences and their lengths", "[batch]") {
  const auto request = read("bert-base --batch-job 20M --lengths 8..64 --within 24");
  REQUIRE(request.has_value());
  REQUIRE(request->load.batch.has_value());
  const auto& job = *request->load.batch;
  CHECK(job.lengths.sequences() == 20'000'000);
  CHECK(job.lengths.shortest() == 8);
  CHECK(job.lengths.longest() == 64);
  CHECK(job.answers.empty());
  CHECK(job.within_hours == 24.0);
  CHECK(request->workload.context == 512);
  for (const auto* count : {"20000000", "2e7", "20m"}) {
    const auto same = read(std::string("bert-base --lengths 8..64 --batch-job ") + count);
    REQUIRE(same.has_value());
    CHECK(same->load.batch->lengths == job.lengths);
  }
  CHECK_FALSE(read("bert-base")->load.batch.has_value());
}

TEST_CASE("a sample in a file stands for the whole job", "[batch]") {
  FakeEnvironment environment;
  environment.files["texts.txt"] = "10 1\n20 3\n";
  const auto request =
      read("bert-base --batch-job 4M --lengths texts.txt", "bert-base", environment);
  REQUIRE(request.has_value());
  CHECK(request->load.batch->lengths == LengthHistogram({{10, 1'000'000}, {20, 3'000'000}}));
  environment.files["-"] = "36\n";
  const auto input = read("bert-base --batch-job 5 --lengths=-", "bert-base", environment);
  REQUIRE(input.has_value());
  CHECK(input->load.batch->lengths == LengthHistogram({{36, 5}}));
}

TEST_CASE("a model that writes is asked for its answers, and for room for them", "[batch]") {
  const auto usual = read("llama3-8b --batch-job 1000 --lengths 100..300", "llama3-8b");
  REQUIRE(usual.has_value());
  CHECK(usual->load.batch->answers == LengthHistogram({{usual_output_tokens, 1000}}));
  CHECK(usual->workload.context == 300 + usual_output_tokens);
  const auto ranged =
      read("llama3-8b --batch-job 1000 --lengths 100..300 --output-tokens 10..19", "llama3-8b");
  REQUIRE(ranged.has_value());
  CHECK(ranged->load.batch->answers == LengthHistogram::uniform(10, 19, 1000));
  CHECK(ranged->workload.context == 319);
  const auto none =
      read("llama3-8b --batch-job 1000 --lengths 100..300 --output-tokens 0", "llama3-8b");
  REQUIRE(none.has_value());
  CHECK(none->load.batch->answers.empty());
}

TEST_CASE("what is no job is refused with the option", "[batch]") {
  struct Row {
    std::string line;
    std::string where;
  };
  const auto row = GENERATE(
      Row{"bert-base --batch-job 20M", "--batch-job"}, Row{"bert-base --lengths 8", "--lengths"},
      Row{"bert-base --slot 8", "--slot"}, Row{"bert-base --within 24", "--within"},
      Row{"bert-base --batch-job 0 --lengths 8", "--batch-job 0"},
      Row{"bert-base --batch-job many --lengths 8", "--batch-job many"},
      Row{"bert-base --batch-job 2t --lengths 8", "--batch-job 2t"},
      Row{"bert-base --batch-job 1 --lengths no.txt", "--lengths no.txt"},
      Row{"bert-base --batch-job 1 --lengths 64..8", "--lengths 64..8"},
      Row{"bert-base --batch-job 1 --lengths 8 --slot 0", "--slot 0"},
      Row{"bert-base --batch-job 1 --lengths 8 --within 0", "--within 0"},
      Row{"bert-base --batch-job 1 --lengths 8 --within nan", "--within nan"},
      Row{"bert-base --batch-job 1 --lengths 8 --output-tokens 5", "--output-tokens 5"});
  const auto request = read(row.line);
  REQUIRE_FALSE(request.has_value());
  CHECK(request.error().where == row.where);
}

// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "cli/environment.hpp"
#include "cli/parse.hpp"
#include "cli/run.hpp"
#include "cli/scan.hpp"
#include "support/machines.hpp"
#include "support/memory_files.hpp"

namespace llmfit::test {

/// A machine without terminal, variables or files, until a test gives it some.
class FakeEnvironment : public cli::Environment {
 public:
  std::map<std::string, std::string> variables;
  std::map<std::string, std::string> files;
  RecordedProbes machine;  ///< looked at by `doctor` and --gpu local
  bool terminal = false;
  std::optional<int> width;
  std::int64_t seconds = 1'790'000'000;  ///< 2026-09-21

  [[nodiscard]] std::string variable(const char* name) const override {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  }
  [[nodiscard]] bool is_terminal(cli::Stream) const override { return terminal; }
  [[nodiscard]] std::optional<int> columns() const override { return width; }
  [[nodiscard]] bool exists(const std::string& path) const override {
    return files.count(path) > 0 || MemoryFiles(files).is_folder(path);
  }
  [[nodiscard]] Result<std::string> read(const std::string& path) const override {
    const auto found = files.find(path);
    if (found != files.end()) return found->second;
    return fail(ErrorCode::unreadable_file, "cannot read '" + path + "'", {}, path);
  }
  [[nodiscard]] ModelFiles& model_files() const override { return models_.emplace(files); }
  [[nodiscard]] const Probes& probes() const override { return machine; }
  [[nodiscard]] std::int64_t now() const override { return seconds; }

 private:
  mutable std::optional<MemoryFiles> models_;
};

/// Keeps what is written; standard output may be made to fail.
class FakeStreams : public cli::Streams {
 public:
  std::string out;
  std::string error;
  std::map<std::string, std::string> files;
  cli::Written answer = cli::Written::whole;

  cli::Written write(cli::Stream stream, std::string_view text) override {
    (stream == cli::Stream::output ? out : error) += text;
    return stream == cli::Stream::output ? answer : cli::Written::whole;
  }
  cli::Written write_file(const std::string& path, std::string_view text) override {
    if (answer == cli::Written::whole) files[path] = text;
    return answer;
  }
  [[nodiscard]] std::string failure() const override { return "no space left"; }
};

/// Arguments as a person types them, without quotes.
inline std::vector<std::string> typed(std::string_view line) {
  return line.empty() ? std::vector<std::string>{} : base::split(line, ' ');
}

struct Ran {
  int code = 0;
  std::string out;
  std::string error;
};

inline Ran run_line(std::string_view line, const cli::Environment& environment) {
  FakeStreams streams;
  const int code = cli::run(typed(line), environment, streams);
  return {code, streams.out, streams.error};
}

inline Ran run_line(std::string_view line) { return run_line(line, FakeEnvironment()); }

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// The words of a line that is known to parse.
inline cli::Arguments arguments_of(std::string_view line) {
  const auto words = typed(line);
  auto arguments = cli::parse(cli::scan(words));
  REQUIRE(arguments.has_value());
  return std::move(*arguments);
}

}  // namespace llmfit::test

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "llmfit/machine.hpp"
#include "llmfit/read_model.hpp"
#include "llmfit/result.hpp"

namespace llmfit::cli {

enum class Stream { output, error };

/// What the program may know of the machine and the person it runs for. Tests give their own.
class Environment {
 public:
  virtual ~Environment() = default;

  /// Empty when it is not set: an empty variable counts as unset.
  [[nodiscard]] virtual std::string variable(const char* name) const = 0;
  [[nodiscard]] virtual bool is_terminal(Stream stream) const = 0;
  /// Columns of the terminal on standard output; absent when it is none or does not tell.
  [[nodiscard]] virtual std::optional<int> columns() const = 0;
  [[nodiscard]] virtual bool exists(const std::string& path) const = 0;
  /// The whole file. Errors: unreadable_file.
  [[nodiscard]] virtual Result<std::string> read(const std::string& path) const = 0;
  /// The file piece by piece, or standard input where it is "-", until `take` answers false.
  /// Errors: unreadable_file.
  virtual Result<void> stream(const std::string& path,
                              const std::function<bool(std::string_view)>& take) const;
  /// Where MODEL's files are read.
  [[nodiscard]] virtual ModelFiles& model_files() const = 0;
  /// How the machine's hardware is looked at.
  [[nodiscard]] virtual const Probes& probes() const = 0;
  /// Seconds since 1970-01-01 00:00 UTC.
  [[nodiscard]] virtual std::int64_t now() const = 0;
};

/// How a write ended. A closed pipe is no fault: nobody wants to read on.
enum class Written { whole, closed, failed };

/// Where the output goes.
class Streams {
 public:
  virtual ~Streams() = default;

  virtual Written write(Stream stream, std::string_view text) = 0;
  /// The file's new content, whole or not at all; devices and pipes are written as they are.
  virtual Written write_file(const std::string& path, std::string_view text) = 0;
  /// Why the last write failed ("No space left on device").
  [[nodiscard]] virtual std::string failure() const = 0;
};

}  // namespace llmfit::cli

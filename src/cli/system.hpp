// SPDX-License-Identifier: MIT
#pragma once

#include "cli/environment.hpp"
#include "cli/files.hpp"
#include "cli/system_probes.hpp"

namespace llmfit::cli {

/// The real machine.
class SystemEnvironment final : public Environment {
 public:
  [[nodiscard]] std::string variable(const char* name) const override;
  [[nodiscard]] bool is_terminal(Stream stream) const override;
  [[nodiscard]] std::optional<int> columns() const override;
  [[nodiscard]] bool exists(const std::string& path) const override;
  [[nodiscard]] Result<std::string> read(const std::string& path) const override;
  Result<void> stream(const std::string& path,
                      const std::function<bool(std::string_view)>& take) const override;
  [[nodiscard]] ModelFiles& model_files() const override { return files_; }
  [[nodiscard]] const Probes& probes() const override { return probes_; }
  [[nodiscard]] std::int64_t now() const override;

 private:
  SystemProbes probes_;
  mutable SystemFiles files_;
};

/// The process's standard streams and the file system.
class SystemStreams final : public Streams {
 public:
  /// A reader that goes away then shows as a write that ends `closed`, not as a signal.
  SystemStreams();

  Written write(Stream stream, std::string_view text) override;
  Written write_file(const std::string& path, std::string_view text) override;
  [[nodiscard]] std::string failure() const override;

 private:
  Written write_all(int file, std::string_view text);
  Written replace(const std::string& path, std::string_view text);
  Written write_device(const std::string& path, std::string_view text);
  Written failed();

  int error_number_ = 0;
};

}  // namespace llmfit::cli

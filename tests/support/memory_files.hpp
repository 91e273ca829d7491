// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/read_model.hpp"

namespace llmfit::test {

/// A file in memory; beyond its text it may be a hole, as a sparse file of weights is.
class MemoryFile : public FileBytes {
 public:
  explicit MemoryFile(std::string_view text, std::uint64_t hole = 0) : text_(text), hole_(hole) {}

  [[nodiscard]] std::uint64_t size() const override { return text_.size() + hole_; }
  Result<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    if (offset >= size()) return std::size_t{0};
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size() - offset));
    const auto start = static_cast<std::size_t>(std::min<std::uint64_t>(offset, text_.size()));
    const auto part = text_.substr(start, count);
    std::fill(std::copy(part.begin(), part.end(), out.begin()),
              out.begin() + static_cast<std::ptrdiff_t>(count), '\0');
    return count;
  }

 private:
  std::string_view text_;
  std::uint64_t hole_;
};

/// Files by path; folders are what stands before a `/` of theirs.
class MemoryFiles : public ModelFiles {
 public:
  explicit MemoryFiles(const std::map<std::string, std::string>& texts) : texts_(texts) {}
  /// Of every file, this much more is a hole.
  std::uint64_t hole = 0;

  Result<std::unique_ptr<FileBytes>> open(const std::string& path) override {
    const auto found = texts_.find(path);
    if (found != texts_.end()) return std::make_unique<MemoryFile>(found->second, hole);
    return fail(ErrorCode::unreadable_file, "cannot read '" + path + "': No such file or directory",
                {}, path);
  }
  [[nodiscard]] bool is_folder(const std::string& path) override {
    const auto prefix = as_prefix(path);
    const auto next = texts_.lower_bound(prefix);
    return next != texts_.end() && next->first.starts_with(prefix);
  }
  Result<std::vector<std::string>> list(const std::string& folder) override {
    const auto prefix = as_prefix(folder);
    std::vector<std::string> names;
    for (auto file = texts_.lower_bound(prefix);
         file != texts_.end() && file->first.starts_with(prefix); ++file) {
      const auto name = file->first.substr(prefix.size());
      if (name.find('/') == std::string::npos) names.push_back(name);
    }
    return names;
  }

 private:
  static std::string as_prefix(const std::string& folder) {
    return folder.ends_with('/') ? folder : folder + '/';
  }

  const std::map<std::string, std::string>& texts_;
};

}  // namespace llmfit::test

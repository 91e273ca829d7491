// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "llmfit/read_model.hpp"

namespace llmfit::test {

/// Writes the header of a safetensors file; the data after it are a hole.
class SafetensorsWriter {
 public:
  SafetensorsWriter& tensor(std::string_view name, const std::vector<std::int64_t>& shape,
                            std::string_view type = "BF16", std::int64_t bits = 16) {
    std::int64_t count = 1;
    std::string sizes;
    for (const auto length : shape) {
      count *= length;
      sizes += (sizes.empty() ? "" : ",") + std::to_string(length);
    }
    const auto end = data_ + count * bits / 8;
    entry(name, "{\"dtype\":\"" + std::string(type) + "\",\"shape\":[" + sizes +
                    "],\"data_offsets\":[" + std::to_string(data_) + "," + std::to_string(end) +
                    "]}");
    data_ = end;
    return *this;
  }
  /// An entry with any text as its value.
  SafetensorsWriter& entry(std::string_view name, std::string_view value) {
    text_ += text_.empty() ? "" : ",";
    text_.append("\"").append(name).append("\":").append(value);
    return *this;
  }

  [[nodiscard]] std::string header() const { return framed("{" + text_ + "}"); }
  [[nodiscard]] std::uint64_t data() const { return static_cast<std::uint64_t>(data_); }

  /// The text behind its own length.
  static std::string framed(std::string_view text) {
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<char>(text.size() >> (8 * i) & 0xFF));
    return bytes.append(text);
  }

 private:
  std::string text_;
  std::int64_t data_ = 0;
};

/// A file of text and a hole after it.
struct SparseText {
  std::string text;
  std::uint64_t hole = 0;
};

/// Folders of sparse files.
class SparseFiles : public ModelFiles {
 public:
  std::map<std::string, SparseText> files;

  void add(const std::string& path, const SafetensorsWriter& writer) {
    files[path] = {writer.header(), writer.data()};
  }

  Result<std::unique_ptr<FileBytes>> open(const std::string& path) override {
    const auto found = files.find(path);
    if (found != files.end()) return std::make_unique<File>(found->second);
    return fail(ErrorCode::unreadable_file, "no such file", {}, path);
  }
  [[nodiscard]] bool is_folder(const std::string& path) override {
    const auto next = files.lower_bound(path + "/");
    return next != files.end() && next->first.compare(0, path.size() + 1, path + "/") == 0;
  }
  Result<std::vector<std::string>> list(const std::string& folder) override {
    const auto prefix = folder == "." ? std::string{} : folder + "/";
    std::vector<std::string> names;
    for (const auto& [path, file] : files) {
      const bool inside = path.compare(0, prefix.size(), prefix) == 0;
      if (inside && path.find('/', prefix.size()) == std::string::npos) {
        names.push_back(path.substr(prefix.size()));
      }
    }
    return names;
  }

 private:
  class File : public FileBytes {
   public:
    explicit File(const SparseText& file) : file_(file) {}
    [[nodiscard]] std::uint64_t size() const override { return file_.text.size() + file_.hole; }
    Result<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
      if (offset >= size()) return std::size_t{0};
      const auto count =
          static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size() - offset));
      for (std::size_t i = 0; i < count; ++i) {
        out[i] = offset + i < file_.text.size() ? file_.text[offset + i] : '\0';
      }
      return count;
    }

   private:
    const SparseText& file_;
  };
};

}  // namespace llmfit::test

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "llmfit/model.hpp"
#include "llmfit/result.hpp"

namespace llmfit {

/// A file that is read where it is needed: of a 50 GB model the readers see the header alone.
class FileBytes {
 public:
  virtual ~FileBytes() = default;

  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Fills `out` from `offset` on as far as the file goes; the number of bytes read. Errors:
  /// unreadable_file.
  virtual Result<std::size_t> read(std::uint64_t offset, std::span<char> out) = 0;
};

/// Where models lie: the file system, or what a test puts in its place.
class ModelFiles {
 public:
  virtual ~ModelFiles() = default;

  /// Errors: unreadable_file.
  virtual Result<std::unique_ptr<FileBytes>> open(const std::string& path) = 0;
  [[nodiscard]] virtual bool is_folder(const std::string& path) = 0;
  /// Names of the files in a folder, sorted, without its path. Errors: unreadable_file.
  virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;
};

/// The model that a path leads to: a `.gguf` file (any part of a split one), a `.safetensors` file
/// or its index, a Hugging Face `config.json`, or a folder of these. Reads headers only and never
/// weights; memory stays within a small multiple of the headers' size. Of a folder with several
/// kinds, safetensors with their configuration come first, then GGUF, then a configuration alone.
/// Errors: unreadable_file, invalid_file (with the byte offset or the JSON pointer in `where`),
/// unsupported (a kind of layer or quantization that llmfit does not know), too_large.
Result<Model> read_model(ModelFiles& files, const std::string& path);

}  // namespace llmfit

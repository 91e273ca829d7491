// SPDX-License-Identifier: MIT
#include "model/file_text.hpp"

#include "base/numbers.hpp"

namespace llmfit::model {

std::string at_byte(const std::string& path, std::uint64_t offset) {
  return path + ": byte " + std::to_string(offset);
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string{} : path.substr(0, slash + 1);
}

std::string name_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

Result<std::string> read_part(FileBytes& file, const std::string& path, std::uint64_t offset,
                              std::uint64_t count) {
  // Never reserve what a file only claims to hold.
  if (offset > file.size() || count > file.size() - offset) {
    return fail(ErrorCode::invalid_file, "the file ends too early", "download it again",
                at_byte(path, file.size()));
  }
  std::string text(count, '\0');
  const auto read = file.read(offset, text);
  if (!read) return tl::unexpected<Error>(read.error());
  if (*read == count) return text;
  return fail(ErrorCode::unreadable_file, "the file became shorter while it was read", {}, path);
}

Result<std::string> read_text(ModelFiles& files, const std::string& path, std::uint64_t limit) {
  auto file = files.open(path);
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  if ((*file)->size() > limit) {
    return fail(
        ErrorCode::invalid_file,
        "the file is larger than " + base::grouped(static_cast<std::int64_t>(limit >> 20)) + " MiB",
        "is it the right file?", path);
  }
  return read_part(**file, path, 0, (*file)->size());
}

}  // namespace llmfit::model

// SPDX-License-Identifier: MIT
#include "model/gguf_split.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/numbers.hpp"
#include "base/text.hpp"

namespace llmfit::model {
namespace {

constexpr std::string_view count_key = "split.count";
constexpr std::string_view number_key = "split.no";
constexpr std::string_view tensors_key = "split.tensors.count";

std::optional<std::int32_t> five_digits(std::string_view text) {
  const bool digits = text.size() == 5 && std::all_of(text.begin(), text.end(),
                                                      [](char c) { return c >= '0' && c <= '9'; });
  const auto value = digits ? base::parse_int(text) : std::nullopt;
  return value ? std::optional(static_cast<std::int32_t>(*value)) : std::nullopt;
}

std::string padded(std::int32_t number) {
  const auto digits = std::to_string(number);
  return std::string(5 - std::min<std::size_t>(5, digits.size()), '0') + digits;
}

Result<GgufHeader> read_part(ModelFiles& files, const std::string& path) {
  auto file = files.open(path);
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  return read_gguf_header(**file, path);
}

tl::unexpected<Error> invalid(std::string message, std::string hint, const std::string& path) {
  return fail(ErrorCode::invalid_file, std::move(message), std::move(hint), path);
}

/// Which part of how many the file says it is; files that are not split say nothing, or 0 or 1.
Result<void> check_part(const GgufHeader& header, const PartName& name, std::int32_t number,
                        const std::string& path) {
  const auto count = header.metadata.number(count_key).value_or(1);
  const auto own = header.metadata.number(number_key).value_or(0);
  if (count == name.count && own == number - 1) return {};
  return invalid("its name says part " + std::to_string(number) + " of " +
                     std::to_string(name.count) + ", but '" + std::string(number_key) + "' is " +
                     std::to_string(own) + " (from 0) and '" + std::string(count_key) + "' is " +
                     std::to_string(count),
                 "give the files back the names that they were published under", path);
}

void append(GgufFiles& all, GgufHeader part) {
  all.bytes += part.file_bytes;
  all.tensors.insert(all.tensors.end(), std::make_move_iterator(part.tensors.begin()),
                     std::make_move_iterator(part.tensors.end()));
}

Error missing_part(Error error, const PartName& name, std::int32_t number) {
  if (error.code != ErrorCode::unreadable_file) return error;
  error.message = "part " + std::to_string(number) + " of " + std::to_string(name.count) +
                  " of the model is missing: " + error.message;
  error.hint = "a split model needs all its files in one folder";
  return error;
}

Result<GgufFiles> read_parts(ModelFiles& files, const PartName& name) {
  GgufFiles all;
  all.parts = name.count;
  for (std::int32_t number = 1; number <= name.count; ++number) {
    const auto path = part_path(name, number);
    auto part = read_part(files, path);
    if (!part) return tl::unexpected<Error>(missing_part(std::move(part.error()), name, number));
    auto checked = check_part(*part, name, number, path);
    if (!checked) return tl::unexpected<Error>(std::move(checked.error()));
    if (number == 1) all.metadata = std::move(part->metadata);
    append(all, std::move(*part));
  }
  const auto expected = all.metadata.number(tensors_key);
  const auto found = static_cast<std::int64_t>(all.tensors.size());
  if (!expected || *expected == found) return all;
  return invalid("the parts hold " + std::to_string(found) + " tensors together, not the " +
                     std::to_string(*expected) + " that '" + std::string(tensors_key) + "' tells",
                 "one of them belongs to another model: download them again", part_path(name, 1));
}

}  // namespace

std::optional<PartName> part_name(std::string_view path) {
  constexpr std::string_view ending = ".gguf";
  constexpr std::string_view pattern = "-00000-of-00000";
  if (path.size() <= ending.size() + pattern.size() || !path.ends_with(ending)) return {};
  path.remove_suffix(ending.size());
  const auto tail = path.substr(path.size() - pattern.size());
  const auto number = five_digits(tail.substr(1, 5));
  const auto count = five_digits(tail.substr(10));
  if (!number || !count || tail[0] != '-' || tail.substr(6, 4) != "-of-") return {};
  if (*number < 1 || *number > *count) return {};
  path.remove_suffix(pattern.size());
  return PartName{std::string(path), *number, *count};
}

std::string part_path(const PartName& name, std::int32_t number) {
  return name.stem + "-" + padded(number) + "-of-" + padded(name.count) + ".gguf";
}

Result<GgufFiles> read_gguf_files(ModelFiles& files, const std::string& path) {
  const auto name = part_name(path);
  if (name && name->count > 1) return read_parts(files, *name);
  auto header = read_part(files, path);
  if (!header) return tl::unexpected<Error>(std::move(header.error()));
  const auto count = header->metadata.number(count_key).value_or(1);
  if (count > 1) {
    return invalid("it is one of " + std::to_string(count) +
                       " parts of a model, but its name does not tell which the others are",
                   "name the parts NAME-00001-of-" +
                       padded(static_cast<std::int32_t>(std::min<std::int64_t>(count, 99999))) +
                       ".gguf and so on",
                   path);
  }
  GgufFiles all;
  all.metadata = std::move(header->metadata);
  append(all, std::move(*header));
  return all;
}

}  // namespace llmfit::model

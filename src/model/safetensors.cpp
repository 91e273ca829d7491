// SPDX-License-Identifier: MIT
#include "model/safetensors.hpp"

#include <algorithm>

#include "base/json_scan.hpp"
#include "base/text.hpp"
#include "model/file_text.hpp"

namespace llmfit::model {
namespace {

using base::JsonScan;

// Types of safetensors (its Dtype), with the bits of an element.
constexpr auto element_types = std::to_array<ElementType>({
    {"BF16", 16, TensorType::bf16},
    {"F16", 16, TensorType::f16},
    {"F32", 32, TensorType::f32},
    {"F8_E4M3", 8, TensorType::fp8},
    {"F8_E5M2", 8, TensorType::fp8},
    {"U8", 8, {}},
    {"I8", 8, TensorType::int8},
    {"I32", 32, {}},
    {"U32", 32, {}},
    {"I64", 64, {}},
    {"U64", 64, {}},
    {"I16", 16, {}},
    {"U16", 16, {}},
    {"BOOL", 8, {}},
    {"F64", 64, {}},
    {"C64", 64, {}},
    {"F8_E8M0", 8, {}},
    {"F6_E2M3", 6, {}},
    {"F6_E3M2", 6, {}},
    {"F4", 4, {}},
});

constexpr std::uint64_t length_bytes = 8;
/// The library that defines the format reads no longer ones.
constexpr std::uint64_t header_limit = 100'000'000;
constexpr std::size_t dimension_limit = 8;

const ElementType* find_type(std::string_view name) {
  const auto* const found =
      std::find_if(element_types.begin(), element_types.end(),
                   [name](const ElementType& type) { return type.name == name; });
  return found == element_types.end() ? nullptr : found;
}

/// An entry and where it stands.
struct Entry {
  FileTensor tensor;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::size_t at = 0;  ///< byte of the header
  bool has_shape = false;
  bool has_data = false;
};

void read_type(JsonScan& scan, Entry& entry) {
  const auto at = scan.offset();
  const auto name = scan.string();
  entry.tensor.type = find_type(name);
  if (entry.tensor.type == nullptr) {
    scan.fail(at, "unknown type '" + base::printable(name) + "'");
  }
}

void read_shape(JsonScan& scan, Entry& entry) {
  entry.has_shape = true;
  if (!scan.enter_array()) return;
  while (scan.next_item()) {
    const auto at = scan.offset();
    const auto length = scan.natural();
    if (length && *length > static_cast<std::uint64_t>(INT64_MAX)) {
      scan.fail(at, "a dimension of 2^63 or more");
    }
    if (entry.tensor.shape.size() == dimension_limit) scan.fail(at, "more than 8 dimensions");
    if (length) entry.tensor.shape.push_back(static_cast<std::int64_t>(*length));
  }
}

void read_offsets(JsonScan& scan, Entry& entry) {
  entry.has_data = true;
  const auto at = scan.offset();
  std::vector<std::uint64_t> offsets;
  if (!scan.enter_array()) return;
  while (scan.next_item() && offsets.size() < 3) offsets.push_back(scan.natural().value_or(0));
  if (offsets.size() != 2) return scan.fail(at, "data_offsets must be two numbers");
  entry.begin = offsets[0];
  entry.end = offsets[1];
  if (entry.end < entry.begin) scan.fail(at, "data_offsets end before they begin");
}

void fail_tensor(JsonScan& scan, const Entry& entry, const std::string& what) {
  scan.fail(entry.at, "tensor '" + base::printable(entry.tensor.name) + "' " + what);
}

void read_fields(JsonScan& scan, Entry& entry) {
  std::string key;
  if (!scan.enter_object()) return;
  while (scan.next_key(key)) {
    if (key == "dtype") {
      read_type(scan, entry);
    } else if (key == "shape") {
      read_shape(scan, entry);
    } else if (key == "data_offsets") {
      read_offsets(scan, entry);
    } else {
      scan.skip();
    }
  }
  if (entry.tensor.type == nullptr || !entry.has_shape || !entry.has_data) {
    fail_tensor(scan, entry, "lacks one of dtype, shape and data_offsets");
  }
}

/// The data must be as long as type and shape say.
void check_length(JsonScan& scan, Entry& entry) {
  Elements elements{1};
  for (const auto length : entry.tensor.shape) elements = elements * length;
  const auto bits = elements * entry.tensor.type->bits;
  const auto bytes = entry.end - entry.begin;
  if (bits.overflowed()) return fail_tensor(scan, entry, "is too large to count");
  const auto expected = static_cast<std::uint64_t>(bits.count()) / 8;
  if (bits.count() % 8 == 0 && expected == bytes) {
    entry.tensor.bytes = static_cast<std::int64_t>(bytes);
    return;
  }
  fail_tensor(scan, entry,
              "has " + std::to_string(bytes) + " bytes where its type and shape take " +
                  std::to_string(expected));
}

std::vector<Entry> read_entries(JsonScan& scan) {
  std::vector<Entry> entries;
  std::string key;
  if (!scan.enter_object()) return entries;
  while (scan.next_key(key)) {
    if (key == "__metadata__") {
      scan.skip();
      continue;
    }
    auto& entry = entries.emplace_back();
    entry.at = scan.offset();
    entry.tensor.name = std::move(key);
    read_fields(scan, entry);
    if (!scan.fault()) check_length(scan, entry);
  }
  scan.at_end();
  return entries;
}

void check_names(JsonScan& scan, const std::vector<Entry>& entries) {
  std::vector<const Entry*> sorted;
  sorted.reserve(entries.size());
  for (const auto& entry : entries) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(),
            [](const Entry* a, const Entry* b) { return a->tensor.name < b->tensor.name; });
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i]->tensor.name != sorted[i - 1]->tensor.name) continue;
    scan.fail(std::max(sorted[i]->at, sorted[i - 1]->at),
              "tensor '" + base::printable(sorted[i]->tensor.name) + "' is given twice");
  }
}

/// The data of the tensors must fill their part of the file without holes or overlaps.
void check_layout(JsonScan& scan, std::vector<Entry>& entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  std::uint64_t end = 0;
  for (const auto& entry : entries) {
    if (entry.begin != end) {
      const auto* const what = entry.begin < end ? "' overlaps the tensor before it"
                                                 : "' leaves a hole after the tensor before it";
      scan.fail(entry.at, "the data of tensor '" + base::printable(entry.tensor.name) + what);
    }
    end = entry.end;
  }
}

tl::unexpected<Error> broken(const std::string& path, std::uint64_t offset, std::string message) {
  return fail(ErrorCode::invalid_file, std::move(message),
              "the file is not a safetensors file, or was damaged: download it again",
              at_byte(path, offset));
}

Result<std::uint64_t> header_length(FileBytes& file, const std::string& path) {
  if (file.size() < length_bytes) return broken(path, file.size(), "the file ends too early");
  const auto prefix = read_part(file, path, 0, length_bytes);
  if (!prefix) return tl::unexpected<Error>(prefix.error());
  std::uint64_t length = 0;
  for (std::size_t i = length_bytes; i-- > 0;) {
    length = length << 8 | static_cast<unsigned char>((*prefix)[i]);
  }
  if (length > header_limit) {
    return broken(path, 0,
                  "a header of " + std::to_string(length) + " bytes; the format allows 100 MB");
  }
  if (length > file.size() - length_bytes) {
    return broken(path, file.size(),
                  "the file ends within its header of " + std::to_string(length) + " bytes");
  }
  return length;
}

Result<void> check_end(const std::string& path, std::uint64_t needed, std::uint64_t size) {
  if (needed == size) return {};
  if (needed < size) {
    return broken(path, needed, std::to_string(size - needed) + " bytes after the last tensor");
  }
  return broken(path, size,
                "the file is cut: " + std::to_string(needed - size) + " bytes are missing");
}

}  // namespace

Result<SafetensorsHeader> read_safetensors(ModelFiles& files, const std::string& path) {
  auto file = files.open(path);
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  const auto length = header_length(**file, path);
  if (!length) return tl::unexpected<Error>(length.error());
  const auto text = read_part(**file, path, length_bytes, *length);
  if (!text) return tl::unexpected<Error>(text.error());
  JsonScan scan(*text);
  auto entries = read_entries(scan);
  if (!scan.fault()) check_names(scan, entries);
  if (!scan.fault()) check_layout(scan, entries);
  if (scan.fault()) {
    return broken(path, length_bytes + scan.fault()->offset, scan.fault()->message);
  }
  const auto start = length_bytes + *length;
  const auto data = entries.empty() ? 0 : entries.back().end;
  if (auto end = check_end(path, start + data, (*file)->size()); !end) {
    return tl::unexpected<Error>(std::move(end.error()));
  }
  SafetensorsHeader header;
  header.header_bytes = static_cast<std::int64_t>(start);
  header.file_bytes = static_cast<std::int64_t>((*file)->size());
  header.tensors.reserve(entries.size());
  for (auto& entry : entries) header.tensors.push_back(std::move(entry.tensor));
  return header;
}

}  // namespace llmfit::model

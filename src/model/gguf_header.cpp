// SPDX-License-Identifier: MIT
#include "model/gguf_header.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace llmfit::model {
namespace {

// Limits of ggml (ggml/include/ggml.h, ggml/src/gguf.cpp); the number of tensors is ours.
constexpr std::uint32_t most_dimensions = 4;
constexpr std::uint64_t longest_name = 63;
constexpr std::uint64_t most_tensors = std::uint64_t{1} << 20U;
constexpr std::int64_t default_alignment = 32;
constexpr std::uint32_t oldest_version = 2;
constexpr std::uint32_t newest_version = 3;

void check_version(GgufCursor& cursor) {
  const auto where = cursor.offset();
  const auto version = cursor.number<std::uint32_t>("the version of the format");
  if (!cursor.ok() || (version >= oldest_version && version <= newest_version)) return;
  if (version != 0 && (version & 0xFFFFU) == 0) {
    return cursor.fail(where, "a GGUF file in big-endian byte order cannot be read",
                       "get the little-endian file of this model", ErrorCode::unsupported);
  }
  const auto text = std::to_string(version);
  const bool old = version < oldest_version;
  cursor.fail(where, "GGUF version " + text + " cannot be read, only versions 2 and 3",
              old ? "convert the model again: llama.cpp has dropped this version too"
                  : "a newer llmfit may read it",
              ErrorCode::unsupported);
}

void check_magic(GgufCursor& cursor) {
  constexpr std::uint32_t magic = 0x46554747;  // "GGUF"
  const auto read = cursor.number<std::uint32_t>("the first word");
  if (!cursor.ok() || read == magic) return;
  cursor.fail(0, "not a GGUF file: it does not begin with the letters GGUF",
              "llmfit reads GGUF, safetensors and config.json; older GGML files must be converted");
}

bool multiply(std::int64_t& product, std::int64_t factor) {
  return !__builtin_mul_overflow(product, factor, &product);
}

void read_shape(GgufCursor& cursor, GgufTensor& tensor) {
  const auto where = cursor.offset();
  const auto dimensions = cursor.number<std::uint32_t>("the table of tensors");
  if (dimensions > most_dimensions) {
    return cursor.fail(where, "tensor " + quoted(tensor.name) + " has " +
                                  std::to_string(dimensions) + " dimensions; at most 4 exist");
  }
  std::int64_t elements = 1;
  for (std::uint32_t i = 0; i < dimensions && cursor.ok(); ++i) {
    const auto at = cursor.offset();
    const auto size = static_cast<std::int64_t>(cursor.number<std::uint64_t>("a tensor's shape"));
    if (size <= 0) {
      cursor.fail(at, "tensor " + quoted(tensor.name) + " has a dimension of " +
                          std::to_string(size) + " elements");
    } else if (!multiply(elements, size)) {
      cursor.fail(at, "tensor " + quoted(tensor.name) + " has more than 2^63 elements");
    }
    tensor.shape[i] = size;
  }
}

void set_bytes(GgufCursor& cursor, GgufTensor& tensor, std::uint32_t id, std::uint64_t where) {
  if (!cursor.ok()) return;
  if (tensor.type == nullptr || tensor.type->bytes == 0) {
    const auto what = tensor.type == nullptr ? "the unknown type " + std::to_string(id)
                                             : "type " + std::string(tensor.type->name) +
                                                   ", which llama.cpp no longer reads";
    return cursor.fail(where, "tensor " + quoted(tensor.name) + " has " + what,
                       "convert or quantize the model again");
  }
  const auto block = tensor.type->elements;
  if (tensor.shape[0] % block != 0) {
    return cursor.fail(where, "a row of tensor " + quoted(tensor.name) + " has " +
                                  std::to_string(tensor.shape[0]) +
                                  " elements, no multiple of the " + std::to_string(block) +
                                  " in a block of " + std::string(tensor.type->name));
  }
  std::int64_t bytes = tensor.shape[0] / block;
  const bool fits = multiply(bytes, tensor.shape[1]) && multiply(bytes, tensor.shape[2]) &&
                    multiply(bytes, tensor.shape[3]) && multiply(bytes, tensor.type->bytes);
  if (!fits) cursor.fail(where, "tensor " + quoted(tensor.name) + " has more than 2^63 bytes");
  tensor.bytes = static_cast<std::uint64_t>(bytes);
}

GgufTensor read_tensor(GgufCursor& cursor) {
  GgufTensor tensor;
  tensor.entry = cursor.offset();
  tensor.name = cursor.text(longest_name, "the name of a tensor");
  if (cursor.ok() && (tensor.name.empty() || !is_utf8(tensor.name))) {
    cursor.fail(tensor.entry,
                "the tensor name " + quoted(tensor.name) + " is empty or not valid UTF-8");
  }
  read_shape(cursor, tensor);
  const auto where = cursor.offset();
  const auto type = cursor.number<std::uint32_t>("the table of tensors");
  tensor.type = gguf_type(type);
  tensor.offset = cursor.number<std::uint64_t>("the table of tensors");
  set_bytes(cursor, tensor, type, where);
  return tensor;
}

void read_tensors(GgufCursor& cursor, std::vector<GgufTensor>& tensors, std::uint64_t count) {
  if (count > most_tensors) {
    cursor.fail(cursor.offset(), "the header claims " + std::to_string(count) + " tensors");
  }
  for (; count > 0 && cursor.ok(); --count) tensors.push_back(read_tensor(cursor));
}

/// The data begin at the next multiple of this, and so does each tensor in them.
std::uint64_t read_alignment(GgufCursor& cursor, const GgufMetadata& metadata) {
  constexpr std::string_view key = "general.alignment";
  const auto alignment = metadata.number(key).value_or(default_alignment);
  const bool power = alignment > 0 && (alignment & (alignment - 1)) == 0;
  if (power && (metadata.number(key) || !metadata.has(key))) {
    return static_cast<std::uint64_t>(alignment);
  }
  cursor.fail(cursor.offset(), "'general.alignment' is not a power of two");
  return 1;
}

void check_data(GgufCursor& cursor, std::uint64_t start, std::uint64_t alignment,
                const std::vector<GgufTensor>& tensors) {
  std::vector<const GgufTensor*> order;
  order.reserve(tensors.size());
  for (const auto& tensor : tensors) order.push_back(&tensor);
  const auto earlier = [](const auto* a, const auto* b) { return a->offset < b->offset; };
  if (!std::is_sorted(order.begin(), order.end(), earlier)) {
    std::sort(order.begin(), order.end(), earlier);
  }
  std::uint64_t end = 0;
  const auto limit = std::uint64_t{std::numeric_limits<std::int64_t>::max()} - start;
  for (const auto* tensor : order) {
    const auto fault = [&](std::string_view what) {
      cursor.fail(tensor->entry, "the data of tensor " + quoted(tensor->name) + std::string(what));
    };
    if (tensor->offset % alignment != 0) return fault(" are not aligned");
    if (tensor->offset < end) return fault(" overlap those of another tensor");
    if (tensor->offset > limit || tensor->bytes > limit - tensor->offset) {
      return fault(" end beyond 2^63 bytes");
    }
    end = tensor->offset + tensor->bytes;
  }
  if (order.empty() || start + end <= cursor.size()) return;
  cursor.fail(
      cursor.size(),
      "the file is cut short: " + std::to_string(start + end - cursor.size()) +
          " bytes of tensor data are missing",
      "download the file again; it should have at least " + std::to_string(start + end) + " bytes");
}

std::uint64_t padded(std::uint64_t offset, std::uint64_t alignment) {
  const auto rest = offset % alignment;
  return rest == 0 ? offset : offset + (alignment - rest);
}

}  // namespace

Result<GgufHeader> read_gguf_header(FileBytes& file, const std::string& path) {
  GgufCursor cursor(file, path);
  GgufHeader header;
  header.file_bytes = cursor.size();
  check_magic(cursor);
  check_version(cursor);
  const auto tensors = cursor.number<std::uint64_t>("the number of tensors");
  const auto keys = cursor.number<std::uint64_t>("the number of keys");
  header.metadata.read(cursor, keys);
  read_tensors(cursor, header.tensors, tensors);
  const auto alignment = read_alignment(cursor, header.metadata);
  if (cursor.ok()) {
    check_data(cursor, padded(cursor.offset(), alignment), alignment, header.tensors);
  }
  if (!cursor.ok()) return tl::unexpected<Error>(cursor.error());
  return header;
}

}  // namespace llmfit::model

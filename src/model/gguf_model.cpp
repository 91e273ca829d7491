// SPDX-License-Identifier: MIT
#include "model/gguf_model.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "model/counts.hpp"
#include "model/gguf_architecture.hpp"
#include "model/gguf_format.hpp"
#include "model/gguf_layers.hpp"
#include "model/gguf_tensors.hpp"

namespace llmfit::model {
namespace {

tl::unexpected<Error> invalid(std::string message, const std::string& path) {
  return fail(ErrorCode::invalid_file, std::move(message), std::string(damaged_hint), path);
}

/// What a GGUF file may hold instead of a language model: `general.type`.
Result<void> check_type(const GgufMetadata& metadata, const std::string& path) {
  const auto type = metadata.text("general.type").value_or("model");
  const bool tower = metadata.text("general.architecture") == "clip";
  if (type == "model" && !tower) return {};
  const auto what = tower ? std::string("mmproj") : base::printable(type);
  return fail(ErrorCode::unsupported, "the file holds no language model but '" + what + "'",
              "give the file of the model that it belongs to", path);
}

Result<std::string> read_architecture(const GgufMetadata& metadata, const std::string& path) {
  const auto name = metadata.text("general.architecture").value_or("");
  const bool word = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
  if (!name.empty() && word) return std::string(name);
  return invalid("the file does not tell its 'general.architecture'", path);
}

std::string file_stem(const std::string& path) {
  auto stem = path.substr(path.find_last_of('/') + 1);
  if (const auto part = part_name(stem)) return part->stem;
  if (stem.ends_with(".gguf")) stem.resize(stem.size() - 5);
  return stem;
}

std::string name_of(const GgufMetadata& metadata, const std::string& path) {
  const auto name = metadata.text("general.name").value_or("");
  return base::printable(name.empty() ? std::string_view(file_stem(path)) : name);
}

std::string dtype_of(TensorType type) {
  switch (type) {
    case TensorType::f32:
      return "float32";
    case TensorType::f16:
      return "float16";
    case TensorType::bf16:
      return "bfloat16";
    default:
      return {};
  }
}

void describe(Model& model, const GgufFiles& files, const std::string& path) {
  model.id = model.name = name_of(files.metadata, path);
  model.source = ModelSource::gguf;
  model.runs_on_llama_cpp = true;
  model.file = describe_gguf(files);
  model.native_dtype = dtype_of(model.file->format.type);
}

/// Blocks that the header counts and the tensors lack, or a width that is not theirs. In `deci` a
/// block may be empty, and files lose their draft blocks.
Result<void> check_blocks(const GgufDims& dims, const Model& model, const GgufStacks& stacks,
                          const std::string& path) {
  const auto blocks = stacks.blocks - stacks.drafts;
  std::vector<bool> found(static_cast<std::size_t>(stacks.blocks));
  for (const auto& tensor : model.tensors) {
    if (tensor.layer >= 0) found[static_cast<std::size_t>(tensor.layer)] = true;
    if (tensor.role == Role::token_embedding && tensor.suffix == Suffix::weight &&
        tensor.shape[0] != model.arch.hidden_size) {
      return invalid("the file claims an embedding of " + std::to_string(model.arch.hidden_size) +
                         " numbers, its tensor has " + std::to_string(tensor.shape[0]),
                     path);
    }
  }
  const auto lacking = std::find(found.begin(), found.begin() + blocks, false);
  if (lacking == found.begin() + blocks || dims.architecture() == "deci") return {};
  return invalid("the file claims " + std::to_string(blocks) +
                     " blocks but has no tensors of number " +
                     std::to_string(lacking - found.begin()),
                 path);
}

Result<Model> assemble(const GgufFiles& files, std::string architecture, const std::string& path) {
  GgufDims dims(files.metadata, architecture);
  const auto stacks = gguf_stacks(dims, has_decoder(files.tensors));
  const auto count = files.tensors.size();
  if (static_cast<std::uint64_t>(stacks.blocks) > count) {
    dims.fail("the file claims " + std::to_string(stacks.blocks) + " blocks but has " +
              std::to_string(count) + " tensors");
  }
  if (dims.fault()) return invalid(*dims.fault(), path);
  auto tensors = gguf_tensors(files, stacks, path);
  if (!tensors) return tl::unexpected<Error>(std::move(tensors.error()));
  Model model;
  model.tensors = std::move(tensors->tensors);
  model.towers = std::move(tensors->towers);
  model.storage = std::move(tensors->stems);
  const auto blocks = blocks_of(model.tensors, static_cast<std::size_t>(stacks.blocks));
  model.arch = gguf_architecture(dims, stacks, blocks, model.tensors);
  model.layers = gguf_layers(dims, model.arch, blocks);
  const auto context = dims.get("context_length");
  if (dims.fault()) return invalid(*dims.fault(), path);
  if (auto whole = check_blocks(dims, model, stacks, path); !whole) {
    return tl::unexpected<Error>(std::move(whole.error()));
  }
  if (context > 0) model.context_length = Tokens{context};
  model.architecture = std::move(architecture);
  return model;
}

}  // namespace

bool is_gguf(FileBytes& file) {
  std::array<char, 4> magic{};
  const auto read = file.read(0, magic);
  return read && *read == magic.size() && std::string_view(magic.data(), magic.size()) == "GGUF";
}

Result<Model> read_gguf(ModelFiles& files, const std::string& path) {
  auto read = read_gguf_files(files, path);
  if (!read) return tl::unexpected<Error>(std::move(read.error()));
  if (auto type = check_type(read->metadata, path); !type) {
    return tl::unexpected<Error>(std::move(type.error()));
  }
  auto architecture = read_architecture(read->metadata, path);
  if (!architecture) return tl::unexpected<Error>(std::move(architecture.error()));
  if (read->tensors.empty()) return invalid("the file holds no tensors, only a vocabulary", path);
  auto model = assemble(*read, std::move(*architecture), path);
  if (!model) return model;
  describe(*model, *read, path);
  count_all_parameters(*model);
  if (!model->parameters->overflowed()) return model;
  return fail(ErrorCode::too_large, "the file has more elements than can be counted",
              std::string(damaged_hint), path);
}

}  // namespace llmfit::model

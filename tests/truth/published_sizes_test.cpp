// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/file_size.hpp"
#include "support/score.hpp"

using namespace llmfit;

namespace {

enum What { file, tensors };

struct File {
  std::string_view format;
  std::int64_t bytes = 0;
  std::int64_t precision = 0;  ///< half of the last digit that the listing prints
  What what = file;
  bool mix = false;
};

struct Listing {
  std::string_view model;
  std::string_view source;
  std::vector<File> files;
};

const std::vector<Listing>& listings() {
  static const std::vector<Listing> all = {
#include "published_sizes.inc"
  };
  return all;
}

enum Kind {
  own_recipe,  ///< not what the engine's quantizer writes under that name
  matrix,      ///< with an importance matrix where the publisher's others have none, or without
  older_recipe,
  other_input,
  other_tensors
};

/// Why a published file differs from what today's engine would write of the same model.
struct Outlier {
  std::string_view model;
  std::string_view source;
  std::string_view formats;
  Kind kind;
  std::string_view reason;
};

constexpr std::string_view below_8_bits =
    "q3_k_s q3_k_m q4_0 q4_k_s q4_k_m q5_k_s q5_k_m iq4_nl iq4_xs mxfp4_moe";

constexpr Outlier outliers[] = {
#include "published_sizes_outliers.inc"
};

/// Publishers whose files are made with an importance matrix: their cards say so.
constexpr auto with_matrix =
    std::to_array<std::string_view>({"bartowski/", "unsloth/", "Mungert/"});

bool has_matrix(std::string_view source) {
  if (source.find("-i1-GGUF") != std::string_view::npos) return true;  // mradermacher's name for it
  return std::any_of(with_matrix.begin(), with_matrix.end(),
                     [&](std::string_view owner) { return source.starts_with(owner); });
}

bool lists(std::string_view formats, std::string_view format) {
  const auto padded = " " + std::string(formats) + " ";
  return formats.empty() || padded.find(" " + std::string(format) + " ") != std::string::npos;
}

const Outlier* outlier_of(const Listing& listing, const File& one) {
  const auto name = std::string(one.format) + (one.mix ? "_l" : "");
  for (const auto& outlier : outliers) {
    const bool same = outlier.model == listing.model && listing.source.starts_with(outlier.source);
    if (same && lists(outlier.formats, name)) return &outlier;
  }
  return nullptr;
}

/// Embedding and output matrix at Q8_0, the rest as usual.
Bytes mixed_bytes(const Model& model, const Format& format, Bytes usual) {
  const auto types = tensor_types(model, format);
  for (std::size_t i = 0; i < model.tensors.size(); ++i) {
    const auto& tensor = model.tensors[i];
    const bool ends = tensor.role == Role::token_embedding || tensor.role == Role::output;
    if (!ends || tensor.is_bias()) continue;
    const auto rows = tensor.shape[1];
    usual += (row_bytes(TensorType::q8_0, tensor.shape[0]) - row_bytes(types[i], tensor.shape[0])) *
             rows;
  }
  return usual;
}

std::int64_t predicted(const Model& model, const Listing& listing, const File& one,
                       const Outlier* why) {
  auto format = *Catalog::builtin().find_format(Engine::llama_cpp, one.format);
  const bool otherwise = why != nullptr && why->kind == matrix;
  format.imatrix = has_matrix(listing.source) != otherwise;
  const auto weights = weigh(model, format).value();
  const auto size = file_size(model, weights, format);
  auto bytes = one.what == file && size ? size->total() : weights.tensor_bytes;
  if (one.mix) bytes = mixed_bytes(model, format, bytes);
  return bytes.count();
}

/// What a published file is called in the printed table.
std::string label(const Listing& listing, const File& one) {
  return std::string(listing.model) + " of " + std::string(listing.source) + ", " +
         std::string(one.format) + (one.mix ? " with Q8_0 ends" : "");
}

bool within(const File& one, std::int64_t got) {
  const auto allowed =
      std::max(0.003 * static_cast<double>(one.bytes), static_cast<double>(one.precision));
  return static_cast<double>(std::llabs(got - one.bytes)) <= allowed;
}

/// Tells of a file that misses, and why.
void tell(const Listing& listing, const File& one, std::int64_t got, const Outlier* why) {
  const auto off = static_cast<double>(one.bytes - got) / static_cast<double>(one.bytes);
  const auto reason = why == nullptr ? std::string("unexplained") : std::string(why->reason);
  std::printf("    %s: %+.2f %% (%s)\n", label(listing, one).c_str(), 100 * off, reason.c_str());
}

}  // namespace

TEST_CASE("published GGUF files weigh what their recipe and tokenizer come to", "[published]") {
  test::Score score("published file sizes, stock recipes", 1);
  std::size_t good = 0;
  std::size_t others = 0;
  for (const auto& listing : listings()) {
    const auto* const record = Catalog::builtin().find_model(listing.model);
    INFO(listing.model);
    REQUIRE(record != nullptr);
    const auto model = make_model(*record).value();
    for (const auto& one : listing.files) {
      const auto* const why = outlier_of(listing, one);
      const auto got = predicted(model, listing, one, why);
      const bool fits = within(one, got);
      INFO(label(listing, one) << ": " << got << " for " << one.bytes);
      CHECK((fits || why != nullptr));
      if (!fits) tell(listing, one, got, why);
      if (why != nullptr && why->kind == own_recipe) {
        ++others;
        continue;
      }
      score.add(label(listing, one), got, one.bytes);
      good += fits ? 1 : 0;
    }
  }
  score.print();
  std::printf(
      "  %zu of %zu within 0.3 %% or the listing's precision; %zu more are no stock recipe\n", good,
      score.rows(), others);
  CHECK(good * 100 >= score.rows() * 97);
}

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/fit.hpp"

namespace llmfit {

/// Which models of the catalog count; empty lists and absent limits leave all in.
struct RankFilter {
  std::vector<std::string> licenses;  ///< the catalog's ids
  std::vector<std::string> families;
  std::optional<std::int64_t> least_parameters;
  std::optional<std::int64_t> most_parameters;
  std::optional<std::int64_t> min_context;  ///< tokens that the format has to hold
  bool commercial = false;                  ///< the licence allows commercial use
};

/// What comes first; ties, and all of `quality`, by the rule that `rank` documents.
enum class RankSort { quality, params, context, headroom, fastest };

struct RankRequest {
  std::vector<std::string> formats;  ///< as `--quant` takes them; empty: the default ladder
  std::optional<Engine> engine;      ///< absent: each format's default engine
  bool imatrix = false;              ///< llama.cpp's types as an importance matrix changes them
  WorkloadRequest workload;
  HardwareRequest hardware;  ///< one set: an alternative, or cards together
  RankFilter filter;
  LoadRequest load;
  RankSort sort = RankSort::quality;
  std::int64_t limit = 20;  ///< rows, 0: no limit
  bool all = false;         ///< also models that do not fit
};

/// A model in the best format that the hardware holds; where it holds none, in the smallest.
struct RankedModel {
  const ModelRecord* record = nullptr;
  FormatChoice choice;
  std::optional<Weights> weights;  ///< absent: the engine lacks every format that was asked for
  Candidate candidate;             ///< solved
  bool fits = false;
};

struct RankResult {
  std::vector<RankedModel> models;  ///< ordered, cut to the limit
  std::int64_t models_total = 0;    ///< before the cut
  std::int64_t fitting = 0;         ///< of those
  std::int64_t considered = 0;      ///< models that pass the filters
  std::vector<GpuCount> gpus;       ///< the set; empty: host memory alone
  std::vector<Bytes> usable;        ///< of each device; empty where the models differ in it
  std::vector<Note> notes;
};

/// The metric by which models of one size class are compared; the catalog has it for the most.
inline constexpr std::string_view rank_metric = "MMLU-Pro";
/// Its figure; absent: none was published.
std::optional<ModelScore> rank_score(const ModelRecord& model);

/// Nominal bits below which a format costs so much quality that a smaller model is often the better
/// choice: on Llama 3 8B the perplexity of q3_k_m is 10.5 % and that of q2_k 56 % above that of 16
/// bits, of q4_k_m 2.8 % (the catalog's figures, from llama.cpp's perplexity README).
inline constexpr double rank_bits = 4;

/// The size class of a model, larger for larger ones: below 1.5, 3, 6, 12, 24, 48, 96 … billion
/// parameters, so that the usual sizes (7, 8 and 9; 13 and 14; 27, 32 and 34; 70 and 72) stand
/// together.
int size_class(std::int64_t parameters);

/// For one set of hardware every model of the catalog with the best format that it holds, "best"
/// being the most bits per weight. Of a family of cards the smallest variant decides. The order:
/// what fits; formats of `rank_bits` and more; larger size classes; a published score, and a higher
/// one; more bits; more parameters; the id. Errors: usage (not one set), those of resolve_formats
/// and make_workload.
Result<RankResult> rank(const Catalog& catalog, const RankRequest& request);

}  // namespace llmfit

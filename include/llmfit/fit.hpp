// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/add_ons.hpp"
#include "llmfit/api_price.hpp"
#include "llmfit/catalog.hpp"
#include "llmfit/file_size.hpp"
#include "llmfit/load.hpp"
#include "llmfit/notes.hpp"
#include "llmfit/owning.hpp"
#include "llmfit/placement.hpp"
#include "llmfit/sizing.hpp"
#include "llmfit/speed_terms.hpp"
#include "llmfit/vllm_plan.hpp"
#include "llmfit/workload.hpp"

namespace llmfit {

/// One card of a `--gpu` alternative: its variants, each tried on its own.
struct CardChoice {
  std::string typed;                       ///< as the person wrote it
  std::vector<const GpuRecord*> variants;  ///< empty: host memory alone (`cpu`)
  std::optional<std::int32_t> count;       ///< exactly this many; absent: 1 to max_gpus
};

/// A card of this machine, and what of it can be used now.
struct LocalDevice {
  const GpuRecord* gpu = nullptr;
  Device device;
  Basis basis = Basis::estimate;
  bool free_is_known = false;  ///< else all that a program can have is taken for free
};

/// This machine as it was found (`--gpu local`): sets of its own cards, or its host memory alone.
struct LocalMachine {
  std::vector<LocalDevice> devices;   ///< equal ones stand together
  std::optional<Device> host;         ///< host memory; absent: not known
  std::optional<std::int32_t> count;  ///< exactly this many of the cards
  bool best_only = false;             ///< one set: the smallest that holds, else the largest
  std::shared_ptr<const void> owned;  ///< keeps the records that the catalog lacks
  std::vector<Note> notes;            ///< what there is to say about it
};

/// `--gpu A --gpu B` is one machine with both; `--gpu A,B` are alternatives.
struct HardwareRequest {
  std::vector<CardChoice> alternatives;  ///< empty (and no mixed set): every card of the catalog
  std::vector<CardChoice> together;      ///< a mixed set: all of these in one machine
  std::int32_t max_gpus = 8;
  DeviceLimits limits;                ///< of each device
  std::optional<LocalMachine> local;  ///< instead of all of the above
};

struct OfferFilter {
  std::vector<std::string> providers;  ///< empty: all
  RentalTerm term = RentalTerm::on_demand;
  std::optional<double> max_usd_hour;
  std::optional<double> min_sla;  ///< percent; an offer that promises nothing does not count
  bool commercial = false;        ///< without cards that their driver's licence bars from renting
};

/// What a configuration has to keep beside holding the model (`OfferFilter` has the hourly price).
struct Requirements {
  std::optional<double> usd_month;
  std::optional<std::int64_t> context;      ///< tokens that its largest context must reach
  std::optional<std::int64_t> sequences;    ///< that it must hold at once
  std::optional<double> headroom_fraction;  ///< of the usable memory of each device, kept free
  std::optional<Bytes> headroom;            ///< kept free on each device
  bool commercial = false;                  ///< the model's licence must allow to earn money
};

enum class LimitKind {
  max_usd_hour,
  max_usd_month,
  min_context,
  min_sequences,
  headroom_fraction,
  headroom,
  min_sla,
  ttft,                 ///< seconds until the first token
  tpot,                 ///< seconds between two tokens of an answer
  users,                ///< requests in flight on this one set of hardware
  requests_per_second,  ///< the same
  within_hours,
};
std::string_view to_string(LimitKind kind);  ///< as in JSON
std::string_view unit_of(LimitKind kind);    ///< "usd_per_hour", "tokens" …

/// One limit beside what a configuration has. What is unknown does not keep a limit; a context that
/// nothing bounds keeps every one.
struct LimitResult {
  LimitKind limit = LimitKind::max_usd_hour;
  double asked = 0;
  std::optional<double> actual;  ///< absent: not known, or without bound
  bool kept = false;
};

enum class Sort { cheapest, fewest, fastest, headroom };

/// A format to try, under the engine that will run it.
struct FormatChoice {
  std::optional<Format> format;  ///< absent: the engine has no such format
  Engine engine = Engine::llama_cpp;
  std::string typed;
  bool engine_is_default = false;  ///< nobody named the engine
};

/// Pruned weights. No engine that llmfit knows stores fewer bytes for them; the result says so.
struct Sparsity {
  bool two_of_four = false;  ///< in each four weights of a row two are zero
  double fraction = 0;       ///< of zeros
};

struct FitRequest {
  std::vector<FormatChoice> formats;
  WorkloadRequest workload;
  HardwareRequest hardware;
  OfferFilter offers;
  Requirements limits;
  LoadRequest load;
  double utilisation = 1;  ///< share of the time that tokens are made, for what they cost
  ApiRequest apis;
  Sort sort = Sort::cheapest;
  std::int64_t limit = 20;  ///< configurations per format, 0: no limit
  bool all = false;         ///< larger sets than the smallest that fits, and those that do not fit
  std::optional<Sparsity> sparsity;
  AddOns add_ons;
  std::optional<double> host_memory_gib;  ///< of a machine; absent: what its offer says
  bool ollama = false;  ///< llama.cpp runs inside Ollama: a note says what that fixes
  bool table = false;   ///< users x context for the first configuration of each format
  std::string today;    ///< YYYY-MM-DD, against which prices are old; empty: not judged
  /// A yes is one of every variant of a card, as `check` answers.
  bool every_variant = false;
  bool explain = false;  ///< also how the rates of the first configuration come about
  std::optional<OwningRequest> owning{};  ///< absent: not asked for
};

struct GpuCount {
  const GpuRecord* gpu = nullptr;
  double count = 0;  ///< whole, or below 1 for a slice
};

/// Money of one configuration; what is unknown is absent.
struct Cost {
  const OfferRecord* offer = nullptr;  ///< the cheapest machine that holds it
  std::int32_t machines = 0;           ///< how many of that machine
  RentalTerm term = RentalTerm::on_demand;
  std::optional<double> usd_per_hour;
  std::optional<double> usd_per_month;                 ///< 730 hours
  std::optional<double> usd_per_million_tokens;        ///< of output, see FitRequest::utilisation
  std::optional<double> usd_per_million_input_tokens;  ///< in hours that read prompts alone
  std::optional<double> usd_per_request;  ///< of a prompt and its answer, where LoadRequest has one
  std::optional<double> purchase_usd;     ///< cards only
  bool purchase_is_street = false;        ///< else the launch price
  bool purchase_is_given = false;         ///< by the person, for the whole hardware
};

/// One configuration of hardware, and the verdict on it.
struct Candidate {
  std::vector<GpuCount> gpus;  ///< one entry; several for a mixed set; empty: host memory alone
  Split split;
  bool fits = false;
  bool holds = false;  ///< the memory suffices, whatever else speaks against it
  std::optional<Reason> reason;
  std::string_view why;             ///< what does not divide; empty otherwise
  std::vector<LimitResult> limits;  ///< those that were asked for
  bool by_limit = false;            ///< the reason is one of them, not the hardware
  std::vector<DevicePlacement> devices;
  std::optional<HostShare> offload;  ///< absent: nothing was left to the host
  Basis usable_basis = Basis::estimate;
  std::optional<std::int64_t> max_context;
  std::optional<std::int64_t> max_sequences;
  std::optional<VllmPlan> vllm;  ///< under that engine, where it was placed
  Cost cost;
  std::optional<Rates> rates{};                ///< absent: not known, or it does not hold the model
  std::optional<Service> service{};            ///< absent: none was asked for, or it holds no model
  std::shared_ptr<const BatchResult> batch{};  ///< null: no job was given, or no rate is known
  bool usable_is_given = false;                ///< the person says how much memory may be used
  std::string_view usable_rule =
      {};                          ///< where the usable memory is not what the card's record says
  std::optional<Owning> owning{};  ///< absent: not asked for
  std::optional<Energy> energy{};  ///< likewise
};

/// The device with the least headroom, which decides; null when nothing was placed.
const DevicePlacement* tightest(const Candidate& candidate);
/// Dollars an hour of all copies that a load takes; of one configuration where no load is asked
/// for.
std::optional<double> whole_usd_per_hour(const Candidate& candidate);
std::optional<double> whole_usd_per_month(const Candidate& candidate);  ///< 730 hours
/// Copies that a load takes; 1 where none is asked for, and where no number of them suffices.
std::int64_t copies_of(const Candidate& candidate);
std::optional<double> whole_purchase_usd(const Candidate& candidate);  ///< of all copies
/// Cards of all kinds together; 0: host memory alone, below 1: a slice.
double card_count(const Candidate& candidate);

/// The percentage of uptime that an offer promises, over several zones where that is more than for
/// one machine; absent: none is known.
std::optional<double> promised_uptime(const OfferRecord& offer);

/// Whether the candidate is one of the choice's variants (or host memory where it names that).
bool belongs_to(const Candidate& candidate, const CardChoice& choice);

/// Day of the price that counts, on the term that it is for; empty without an offer.
std::string_view price_date(const Cost& cost);

/// What contexts times users take in one configuration: `needed[c][s]` on the device with the least
/// headroom, of `contexts[c]` tokens for each of `sequences[s]`. Without a configuration it is the
/// total on one device, and nothing is judged.
struct LoadTable {
  struct Entry {
    Bytes needed;
    std::optional<bool> fits;
  };
  std::vector<std::int64_t> contexts;
  std::vector<std::int64_t> sequences;
  std::vector<std::vector<Entry>> entries;
  std::optional<std::size_t> candidate;  ///< which of the result's; absent: one device without end
};

/// What a configuration that fits has room for beside what was asked, each taken alone.
struct Headroom {
  std::optional<std::int64_t> context_tokens;  ///< of one sequence more; absent: unknown
  std::optional<std::int64_t> sequences;       ///< more of them; absent: unknown
  const Format* next_format = nullptr;         ///< the most bits that would fit there; null: these
  std::optional<double> bits_per_weight;       ///< of that format
};

/// Everything about one format.
struct FormatResult {
  FormatChoice choice;
  std::optional<Workload> workload;  ///< absent: the engine lacks the format
  std::optional<Weights> weights;
  std::optional<FileSize> file;        ///< what one downloads, where it is a GGUF file
  std::optional<Footprint> footprint;  ///< add-ons included
  std::optional<LoadTable> table;
  std::vector<Candidate> candidates;  ///< ordered, cut to the limit
  /// Of the first candidate, where it fits, against each of FitRequest::apis.
  std::vector<ApiBreakEven> break_even;
  std::optional<Headroom> headroom;   ///< of the first candidate, where it fits
  std::int64_t candidates_total = 0;  ///< before the cut
  bool any_fits = false;
  /// One of the alternatives asked for fits in every variant: nobody knows which variant of a
  /// family will be there, so this is what `check` answers.
  bool every_variant_fits = false;
  /// Of the first candidate, where it was asked for and a rate is known.
  std::optional<SpeedExplanation> speed{};
  std::shared_ptr<const BatchPlan> batch{};  ///< null: no job was given
};

/// By what a no may become a yes.
enum class Lever {
  format,
  kv_type,
  context,
  sequences,
  split,
  offload,
  cards,   ///< more of them
  card,    ///< another one
  offer,   ///< whatever can be rented cheapest
  engine,  ///< another one, on the same cards
  budget,
  users,   ///< fewer of them
  within,  ///< a later end of the job
};
/// The word of the JSON document.
std::string_view to_string(Lever lever);
/// "Less context": what pulling the lever means.
std::string_view describe(Lever lever);

/// One change that alone turns a no into a yes, computed and not guessed.
struct Change {
  Lever lever = Lever::format;
  std::string option;   ///< what to type in place of the same options: "--quant q4_k_m"
  std::string value;    ///< what that sets: "q4_k_m", "2048", "l4", "aws g6.xlarge"
  Candidate candidate;  ///< the configuration that then fits
  std::optional<double> usd_per_hour_delta;  ///< against the hardware that was asked for
};
/// The change as a sentence.
std::string text(const Change& change);

struct FitResult {
  std::vector<FormatResult> formats;
  std::vector<Change> changes;  ///< for a no, each alone; empty for a yes
  std::vector<Note> notes;
  bool any_fits = false;
};

/// The configuration on which the verdict about a format rests: the first that is a no, else the
/// first. Null without configurations.
const Candidate* deciding(const FormatResult& result);

/// The words that stand for `--quant` where it is not given.
std::span<const std::string_view> default_ladder();

/// A second name of a family of formats: "int4" stands for "q4".
struct FamilyWord {
  std::string_view typed;
  std::string_view family;
};
std::span<const FamilyWord> family_words();

/// The formats that `--quant` names for an engine choice (absent: each format's default engine).
/// "q4" is a family, "all" every format. Empty `words`: the default ladder, but a GGUF file and any
/// other with weights of fewer than 16 bits is taken as it is. Errors: unknown_format.
Result<std::vector<FormatChoice>> resolve_formats(const Catalog& catalog, const Model& model,
                                                  const std::vector<std::string>& words,
                                                  std::optional<Engine> engine);

/// The main job: every format on every hardware asked for, judged, priced, ordered.
/// Errors: those of make_workload, weigh and size.
Result<FitResult> fit(const Catalog& catalog, const Model& model, const FitRequest& request);

}  // namespace llmfit

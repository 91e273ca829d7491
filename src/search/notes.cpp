// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <set>

#include "base/numbers.hpp"
#include "search/batch_notes.hpp"
#include "search/fit_format.hpp"
#include "search/format_search.hpp"
#include "search/limits.hpp"
#include "search/owning_notes.hpp"
#include "search/price_notes.hpp"
#include "search/speed_notes.hpp"
#include "search/split_notes.hpp"
#include "search/support.hpp"
#include "search/weight_notes.hpp"

namespace llmfit::search {
namespace {

using base::Round;

std::string format_name(const FormatResult& one) {
  return one.choice.format ? std::string(one.choice.format->id) : one.choice.typed;
}

std::string offered_formats(const Catalog& catalog, Engine engine) {
  std::string text;
  for (const auto& format : catalog.formats()) {
    if (format.engine != engine) continue;
    text.append(text.empty() ? "" : ", ").append(format.id);
  }
  return text;
}

/// vLLM's share of a card: "92".
std::string percent_text(const Workload& workload) {
  return base::shortest(std::round(workload.vllm.utilization * 1000) / 10);
}

class Notes {
 public:
  Notes(const Question& question, FitResult& result) : question_(question), result_(result) {}

  void run() {
    about_model();
    if (question_.request.hardware.local) about_machine(*question_.request.hardware.local);
    for (const auto& one : result_.formats) about_format(one);
    about_limit();
    about_offers();
    if (!result_.any_fits) about_failure();
  }

 private:
  void note(NoteCode code, std::vector<std::string> args = {}) {
    const bool there = std::any_of(
        result_.notes.begin(), result_.notes.end(),
        [&](const Note& existing) { return existing.code == code && existing.args == args; });
    if (!there) result_.notes.push_back({code, std::move(args)});
  }

  void about_model() {
    const auto& model = question_.model;
    if (!model.asked_as.empty()) note(NoteCode::base_model, {model.asked_as, model.id});
    if (model.known_by_size_only) note(NoteCode::known_by_size_only, {model.name});
    const auto* record = question_.catalog.find_model(model.id);
    if (record != nullptr && record->parameters_unverified) {
      note(NoteCode::parameters_unverified, {model.name, "see `llmfit models " + model.id + "`"});
    }
    for (auto& told : license_notes(question_)) note(told.code, std::move(told.args));
    add(speed_notes(question_, result_));
    for (auto& told : load_notes(question_.request)) note(told.code, std::move(told.args));
  }

  void about_machine(const LocalMachine& machine) {
    for (const auto& said : machine.notes) note(said.code, said.args);
  }

  void about_format(const FormatResult& one) {
    if (!one.choice.format) {
      const auto engine = one.choice.engine;
      note(NoteCode::format_unsupported, {std::string(to_string(engine)), format_name(one),
                                          offered_formats(question_.catalog, engine)});
      return;
    }
    about_engine(one.choice);
    add(weight_notes(question_.model, question_.request, one));
    if (one.footprint && one.footprint->of(TermKind::compute)) {
      note(NoteCode::estimate_terms, {std::string(to_string(one.choice.engine))});
    }
    for (auto& known : split_notes(question_.model, one)) note(known.code, std::move(known.args));
    about_support(one);
    about_state(one);
    about_batch(one);
    add(batch_notes(question_, one));
    about_context(one);
    std::set<Reason> told;
    for (const auto& candidate : one.candidates) {
      if (candidate.reason && told.insert(*candidate.reason).second) about_reason(one, candidate);
    }
    about_latency(one);
    about_devices(one);
    about_host(one);
    about_families(one);
    const bool several = std::any_of(one.candidates.begin(), one.candidates.end(),
                                     [](const auto& c) { return c.split.nodes > 1; });
    if (several) note(NoteCode::nodes_need_network);
  }

  void about_state(const FormatResult& one) {
    const auto& model = question_.model;
    if (!one.footprint || model.known_by_size_only) return;
    if (!one.footprint->of(TermKind::kv_cache)) {
      return note(NoteCode::cache_not_known,
                  {std::string(to_string(one.choice.engine)), model.name});
    }
    if (one.footprint->of(TermKind::state)) return;
    note(NoteCode::state_unknown, {std::string(to_string(one.choice.engine)), model.name});
  }

  /// Where the engine's own limits on what it takes at once matter.
  void about_batch(const FormatResult& one) {
    if (!one.workload) return;
    const auto& workload = *one.workload;
    const bool llama_cpp = one.choice.engine == Engine::llama_cpp;
    const bool encodes = question_.model.arch.kind == ModelKind::encoder;
    if (llama_cpp && encodes && workload.context > workload.llama_cpp.ubatch) {
      note(NoteCode::encoder_batch, {std::to_string(workload.context)});
    }
    if (llama_cpp && question_.request.add_ons.projector) note(NoteCode::projector_compute);
    constexpr std::int64_t least_default = 256;
    const bool raised = !workload.vllm.max_num_seqs && workload.sequences > least_default;
    if (one.choice.engine == Engine::vllm && raised) {
      note(NoteCode::max_num_seqs_raised, {std::to_string(workload.sequences)});
    }
  }

  /// Where a row cannot be compared with the total above it.
  void about_devices(const FormatResult& one) {
    const auto engine = std::string(to_string(one.choice.engine));
    for (const auto& candidate : one.candidates) {
      if (candidate.devices.empty()) continue;
      const auto& device = candidate.devices.front();
      if (candidate.gpus.empty()) {
        note(NoteCode::host_differs);
      } else if (one.choice.engine == Engine::vllm && candidate.devices.size() == 1 &&
                 !candidate.offload && device.load.total() != one.footprint->total()) {
        note(NoteCode::batch_follows_card, {engine});
      }
    }
    if (one.choice.engine == Engine::vllm && one.workload) {
      note(NoteCode::utilization, {engine, percent_text(*one.workload)});
    }
  }

  /// The most that a machine of unknown memory has to hold beside its cards.
  void about_host(const FormatResult& one) {
    Bytes most;
    for (const auto& candidate : one.candidates) {
      const auto& host = candidate.offload;
      if (host && !host->usable && candidate.holds) most = std::max(most, host->total());
    }
    if (most == Bytes{}) return;
    note(NoteCode::host_memory_unknown,
         {question_.model.name + " in " + format_name(one), base::gib_text(most, Round::up)});
  }

  /// A family of cards of which some variants hold the model and some do not.
  void about_families(const FormatResult& one) {
    for (const auto& choice : question_.request.hardware.alternatives) {
      if (choice.variants.size() < 2 || !choice.count) continue;
      std::int64_t all = 0;
      const Candidate* yes = nullptr;
      std::int64_t fitting = 0;
      for (const auto& candidate : one.candidates) {
        if (!belongs_to(candidate, choice)) continue;
        ++all;
        if (!candidate.fits) continue;
        ++fitting;
        if (yes == nullptr) yes = &candidate;
      }
      if (yes == nullptr || fitting == all) continue;
      note(NoteCode::variants_differ,
           {std::to_string(fitting), std::to_string(all), choice.typed, option_text(yes->gpus)});
    }
  }

  void about_engine(const FormatChoice& choice) {
    const auto& model = question_.model;
    if (!choice.engine_is_default || model.runs_on_llama_cpp || model.known_by_size_only) return;
    note(NoteCode::engine_default_changed, {std::string(to_string(Engine::llama_cpp)), model.name,
                                            std::string(to_string(choice.engine))});
  }

  void about_context(const FormatResult& one) {
    const auto& model = question_.model;
    const auto limit = model.context_length;
    if (!one.workload || !limit || one.workload->context <= limit->count()) return;
    note(NoteCode::context_exceeds_model,
         {base::grouped(one.workload->context), base::grouped(limit->count()), model.name});
  }

  void about_limits(const FormatResult& one, const Candidate& candidate) {
    for (auto& told : limit_notes(question_, one, candidate)) {
      note(told.code, std::move(told.args));
    }
  }

  /// The first that is too slow stands for the others.
  void about_latency(const FormatResult& one) {
    for (const auto& candidate : one.candidates) {
      if (!candidate.by_limit || candidate.reason) continue;
      const auto& hardware = question_.request.hardware;
      const bool named =
          !hardware.alternatives.empty() || !hardware.together.empty() || hardware.local;
      if (named) return about_limits(one, candidate);
      return add(nearest_notes(question_, candidate));
    }
  }

  void about_reason(const FormatResult& one, const Candidate& candidate) {
    const auto hardware = describe(candidate.gpus);
    if (candidate.by_limit) return about_limits(one, candidate);
    switch (*candidate.reason) {
      case Reason::out_of_memory:
        return out_of_memory(one, candidate, hardware);
      case Reason::engine_unsupported:
      case Reason::format_unsupported:
        return add(support_notes(question_.catalog, question_.model, one, candidate));
      case Reason::not_divisible:
        return note(NoteCode::not_divisible,
                    {question_.model.name, hardware, std::string(candidate.why)});
      case Reason::over_budget:            // a limit
      case Reason::context_exceeds_model:  // said once, for the workload
        return;
    }
  }

  void out_of_memory(const FormatResult& one, const Candidate& candidate,
                     const std::string& hardware) {
    const auto* device = tightest(candidate);
    if (device == nullptr) return;
    const auto& host = candidate.offload;
    if (host && host->usable && host->total() > *host->usable) {
      return note(NoteCode::host_too_small, {hardware, base::gib_text(host->total(), Round::up),
                                             base::gib_text(*host->usable, Round::down)});
    }
    if (candidate.vllm && candidate.vllm->refusal == VllmRefusal::free_memory) {
      return note(NoteCode::share_not_free, {hardware, percent_text(*one.workload)});
    }
    note(NoteCode::out_of_memory,
         {hardware, question_.model.name + " in " + format_name(one),
          base::gib_text(device->load.total(), Round::up),
          base::gib_text(device->load.total() + device->headroom, Round::down)});
  }

  void add(std::vector<Note> notes) {
    for (auto& one : notes) note(one.code, std::move(one.args));
  }

  /// Of the configurations of a single format and of those that somebody named: a note on each of
  /// a hundred cards would say nothing.
  void about_support(const FormatResult& one) {
    const auto& engine = question_.catalog.engine(one.choice.engine);
    if (const auto why = model_obstacle(engine, question_.model)) {
      note(NoteCode::engine_lacks_model,
           {std::string(to_string(one.choice.engine)), question_.model.name, *why});
    }
    const auto& hardware = question_.request.hardware;
    if (hardware.alternatives.empty() && hardware.together.empty()) return;
    for (const auto& candidate : one.candidates) {
      if (!is_unsupported(candidate)) add(native_notes(question_.catalog, one, candidate));
    }
  }

  void about_limit() {
    std::int64_t shown = 0;
    std::int64_t total = 0;
    for (const auto& one : result_.formats) {
      shown += static_cast<std::int64_t>(one.candidates.size());
      total += one.candidates_total;
    }
    if (shown < total) note(NoteCode::rows_cut, {base::grouped(shown), base::grouped(total)});
  }

  void about_offers() {
    for (const auto& one : result_.formats) {
      for (const auto& candidate : one.candidates) about_offer(candidate);
    }
    add(price_notes(question_, result_));
    for (auto& told : offer_notes(question_.request, result_)) {
      note(told.code, std::move(told.args));
    }
  }

  void about_offer(const Candidate& candidate) {
    const auto* offer = candidate.cost.offer;
    const auto hardware = describe(candidate.gpus);
    if (offer == nullptr && candidate.by_limit) return;  // its limit says so
    if (offer == nullptr) {
      if (question_.request.hardware.local) return;
      if (result_.formats.size() == 1 && result_.formats.front().candidates.size() == 1) {
        note(no_price(question_.offers.term()), {hardware});
      }
      return;
    }
    if (offer->status == OfferStatus::retired) {
      note(NoteCode::offer_retired,
           {machine_name(*offer), std::string(price_date(candidate.cost))});
    }
  }

  void about_failure() {
    const bool empty = std::all_of(result_.formats.begin(), result_.formats.end(),
                                   [](const auto& one) { return one.candidates.empty(); });
    if (empty && !license_forbids(question_) && filters_offers(question_.request.offers))
      note(NoteCode::no_such_offer);
    std::string formats;
    for (const auto& one : result_.formats) {
      formats.append(formats.empty() ? "" : ", ").append(format_name(one));
    }
    note(NoteCode::nothing_fits, {question_.model.name, formats});
  }

  const Question& question_;
  FitResult& result_;
};

}  // namespace

bool filters_offers(const OfferFilter& filter) {
  return !filter.providers.empty() || filter.term != RentalTerm::on_demand ||
         filter.max_usd_hour.has_value() || filter.min_sla.has_value() || filter.commercial;
}

void add_notes(const Question& question, FitResult& result) {
  Notes(question, result).run();
  for (auto& told : owning_notes(question.request, result)) result.notes.push_back(std::move(told));
}

}  // namespace llmfit::search

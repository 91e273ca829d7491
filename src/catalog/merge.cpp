// SPDX-License-Identifier: MIT
#include "catalog/merge.hpp"

#include <algorithm>
#include <array>

#include "base/names.hpp"
#include "catalog/names_index.hpp"
#include "catalog/rows.hpp"

namespace llmfit::catalog {
namespace {

/// FNV-1a, 64 bits: offset basis and prime as its authors give them.
constexpr std::uint64_t hash_start = 14695981039346656037ULL;
constexpr std::uint64_t hash_prime = 1099511628211ULL;

std::uint64_t hashed(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * hash_prime;
  return hash;
}

/// "/models/3" of "/models/3/license/id".
std::string_view record_pointer(std::string_view pointer) {
  const auto kind = pointer.find('/', 1);
  if (kind == std::string_view::npos) return pointer;
  return pointer.substr(0, pointer.find('/', kind + 1));
}

template <class Record>
std::string pointer_of(Origin origin) {
  return below(below("", Kind<Record>::array), origin.index);
}

std::string claim_pointer(const Claim& claim, std::string_view list) {
  switch (claim.rank) {
    case NameRank::id:
      return "/id";
    case NameRank::alias:
      return below(below("", list), claim.number);
    case NameRank::repository:
      return "/hf_repo";
    case NameRank::name:
      return "/name";
  }
  return {};
}

class Merger {
 public:
  Merger(const Catalog::Tables& base, const Schema& schema, bool overlay)
      : base_(base), schema_(schema), overlay_(overlay) {
    models_.start(base.models);
    gpus_.start(base.gpus);
    offers_.start(base.offers);
    formats_.start(base.formats);
    engines_.start(base.engines);
  }

  Merged merge(std::span<const Json> files) {
    start_economics(files);
    for (std::size_t i = 0; i < files.size(); ++i) add_file(files[i], i);
    look_up_references();
    check_names();
    finish();
    return std::move(result_);
  }

 private:
  void fault(std::size_t file, std::string pointer, std::string message) {
    result_.faults.push_back({file, {std::move(pointer), std::move(message)}});
  }

  /// The base has economics as text only; their ids are needed where a file could replace some.
  void start_economics(std::span<const Json> files) {
    const bool needed = std::any_of(files.begin(), files.end(), [](const Json& file) {
      return file.is_object() && file.contains("economics");
    });
    for (const auto json : base_.economics) {
      const auto value = needed ? Json::parse(json, nullptr, false) : Json();
      Faults none;
      const auto id = Fields(value, "", *arena_, none).text("id");
      economics_.append({.id = needed ? id : json, .json = json}, {});
    }
  }

  void add_file(const Json& file, std::size_t number) {
    Faults found;
    schema_.check(file, found);
    std::set<std::string, std::less<>> broken;
    for (auto& entry : found) {
      broken.emplace(record_pointer(entry.pointer));
      fault(number, std::move(entry.pointer), std::move(entry.message));
    }
    if (!file.is_object()) return;
    add_records(models_, file, number, broken);
    add_records(gpus_, file, number, broken);
    add_records(offers_, file, number, broken);
    add_records(formats_, file, number, broken);
    add_records(engines_, file, number, broken);
    add_records(economics_, file, number, broken);
  }

  template <class Record>
  void add_records(Rows<Record>& rows, const Json& file, std::size_t number,
                   const std::set<std::string, std::less<>>& broken) {
    const auto array = file.find(std::string(Kind<Record>::array));
    if (array == file.end() || !array->is_array()) return;
    for (std::size_t i = 0; i < array->size(); ++i) {
      const Origin origin{number, i};
      if (broken.contains(pointer_of<Record>(origin))) {
        remember_refused(rows, (*array)[i]);
      } else {
        add_record(rows, (*array)[i], origin);
      }
    }
  }

  template <class Record>
  void remember_refused(Rows<Record>& rows, const Json& record) {
    if (!record.is_object()) return;
    const auto id = record.find("id");
    if (id != record.end() && id->is_string()) rows.refused.insert(id->template get<std::string>());
  }

  template <class Record>
  void add_record(Rows<Record>& rows, const Json& json, Origin origin) {
    Faults found;
    std::vector<Reference> references;
    const Fields fields(json, pointer_of<Record>(origin), *arena_, found);
    const Record record = Kind<Record>::read(fields);
    check_record(fields, record, references);
    if constexpr (std::is_same_v<Record, ModelRecord>) {
      if (found.empty()) check_parameters(fields, record);
    }
    for (auto& entry : found) {
      fault(origin.file, std::move(entry.pointer), std::move(entry.message));
    }
    for (auto& entry : references) references_.push_back({origin.file, std::move(entry)});
    const auto as_of = fields.text("as_of");
    if (as_of > result_.newest_as_of) result_.newest_as_of = as_of;
    place(rows, record, origin);
  }

  /// Appends the record, or puts it where the base has one of that id; one that says the same is
  /// left alone, so that an exported catalog changes nothing.
  template <class Record>
  void place(Rows<Record>& rows, Record record, Origin origin) {
    const auto number = rows.find(Kind<Record>::key(record));
    if (number == Rows<Record>::none) {
      note_change(record);
      rows.append(record, origin);
      return;
    }
    if (!rows.origins[number].is_base()) {
      const auto& first = rows.origins[number];
      fault(origin.file, pointer_of<Record>(origin) + "/id",
            "is already the id of " + pointer_of<Record>(first) +
                (first.file == origin.file ? "" : " of another file") + "; ids must be unique");
      return;
    }
    rows.origins[number] = origin;
    if (rows.records[number].json == record.json) return;
    note_change(record);
    rows.records[number] = record;
  }

  template <class Record>
  void note_change(Record& record) {
    if constexpr (std::is_same_v<Record, ModelRecord>) record.from_overlay = overlay_;
    result_.hash = hashed(result_.changed ? result_.hash : hash_start, record.json);
    result_.changed = true;
  }

  void look_up_references() {
    for (const auto& [file, reference] : references_) {
      if (names_record(reference)) continue;
      const auto hint = base::did_you_mean(near_ids(reference));
      fault(file, reference.pointer,
            "'" + reference.id + "' is not the id of any of the " + std::string(reference.kind) +
                (hint.empty() ? "" : "; " + hint));
    }
  }

  bool names_record(const Reference& reference) const {
    if (reference.kind == "models") return models_.names(reference.id);
    if (reference.kind == "gpus") return gpus_.names(reference.id);
    return engines_.names(reference.id);
  }

  std::vector<std::string_view> near_ids(const Reference& reference) const {
    std::vector<std::string_view> ids;
    if (reference.kind == "models") {
      for (const auto& model : models_.records) ids.push_back(model.id);
    } else if (reference.kind == "gpus") {
      for (const auto& gpu : gpus_.records) ids.push_back(gpu.id);
    }
    return base::nearest(reference.id, ids);
  }

  void check_names() {
    const auto models = model_claims(models_.records, *arena_);
    const auto cards = gpu_claims(gpus_.records, *arena_);
    const auto families = family_claims(gpus_.records, *arena_);
    for (const auto& clash : clashes(models)) report(models_, clash, "aliases");
    for (const auto& clash : clashes(cards)) report(gpus_, clash, "aliases");
    for (const auto& clash : clashes(families, cards)) report(gpus_, clash, "families");
    result_.tables.model_names = arena_->keep(winners(models));
    result_.tables.gpu_names = arena_->keep(winners(cards));
    result_.tables.gpu_families = arena_->keep(members(families));
  }

  /// Blames the second of the two, unless it is the base's.
  template <class Record>
  void report(const Rows<Record>& rows, const Clash& clash, std::string_view second_list) {
    const auto owner = [&rows](const Claim& claim) {
      return rows.origins[static_cast<std::size_t>(claim.record)];
    };
    const bool second = !owner(*clash.second).is_base();
    const auto& blamed = second ? *clash.second : *clash.first;
    const auto& other = second ? *clash.first : *clash.second;
    if (owner(blamed).is_base()) return;
    const auto list = second ? second_list : std::string_view("aliases");
    fault(owner(blamed).file, pointer_of<Record>(owner(blamed)) + claim_pointer(blamed, list),
          "'" + std::string(blamed.name) + "' is already a name of '" +
              std::string(rows.records[static_cast<std::size_t>(other.record)].id) +
              "' (case, spaces, - _ / do not count); choose another");
  }

  void finish() {
    for (auto& offer : offers_.records) {
      const auto gpu =
          offer.gpu.empty() ? Rows<GpuRecord>::none : gpus_.find(std::string(offer.gpu));
      offer.gpu_index = gpu == Rows<GpuRecord>::none ? -1 : static_cast<std::int32_t>(gpu);
    }
    std::stable_sort(
        offers_.records.begin(), offers_.records.end(),
        [](const OfferRecord& a, const OfferRecord& b) { return a.gpu_index < b.gpu_index; });
    std::vector<std::string_view> economics;
    for (const auto& figure : economics_.records) economics.push_back(figure.json);
    auto& tables = result_.tables;
    tables.models = arena_->keep(models_.records);
    tables.gpus = arena_->keep(gpus_.records);
    tables.offers = arena_->keep(offers_.records);
    tables.formats = arena_->keep(formats_.records);
    tables.engines = arena_->keep(engines_.records);
    tables.economics = arena_->keep(economics);
    for (const auto& offer : offers_.records) {
      if (offer.usd_per_hour) tables.prices_as_of = std::max(tables.prices_as_of, offer.as_of);
    }
    result_.storage = arena_;
  }

  struct FileReference {
    std::size_t file;
    Reference reference;
  };

  const Catalog::Tables& base_;
  const Schema& schema_;
  bool overlay_;
  std::shared_ptr<Arena> arena_ = std::make_shared<Arena>();
  Rows<ModelRecord> models_;
  Rows<GpuRecord> gpus_;
  Rows<OfferRecord> offers_;
  Rows<Format> formats_;
  Rows<EngineRecord> engines_;
  Rows<EconomicsRecord> economics_;
  std::vector<FileReference> references_;
  Merged result_;
};

}  // namespace

Merged merge(const Catalog::Tables& base, std::span<const Json> files, const Schema& schema,
             bool overlay) {
  return Merger(base, schema, overlay).merge(files);
}

std::string short_hash(std::uint64_t hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text.push_back(digits[(hash >> shift) & 15U]);
  return text;
}

}  // namespace llmfit::catalog

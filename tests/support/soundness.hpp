#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "exhibition/exhibition.hpp"

/// What has to be true of every museum, whatever has happened to it.

namespace exhibition::tests {

/// Everything that a list gives, page by page: `fetch(page request)`.
template <class Cursor, class Fetch>
auto all_pages(Fetch fetch) {
  PageRequest<Cursor> request{.limit = 500};
  auto page = fetch(request).value();
  auto items = std::move(page.items);
  while (page.next) {
    request.after = page.next;
    page = fetch(request).value();
    items.insert(items.end(), page.items.begin(), page.items.end());
  }
  return items;
}

/// With what the log has forgotten, if there is an archive that has it.
[[nodiscard]] inline std::vector<Envelope> whole_log(const Storage& storage,
                                                     const Archive* archive = nullptr) {
  const auto [id, floor] = read(
      storage, [](const ReadView& view) { return std::pair(view.log().id(), view.log().floor()); });
  std::vector<Envelope> log;
  if (archive) {
    for (auto& event : archive->read(id, Position{}, static_cast<std::size_t>(floor.value()))) {
      log.push_back(std::move(event.envelope));
    }
  }
  for (;;) {
    const Position after = log.empty() ? Position{} : log.back().position;
    const auto more =
        read(storage, [&](const ReadView& view) { return view.log().read(after, 1000); });
    if (more.empty()) return log;
    log.insert(log.end(), more.begin(), more.end());
  }
}

/// My page made anew of the log alone.
[[nodiscard]] inline std::vector<MyPageEntry> page_of_log(const std::vector<Envelope>& log) {
  std::map<ReservationId, MyPageEntry> entries;
  std::map<SessionId, SessionTimes> times;
  for (const auto& envelope : log) {
    if (const auto* added = std::get_if<SessionAdded>(&envelope.event)) {
      times[added->session] = added->times;
    } else if (const auto* updated = std::get_if<SessionUpdated>(&envelope.event)) {
      times[updated->session] = updated->times;
    } else if (envelope.stream.kind == StreamKind::reservation) {
      const ReservationId id{envelope.stream.id};
      const auto known = entries.find(id);
      auto next =
          fold(known == entries.end() ? std::nullopt : std::optional(known->second), envelope);
      if (next) entries.insert_or_assign(id, *std::move(next));
    }
  }
  std::vector<MyPageEntry> page;
  for (auto& [id, entry] : entries) {
    entry.starts_at = times.at(entry.session).starts_at;
    entry.ends_at = times.at(entry.session).ends_at;
    page.push_back(entry);
  }
  return page;
}

/// Every difference between what is there and what has to be; none is the answer to hope for. To be
/// asked when the followers have caught up and nobody is writing.
[[nodiscard]] inline std::vector<std::string> faults_of(Engine& engine, const Storage& storage,
                                                        const MyPages& pages,
                                                        const Archive* archive = nullptr) {
  std::vector<std::string> faults;
  const auto findings = engine.audit();
  if (!findings) return {"no audit: " + findings.error().message()};
  for (const auto& finding : *findings) faults.push_back("audit: " + to_string(finding));

  const auto log = whole_log(storage, archive);
  std::set<std::string> keys;
  std::map<ReservationId, int> activations;
  Position last;
  for (const auto& envelope : log) {
    if (!keys.insert(envelope.key()).second)
      faults.push_back("twice in the log: " + envelope.key());
    if (envelope.position <= last) faults.push_back("out of order: " + envelope.key());
    last = envelope.position;
    if (const auto* event = std::get_if<VoucherActivated>(&envelope.event)) {
      if (++activations[event->reservation] > 1) {
        faults.push_back("second voucher of reservation " + to_string(event->reservation));
      }
    }
  }
  std::vector<MyPageEntry> kept;
  for (ReservationId after{};;) {
    const auto more = pages.list(after, 1000);
    if (more.empty()) break;
    kept.insert(kept.end(), more.begin(), more.end());
    after = more.back().reservation;
  }
  if (kept != page_of_log(log)) faults.emplace_back("my page is not what the log makes of it");
  return faults;
}

[[nodiscard]] inline ::testing::AssertionResult is_sound(Engine& engine, const Storage& storage,
                                                         const MyPages& pages) {
  const auto faults = faults_of(engine, storage, pages);
  if (faults.empty()) return ::testing::AssertionSuccess();
  auto failure = ::testing::AssertionFailure();
  for (const auto& fault : faults) failure << fault << '\n';
  return failure;
}

}  // namespace exhibition::tests

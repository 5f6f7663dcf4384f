#include "exhibition/application/member_pages.hpp"

#include <cstddef>
#include <vector>

#include "context.hpp"
#include "paging.hpp"

namespace exhibition {
namespace {

template <class Fetch>
Result<Page<MyPageEntry, ReservationId>> page_of(Context& context,
                                                 const PageRequest<ReservationId>& request,
                                                 Fetch fetch) {
  return at_the_desk(context, [&]() -> Result<Page<MyPageEntry, ReservationId>> {
    if (const auto checked = check(request); !checked) return checked.error();
    const Instant now = context.clock->now();
    auto page = make_page(
        request,
        [&](std::size_t limit) { return fetch(request.after.value_or(ReservationId{}), limit); },
        [](const MyPageEntry& last) { return last.reservation; });
    for (auto& entry : page.items) entry = shown(std::move(entry), now);
    return page;
  });
}

}  // namespace

Result<Page<MyPageEntry, ReservationId>> MemberPages::of(
    std::string_view member, const PageRequest<ReservationId>& page) const {
  return page_of(context_, page, [&](ReservationId after, std::size_t limit) {
    return context_.my_pages->of(member, after, limit);
  });
}

Result<Page<MyPageEntry, ReservationId>> MemberPages::list(
    const PageRequest<ReservationId>& page) const {
  return page_of(context_, page, [&](ReservationId after, std::size_t limit) {
    return context_.my_pages->list(after, limit);
  });
}

}  // namespace exhibition

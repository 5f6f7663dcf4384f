#include "bindings.hpp"
#include "desk_arguments.hpp"
#include "exhibition/application/member_pages.hpp"
#include "exhibition/application/voucher_desk.hpp"
#include "value.hpp"

namespace exhibition::python {
namespace {

using Gates = DeskOf<VoucherDesk>;
using Pages = DeskOf<MemberPages>;
using Code = Named<std::string, "code">;

}  // namespace

void bind_vouchers(py::module_& module) {
  bind_paged<Voucher, VoucherId>(module, "_Vouchers");
  py::class_<Gates> bound(module, "VoucherDesk", R"(The desk at the gates: Engine.vouchers.

It activates a voucher when a reservation is confirmed and deactivates it when that is cancelled or
expires, as it follows the log: see EventFeed.pump. Codes are taken as typed or scanned: in lower
case, with hyphens and spaces, O for 0, I and L for 1.

Threads: any.)");
  def_command(
      bound, "redeem",
      [](const Gates& self, Code code, Named<std::string, "gate"> gate,
         Named<std::uint32_t, "count"> count, Key key, Actor actor, Correlation correlation) {
        return value_of(self.call([&](VoucherDesk& desk) {
          return desk.redeem(code.value, {gate.value, count.value},
                             options(key, actor, correlation));
        }));
      },
      R"(Lets persons in, before the session starts as well. Give an idempotency_key, so that a scan
sent twice lets in once.

Units: gate at most 64 bytes of UTF-8, count in persons.
Errors: InvalidArgument; NotFound; VoucherIsDeactivated, also when only the reservation is no longer
good; SessionOver; AlreadyRedeemed when fewer are left than asked for; IdempotencyMismatch; Closed;
StorageFailure.
Effects: VoucherRedeemed.)",
      named<"code">(), py::kw_only(), named<"gate">() = "", named<"count">() = 1);
  def_command(
      bound, "undo_redeem",
      [](const Gates& self, Code code, Key key, Actor actor, Correlation correlation) {
        return value_of(self.call([&](VoucherDesk& desk) {
          return desk.undo_redeem(code.value, options(key, actor, correlation));
        }));
      },
      R"(Takes the voucher's last redemption back.

Errors: NotFound; VoucherIsDeactivated; IllegalTransition when there is none; IdempotencyMismatch;
Closed; StorageFailure.
Effects: RedemptionUndone.)",
      named<"code">(), py::kw_only());
  bound.def(
      "find",
      [](const Gates& self, Code code) {
        return value_of(self.call([&](VoucherDesk& desk) { return desk.find(code.value); }));
      },
      named<"code">(), R"(The voucher of that code.

Errors: NotFound; Closed; StorageFailure.)");
  bound.def(
      "of",
      [](const Gates& self, Named<ReservationId, "reservation"> id) -> ListOf<Voucher> {
        return py::cast(value_of(self.call([&](VoucherDesk& desk) { return desk.of(id.value); })));
      },
      named<"reservation">(),
      R"(Every voucher that the reservation has had, in the order of their ids.

Errors: Closed; StorageFailure.)");
  def_list(
      bound, "list",
      [](const Gates& self, Named<std::optional<VoucherId>, "after"> after, Limit limit) {
        return list_of<Voucher, VoucherId>(
            self, [](const VoucherDesk& desk, const auto& page) { return desk.list(page); }, after,
            limit);
      },
      R"(All vouchers, in the order of their ids, fetched page after page.

Errors: while iterating: Closed; StorageFailure.)",
      py::kw_only());
}

void bind_my_page(py::module_& module) {
  bind_paged<MyPageEntry, ReservationId>(module, "_MyPageEntries");
  py::class_<Pages> bound(module, "MemberPages",
                          R"(What members see of their reservations: Engine.my_page.

It is made of events, so it is as current as the last EventFeed.pump.

Threads: any.)");
  def_list(
      bound, "of",
      [](const Pages& self, Named<std::string, "member"> member,
         Named<std::optional<ReservationId>, "after"> after, Limit limit) {
        return list_of<MyPageEntry, ReservationId>(
            self,
            [member = std::move(member.value)](const MemberPages& pages, const auto& page) {
              return pages.of(member, page);
            },
            after, limit);
      },
      R"(One member's entries, in the order of their reservations, fetched page after page; an
unknown member has none.

Errors: while iterating: Closed; StorageFailure.)",
      named<"member">(), py::kw_only());
  def_list(
      bound, "list",
      [](const Pages& self, Named<std::optional<ReservationId>, "after"> after, Limit limit) {
        return list_of<MyPageEntry, ReservationId>(
            self, [](const MemberPages& pages, const auto& page) { return pages.list(page); },
            after, limit);
      },
      R"(Everyone's entries, in the order of their reservations, fetched page after page.

Errors: while iterating: Closed; StorageFailure.)",
      py::kw_only());
}

}  // namespace exhibition::python

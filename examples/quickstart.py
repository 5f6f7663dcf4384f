"""A museum's reservations on an SQLite file, step by step: what quickstart.cpp shows, in Python.

Run it again: it goes on from what is in the file. The programme is in data/exhibitions.json.
"""

from __future__ import annotations

import argparse
import datetime
import itertools
import json
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any, Callable, Iterable, Optional

import exhibition
from exhibition import (
    BookingRules,
    ManualClock,
    NewSession,
    Reservation,
    ReservationId,
    ReservationStatus,
    SeededRandom,
    SessionAvailability,
    SessionId,
    VoucherActivated,
    VoucherDeactivated,
)

DATA = Path(__file__).parent / "data" / "exhibitions.json"
UTC = datetime.timezone.utc
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)


def minute(instant: datetime.datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M")


def count(number: int, singular: str) -> str:
    if number == 1:
        return f"1 {singular}"
    return f"{number} {singular[:-1]}ies" if singular.endswith("y") else f"{number} {singular}s"


def refusal(ask: Callable[[], object]) -> str:
    """The ordinary "no" that it comes to."""
    try:
        ask()
    except exhibition.Refusal as no:
        return f"no: {no.code}: {no}"
    return "yes, which is wrong"


class Demo:
    """What the steps share, and how they tell what they do."""

    def __init__(self, museum: exhibition.Engine, clock: ManualClock, file: Path) -> None:
        self.museum = museum
        self.clock = clock
        self.file = file
        self.exhibitions: dict[str, exhibition.ExhibitionId] = {}
        self.steps = 0

    def step(self, title: str) -> None:
        self.steps += 1
        print(f"\n{self.steps:2}  {title}")

    def tell(self, label: str, text: str) -> None:
        print(f"    {label:<8}{text}")

    def asked(self, text: str) -> None:
        self.tell("asked", text)

    def answer(self, text: str) -> None:
        self.tell("answer", text)

    def more(self, text: str) -> None:
        self.tell("", text)

    def pump(self) -> None:
        report = self.museum.events.pump()
        for failure in report.failures:
            raise failure.error
        settled = count(report.settled, "due reservation")
        self.tell(
            "pump",
            (f"wrote down {settled}; " if report.settled else "")
            + f"the voucher desk followed {count(report.followed('voucher-desk'), 'event')}, "
            f"my page {report.followed('my-page')}",
        )

    def now(self) -> None:
        self.tell("now", self.inventory())

    def inventory(self) -> str:
        museum = self.museum
        exhibitions = list(museum.catalogue.list())
        sessions = sum(len(list(museum.catalogue.sessions_of(each.id))) for each in exhibitions)
        reserved = Counter(each.status for each in museum.bookings.list())
        active = sum(voucher.status == "active" for voucher in museum.vouchers.list())
        reservations = ", ".join(
            f"{reserved[status]} {status}" for status in ReservationStatus if reserved[status]
        )
        return (
            f"{count(len(exhibitions), 'exhibition')}, {count(sessions, 'session')}; "
            f"{reservations or 'no reservations'}; {count(active, 'active voucher')}"
        )

    def reservations(self) -> int:
        return len(list(self.museum.bookings.list()))

    def next_session(self, slug: str, places: int) -> SessionAvailability:
        """The next one with so many places to give; a new one if all are full."""
        bookings = self.museum.bookings
        for each in bookings.availabilities(self.exhibitions[slug], since=self.clock.now()):
            if not each.refuses and (each.free is None or each.free >= places):
                return each
        return bookings.availability(self.extra_session(slug, places))

    def evening(self, days: int, hour: int) -> datetime.datetime:
        midnight = self.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + days * DAY + hour * HOUR

    def extra_session(self, slug: str, capacity: int) -> SessionId:
        evening = self.evening(30, 20)
        return self.museum.catalogue.add_session(
            self.exhibitions[slug], evening, evening + HOUR, capacity=capacity
        ).id

    def free_places(self, session: SessionId) -> str:
        seen = self.museum.bookings.availability(session)
        if seen.capacity is None:
            return "no limit to the places"
        return f"{seen.free} of {count(seen.capacity, 'place')} free"

    def voucher_of(self, reservation: ReservationId) -> str:
        vouchers = self.museum.vouchers.of(reservation)
        if not vouchers:
            return "none"
        return f"{vouchers[-1].code}, {vouchers[-1].status}, admits {vouchers[-1].admits}"

    def reserve(self, session: SessionId, member: str, places: int) -> Reservation:
        return self.museum.bookings.reserve(session, member, places).reservation


def rules_of(planned: dict[str, Any]) -> BookingRules:
    rules = dict(planned)
    return BookingRules(
        hold_ttl=rules.pop("hold_minutes", 15) * MINUTE,
        hold_max=rules.pop("hold_max_minutes", 60) * MINUTE,
        cancel_cutoff=rules.pop("cancel_cutoff_hours", 0) * HOUR,
        **rules,
    )


def sessions_of(planned: dict[str, Any], today: datetime.datetime) -> Iterable[NewSession]:
    for session in planned["sessions"]:
        hour, minutes = map(int, session["at"].split(":"))
        for day in session["days"]:
            starts_at = today + day * DAY + hour * HOUR + minutes * MINUTE

            def before(field: str, unit: datetime.timedelta) -> Optional[datetime.datetime]:
                return starts_at - session[field] * unit if field in session else None

            yield NewSession(
                starts_at,
                starts_at + session["minutes"] * MINUTE if "minutes" in session else None,
                sales_from=before("sales_from_days", DAY),
                sales_until=before("sales_until_minutes", MINUTE),
                capacity=session.get("capacity"),
            )


def is_there(sessions: list[exhibition.Session], wanted: NewSession) -> bool:
    """What is open-ended was opened once, on whatever day that was."""
    return any(
        session.times.ends_at is None
        if wanted.ends_at is None
        else session.times.starts_at == wanted.starts_at
        for session in sessions
    )


def register_exhibitions(demo: Demo, programme: list[dict[str, Any]]) -> None:
    demo.step("A manager registers exhibitions")
    demo.asked(
        f"the {count(len(programme), 'exhibition')} of the programme and their sessions, "
        "each request under a key"
    )
    catalogue = demo.museum.catalogue
    done: Counter[str] = Counter()
    for planned in programme:
        slug = planned["slug"]
        made = catalogue.register_exhibition(
            f"{planned['title']}, {planned['museum']}",
            kind=planned["kind"],
            rules=rules_of(planned.get("rules", {})),
            idempotency_key=f"demo/{slug}",
        )
        done["found" if made.replayed else "registered"] += 1
        demo.exhibitions[slug] = made.exhibition.id
        there = list(catalogue.sessions_of(made.exhibition.id))
        for wanted in sessions_of(planned, demo.evening(0, 0)):
            if is_there(there, wanted):
                done["sessions found"] += 1
                continue
            at = wanted.starts_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            catalogue.add_session(
                made.exhibition.id,
                wanted.starts_at,
                wanted.ends_at,
                sales_from=wanted.sales_from,
                sales_until=wanted.sales_until,
                capacity=wanted.capacity,
                idempotency_key=f"demo/{slug}/{at}",
            )
            done["sessions added"] += 1
    demo.answer(
        f"{count(done['registered'], 'exhibition')} registered, {done['found']} found; "
        f"{count(done['sessions added'], 'session')} added, {done['sessions found']} found"
    )
    demo.pump()
    demo.now()


def reserve_monet(demo: Demo) -> Reservation:
    demo.step("A customer picks an exhibition and reserves it")
    midnight = demo.evening(1, 0)
    morning = itertools.chain.from_iterable(
        demo.museum.bookings.availabilities(each, since=midnight, until=midnight + 11 * HOUR)
        for each in demo.exhibitions.values()
    )
    demo.asked("what is on tomorrow before eleven?")
    demo.answer("with the places that are free:")
    for each in sorted(morning, key=lambda each: (each.times.starts_at, each.session)):
        title = demo.museum.catalogue.find(each.exhibition).title
        places = "-" if each.free is None else each.free
        demo.more(f"{minute(each.times.starts_at)}  {places:>3}  {title}")
    session = demo.next_session("monet", 2)
    demo.asked(
        f"seokwon: 2 places for Monet, {minute(session.times.starts_at)} "
        f"({demo.free_places(session.session)})"
    )
    visit = demo.reserve(session.session, "seokwon", 2)
    demo.answer(f"{visit.status}, and durable; {demo.free_places(session.session)}")
    demo.now()
    return visit


def activate_voucher(demo: Demo, visit: Reservation) -> None:
    demo.step("Whenever a reservation is confirmed, a voucher becomes active")

    def hear(event: VoucherActivated) -> None:
        demo.tell("heard", f"VoucherActivated for {event.member}, by a subscriber")

    with demo.museum.events.subscribe(hear, VoucherActivated):
        demo.asked("seokwon's voucher, before anybody has pumped")
        demo.answer(demo.voucher_of(visit.id))
        demo.pump()
        demo.answer(demo.voucher_of(visit.id))
    demo.now()


def withdraw(demo: Demo) -> None:
    demo.step("A withdrawn exhibition cannot be reserved")
    museum = demo.museum
    evening = demo.evening(1, 18)
    pop_up = museum.catalogue.register_exhibition(
        "Paper Moons",
        kind="pop-up",
        sessions=[NewSession(evening, evening + 2 * HOUR, capacity=30)],
    )
    session = pop_up.sessions[0]
    ada = demo.reserve(session, "ada", 2)
    bo = demo.reserve(session, "bo", 3)
    demo.asked("the pop-up Paper Moons opens; ada reserves 2 places, bo 3")
    demo.pump()
    demo.asked("the manager withdraws it")
    withdrawn = museum.catalogue.withdraw(pop_up.exhibition.id)
    demo.answer(f"{withdrawn.status}, for good, in one small unit of work")
    status = museum.bookings.find(ada.id).status
    demo.more(f"ada's reservation reads {status} from this moment on")
    before = demo.reservations()
    demo.asked("kai: 1 place in Paper Moons")
    demo.answer(refusal(lambda: museum.bookings.reserve(session, "kai")))
    demo.more(
        f"{count(before, 'reservation')} before, {demo.reservations()} after: "
        "what is refused does not come into being"
    )
    demo.pump()
    demo.more(f"bo's voucher: {demo.voucher_of(bo.id)}")
    demo.now()


def cancel(demo: Demo) -> Reservation:
    demo.step("A customer cancels a confirmed reservation")
    session = demo.next_session("picasso", 2)
    visit = demo.reserve(session.session, "mina", 2)
    demo.asked(f"mina: 2 places for Picasso, {minute(session.times.starts_at)}")
    demo.answer(f"{visit.status}; {demo.free_places(session.session)}")
    demo.pump()
    demo.asked("mina: cancel")
    cancelled = demo.museum.bookings.cancel(visit.id)
    demo.answer(f"{cancelled.status}; {demo.free_places(session.session)}")
    demo.asked("mina: cancel, once more")
    again = demo.museum.bookings.cancel(visit.id)
    demo.answer(
        f"{again.status} as before; nothing was written"
        + ("" if again == cancelled else ", or was it?")
    )
    demo.now()
    return cancelled


def deactivate_voucher(demo: Demo, visit: Reservation) -> None:
    demo.step("Whenever a reservation is cancelled, its voucher is deactivated")

    def hear(event: VoucherDeactivated) -> None:
        demo.tell("heard", f"VoucherDeactivated for {event.member}, by a subscriber")

    with demo.museum.events.subscribe(hear, VoucherDeactivated):
        code = demo.museum.vouchers.of(visit.id)[-1].code
        demo.asked("mina at the gate with her voucher, before anybody has pumped")
        demo.answer(refusal(lambda: demo.museum.vouchers.redeem(code, gate="north")))
        demo.pump()
        demo.answer(demo.voucher_of(visit.id))
    demo.now()


def show_my_page(demo: Demo) -> None:
    demo.step("A customer sees their reservations on my page")
    for member in ("seokwon", "mina", "bo"):
        entries = list(demo.museum.my_page.of(member))
        demo.asked(f"{member}'s page")
        rest = ", the latest of them:" if len(entries) > 4 else ":"
        demo.answer(count(len(entries), "entry") + rest)
        for entry in entries[-4:]:
            voucher = f", voucher {entry.voucher_status}" if entry.voucher_status else ""
            demo.more(
                f"{minute(entry.starts_at)}  {entry.places}  {entry.status}{voucher}  {entry.title}"
            )
    demo.now()


def refuse(demo: Demo) -> None:
    demo.step("No is an ordinary answer: a code to branch on, a message to show, nothing written")
    museum = demo.museum

    def sessions(slug: str) -> list[SessionId]:
        return [each.id for each in museum.catalogue.sessions_of(demo.exhibitions[slug])]

    before = demo.reservations()
    for what, session, places in (
        ("1 place in a session that does not exist", SessionId(999_999_999), 1),
        ("no places at all", sessions("monet")[-1], 0),
        ("7 places for Kandinsky, with String Quartet", sessions("kandinsky-concert")[-1], 7),
        ("3 places in the opening week of Klimt", sessions("opening-klimt")[-1], 3),
        ("1 place before the Vermeer on loan, weeks ahead", sessions("vermeer-on-loan")[-1], 1),
        ("1 place among the Stones from the Sky, yesterday", sessions("meteorites")[0], 1),
    ):
        demo.asked(f"noah: {what}")
        demo.answer(refusal(lambda: museum.bookings.reserve(session, "noah", places)))
    demo.more(f"{count(before, 'reservation')} before, {demo.reservations()} after")
    demo.now()


def book_while_others_lag(demo: Demo) -> None:
    demo.step("Bookings go on while vouchers and my page are away")
    visits = {
        member: demo.reserve(demo.next_session("moon-jars", 1).session, member, 1).id
        for member in ("hana", "liam", "yuna")
    }

    def arrived() -> str:
        vouchers = sum(len(demo.museum.vouchers.of(visit)) for visit in visits.values())
        entries = sum(
            entry.reservation == visit
            for member, visit in visits.items()
            for entry in demo.museum.my_page.of(member)
        )
        return f"{vouchers} of 3 vouchers, {entries} of 3 entries on my page"

    demo.asked("hana, liam and yuna: 1 place each for the moon jars; nobody pumps")
    demo.answer(f"3 confirmed; {arrived()}")
    demo.pump()
    demo.answer(f"what was missed has arrived: {arrived()}")
    demo.now()


def rebuild_my_page(demo: Demo) -> None:
    demo.step("My page is a read model of its own, made from events alone")
    demo.asked("a second engine on the same file, with an empty page store in memory")
    with exhibition.open(demo.file, my_page=":memory:", clock=demo.clock) as second:
        demo.answer(f"{count(len(list(second.my_page.list())), 'entry')} before it is pumped")
        report = second.events.pump()
        rebuilt = list(second.my_page.list())
        same = "the same" if rebuilt == list(demo.museum.my_page.list()) else "NOT the same"
        demo.answer(
            f"{count(len(rebuilt), 'entry')} once it has followed "
            f"{count(report.followed('my-page'), 'event')}: {same} as those in the file"
        )
    demo.now()


def fight_for_places(demo: Demo) -> None:
    demo.step("Never oversold: 32 customers want the last 12 places at the same time")
    session = demo.extra_session("dinosaur-hall", 12)
    answers: list[str] = []

    def fight(member: str) -> None:
        try:
            answers.append(demo.reserve(session, member, 1).status)
        except exhibition.SoldOut as no:
            answers.append(no.code)

    customers = [threading.Thread(target=fight, args=(f"fan-{i}",)) for i in range(32)]
    for customer in customers:
        customer.start()
    for customer in customers:
        customer.join()
    demo.asked("32 threads: 1 place each, for an extra Night in the Dinosaur Hall")
    confirmed, sold_out = answers.count("confirmed"), answers.count("sold_out")
    demo.answer(f"{confirmed} confirmed, {sold_out} sold_out; {demo.free_places(session)}")
    demo.pump()
    demo.now()


def hold(demo: Demo) -> None:
    demo.step("A hold keeps places while the customer pays, and no longer")
    bookings = demo.museum.bookings
    session = demo.extra_session("darkroom", 2)
    jun = bookings.reserve(session, "jun", 2, hold=15 * MINUTE).reservation
    assert jun.expires_at is not None
    demo.asked("jun: hold both places of a small workshop for 15 minutes")
    demo.answer(f"held until {minute(jun.expires_at)}; {demo.free_places(session)}")
    demo.asked("rosa: 1 place")
    demo.answer(refusal(lambda: bookings.reserve(session, "rosa")))
    demo.clock.advance(15 * MINUTE)
    demo.asked("rosa: 1 place, 15 minutes later; nobody has cleaned up")
    rosa = demo.reserve(session, "rosa", 1)
    demo.answer(f"{rosa.status}; {demo.free_places(session)}")
    demo.asked("jun: confirm, too late")
    demo.answer(refusal(lambda: bookings.confirm(jun.id)))
    again = bookings.reserve(session, "jun", hold=True).reservation
    demo.asked("jun: hold the place that is left, and confirm in time")
    demo.answer(f"{bookings.confirm(again.id).status}; {demo.free_places(session)}")
    demo.pump()
    demo.now()


def send_twice(demo: Demo, run: str) -> None:
    demo.step("A request that is sent twice is done once")
    bookings = demo.museum.bookings
    session = demo.extra_session("munch-on-paper", 3)
    key = f"demo/{run}/iris"
    first = bookings.reserve(session, "iris", 3, idempotency_key=key)
    demo.asked("iris: the last 3 places, under a key; the answer gets lost on its way")
    demo.answer(f"{first.reservation.status}; {demo.free_places(session)}")
    second = bookings.reserve(session, "iris", 3, idempotency_key=key)
    demo.asked("iris: the same request, under the same key")
    demo.answer(
        f"replayed: her reservation, not sold_out; {demo.free_places(session)}"
        if second.replayed and second.reservation == first.reservation
        else "reserved once more, which is wrong"
    )
    demo.asked("iris: another request, under the same key")
    demo.answer(refusal(lambda: bookings.reserve(session, "iris", idempotency_key=key)))
    demo.pump()
    demo.now()


def go_in(demo: Demo) -> None:
    demo.step("A voucher lets in as many as it admits")
    gates = demo.museum.vouchers
    visit = demo.reserve(demo.next_session("first-museum", 3).session, "omar", 3)
    demo.asked("omar: 3 places for My First Museum")
    demo.pump()
    code = gates.of(visit.id)[-1].code

    def admitted(voucher: exhibition.Voucher) -> str:
        return f"{voucher.admitted} of {voucher.admits} have gone in"

    demo.asked("the south gate: let 2 in, then 2 more")
    demo.answer(admitted(gates.redeem(code, gate="south", count=2)))
    demo.answer(refusal(lambda: gates.redeem(code, gate="south", count=2)))
    demo.asked("the south gate: take that back, they went to the wrong door")
    demo.answer(admitted(gates.undo_redeem(code)))
    demo.asked("the north gate: let all 3 in")
    demo.answer(admitted(gates.redeem(code, gate="north", count=3)))
    demo.pump()
    demo.now()


def check_and_copy(demo: Demo) -> None:
    demo.step("The books are checked, and copied while the museum is open")
    demo.asked("audit: recount everything")
    findings = demo.museum.audit()
    demo.answer(count(len(findings), "difference"))
    for finding in findings:
        demo.more(str(finding))
    copy = demo.file.with_name(f"{demo.file.stem}-copy.db")
    for old in demo.file.parent.iterdir():
        if old.name == copy.name or old.name.startswith(f"{copy.name}-"):
            old.unlink()
    demo.asked(f"backup to {copy.name}")
    demo.museum.backup(copy)
    with exhibition.open(copy, clock=demo.clock) as restored:
        twin = Demo(restored, demo.clock, copy)
        contents = "the same" if twin.inventory() == demo.inventory() else "NOT the same"
        is_same = list(restored.my_page.list()) == list(demo.museum.my_page.list())
        demo.answer(
            f"opened and audited: {count(len(restored.audit()), 'difference')}, "
            f"{contents} contents, {'the same' if is_same else 'NOT the same'} pages"
        )
    demo.now()


def show(demo: Demo, programme: list[dict[str, Any]], head: int) -> None:
    print(f"exhibition {exhibition.__version__}: a museum's reservations from the first day to a bad one\n")
    print(f"    file    {demo.file.name}, {'and in it:' if head else 'new'}")
    if head:
        demo.more(demo.inventory())
        demo.more(f"the log ends at {head}; this run goes on from there")
    print(f"    clock   {minute(demo.clock.now())} UTC; the demo moves it by hand, so nobody has to wait")
    print("\nEveryday life")
    register_exhibitions(demo, programme)
    monet = reserve_monet(demo)
    activate_voucher(demo, monet)
    withdraw(demo)
    picasso = cancel(demo)
    deactivate_voucher(demo, picasso)
    show_my_page(demo)
    print("\nA bad day")
    refuse(demo)
    book_while_others_lag(demo)
    rebuild_my_page(demo)
    fight_for_places(demo)
    hold(demo)
    send_twice(demo, str(head))
    go_in(demo)
    check_and_copy(demo)
    print("\nThat was all. Run it again: it goes on from what is in the file.")


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Walks through a museum's reservations on an SQLite file. Run it again: it goes on "
        "from there."
    )
    parser.add_argument("--database", type=Path, default=Path("museum.db"), metavar="PATH")
    parser.add_argument("--now", type=datetime.datetime.fromisoformat, metavar="TIME",
                        help="2026-09-01T08:00:00+00:00, for instance; the system's time if not given")
    parser.add_argument("--seed", type=int, metavar="N", help="makes the voucher codes repeatable")
    parser.add_argument("--data", type=Path, default=DATA, metavar="FILE")
    options = parser.parse_args()
    programme = json.loads(options.data.read_text(encoding="utf-8"))["exhibitions"]
    clock = ManualClock(options.now or datetime.datetime.now(UTC))
    with exhibition.open(options.database) as museum:
        head = museum.events.head()
    # A second run on the same file starts elsewhere in the log, so it draws other codes than the first.
    random = None
    if options.seed is not None:
        random = SeededRandom((options.seed + 0x9E3779B97F4A7C15 * head) % 2**64)
    with exhibition.open(options.database, clock=clock, random=random) as museum:
        show(Demo(museum, clock, options.database), programme, head)


if __name__ == "__main__":
    try:
        main()
    except (exhibition.Error, OSError) as problem:
        sys.exit(f"quickstart: {problem}")

"""The first lines of README.md in Python, as a program."""

from datetime import datetime, timedelta, timezone

import exhibition
from exhibition import NewSession, VoucherActivated

nine = datetime.now(timezone.utc).replace(hour=9, minute=0) + timedelta(days=1)
ten = nine + timedelta(hours=1)

with exhibition.open("museum.db") as museum:

    @museum.events.on(VoucherActivated)
    def print_voucher(event: VoucherActivated) -> None:
        print("a voucher for", event.member)

    session = NewSession(nine, ten, capacity=40)
    monet = museum.catalogue.register_exhibition("Monet", sessions=[session])
    try:
        museum.bookings.reserve(monet.sessions[0], member="seokwon", places=2)
    except exhibition.SoldOut as no:  # an ordinary answer
        print("only", no.free, "left")
    museum.events.pump()  # nothing runs behind your back
    for entry in museum.my_page.of("seokwon"):
        print(entry.title)

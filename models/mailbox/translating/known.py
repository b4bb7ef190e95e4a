"""What is known to be personal in a thread: names, addresses and numbers that a text about it may hold, for masking."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.mailbox.message import MailMessage
from models.mailbox.thread import MailThread, plain_name
from models.orders.buyer import Buyer
from models.orders.order import Order
from models.people.person import Person
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.vault.data_key import KeyDestroyed

NAMES_OF_ADDRESS = ("name", "companyName")
NO_SECRET = ("countryCode",)


@dataclass
class Known:
    """`names`: each word of them is masked. `words`: whole ones and long parts."""

    names: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)


def known_of(thread: MailThread, message: MailMessage | None = None, person: Person | None = None) -> Known:
    """Of the thread, its order and parcels; of the message who sent it; of the person their name. Raises KeyDestroyed."""
    known = Known(
        names={plain_name(thread.unseal("buyer_name") or "")},
        words={thread.order_no, _local(thread.unseal("to_address"))},
    )
    if person is not None:
        known.names.add(person.name)
    if message is not None:
        known.names.add(plain_name(message.unseal("from_name") or ""))
        known.words |= {_local(message.unseal("from_addr")), *message.order_ids}
    if thread.order is not None:
        _of_buyer(thread.order, known)
        numbers = Parcel.select(Parcel.tracking_number).join(ParcelLine).where(ParcelLine.order == thread.order_id)
        known.words |= {parcel.tracking_number for parcel in numbers}
    known.names.discard("")
    known.words.discard("")
    return known


def _of_buyer(order: Order, known: Known) -> None:
    """What the order still holds; nothing once its buyer is destroyed."""
    buyer = Buyer.of(order)
    try:
        clear = buyer.clear() if buyer is not None else {}
    except KeyDestroyed:
        return
    address = {part: text for part, text in clear.get("address", {}).items() if part not in NO_SECRET and text}
    known.names |= {
        clear.get("name", ""),
        clear.get("company", ""),
        *(address.pop(part, "") for part in NAMES_OF_ADDRESS),
    }
    known.words |= {
        _local(clear.get("email")),
        clear.get("phone", ""),
        clear.get("purchase_order", ""),
        *address.values(),
    }


def _local(address: str | None) -> str:
    """The part that is the buyer's own: before the + of a relay address, and before the @."""
    return (address or "").partition("@")[0].partition("+")[0]

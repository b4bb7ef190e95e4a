"""A file goes to Amazon before the message that names it: a place is asked for, and the bytes are put there."""

from __future__ import annotations

from integrations.amazon.mapping import messaging
from integrations.amazon.uploading import md5_of
from integrations.errors import IntegrationError
from jobs.amazon import GuardedClient
from models.mailbox.enclosure import Enclosure
from models.mailbox.outreach import Outreach
from models.support.db import require_no_txn

PLACE = "createUploadDestinationForResource"


def hand_in(client: GuardedClient, one: Outreach, file: Enclosure) -> str:
    """Puts a file where Amazon says, and gives the name a message calls it by."""
    answer = client.call(
        PLACE,
        path={"resource": messaging.resource(one.order.order_id, one.action)},
        query={"marketplaceIds": [one.order.marketplace_id], "contentMD5": md5_of(file.content), "contentType": file.content_type},
    )  # fmt: skip
    place = messaging.destination(answer.json)
    if place is None:
        raise IntegrationError("unreadable", "Amazon did not say where the file goes.", permanent=False)
    require_no_txn("A file was uploaded")
    client.upload(place, file.content)
    return place.id

"""Files for messages: the Uploads API, and the storage behind its signed addresses. As Amazon's, the storage wants PUT, the headers that were
signed, the MD5 in base64 and 15 minutes at most, and answers in XML."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from collections.abc import Mapping

from sandbox.amazon import seal
from sandbox.amazon.call import Call
from sandbox.amazon.errors import InvalidInput, NotFound
from sandbox.amazon.operations import Answer, operation
from sandbox.amazon.records import Upload
from sandbox.amazon.world import World

PREFIX = "/buyer-seller-messaging/"
LIVES, LARGEST = 900, 10 * 1024 * 1024
ENCRYPTION = ("x-amz-server-side-encryption", "aws:kms")
RESOURCE = re.compile(
    r"messaging/v1/orders/([^/]+)/messages/(confirmCustomizationDetails|digitalAccessKey|invoice|legalDisclosure|warranty)"
)
TYPES = ("application/pdf", "image/jpeg", "image/png", "text/plain")
Stored = tuple[int, str]
STORAGE = "upload"  # What the requests to the storage are called in the journal and by faults.


@operation(
    "createUploadDestinationForResource", "POST", "/uploads/2020-11-01/uploadDestinations/{resource}", rate=10.0, burst=10,
    is_greedy=True,
)  # fmt: skip
def create_upload_destination(call: Call) -> Answer:
    (market,) = call.marketplaces(most=1)
    resource, md5 = call.path["resource"].lstrip("/"), call.text("contentMD5")
    named = RESOURCE.fullmatch(resource)
    if named is None:
        raise NotFound(f"The resource '{resource[:200]}' takes no uploads.")
    order = call.world.orders.get(named[1])
    if order is None or order.seller_id != call.account.seller_id or order.marketplace_id != market.id:
        raise NotFound(f"Order '{named[1]}' was not found.")
    if not md5:
        raise InvalidInput("The parameter 'contentMD5' is required.")
    kind = call.choice("contentType", TYPES, "application/pdf") or ""
    name = str(
        uuid.UUID(bytes=hashlib.sha256(f"{call.world.seed} {call.world.count('upload')}".encode()).digest()[:16])
    )
    call.world.uploads.put(Upload(name, call.account.seller_id, resource, md5, kind, call.now + LIVES))
    sign = seal.seal(call.world.seed, "upload", {"id": name, "until": call.now + LIVES})
    url = f"{call.base_url}{PREFIX}{name}?X-Amz-Expires={LIVES}&X-Amz-SignedHeaders=content-md5%3Bhost%3B{ENCRYPTION[0]}&X-Amz-Signature={sign}"
    return 201, {
        "payload": {
            "uploadDestinationId": name,
            "url": url,
            "headers": {"Content-MD5": md5, ENCRYPTION[0]: ENCRYPTION[1]},
        }
    }


def store(world: World, name: str, sign: str, method: str, headers: Mapping[str, str], body: bytes, now: int) -> Stored:
    """What the storage answers to one request: a status, and XML where it refuses."""
    if "x-amz-access-token" in headers:  # Stricter than Amazon: the token is for the API alone.
        return _error(400, "InvalidRequest", "An access token has no business here.")
    signed, upload = seal.unseal(world.seed, "upload", sign), world.uploads.get(name)
    if method != "PUT":
        return _error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
    if signed is None or upload is None or signed["id"] != name:
        return _error(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        )
    if signed["until"] <= now:
        return _error(403, "AccessDenied", "Request has expired")
    if headers.get("content-md5") != upload.md5 or headers.get(ENCRYPTION[0]) != ENCRYPTION[1]:
        return _error(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        )
    if not _is_digest(upload.md5):
        return _error(400, "InvalidDigest", "The Content-MD5 you specified was invalid.")
    if len(body) > LARGEST:
        return _error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
    if base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode() != upload.md5:
        return _error(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
    upload.size, upload.sha256 = len(body), hashlib.sha256(body).hexdigest()
    world.uploads.put(upload)
    return 200, ""


def taken(call: Call, resource: str, attachments: object, *, least: int) -> list[dict[str, object]]:
    """The files of a message, each uploaded for just this one. Raises InvalidInput."""
    if attachments is None:
        attachments = []
    if not isinstance(attachments, list) or not least <= len(attachments) <= 5:
        raise InvalidInput(f"'attachments' has to hold between {least} and 5 files.")
    found: list[tuple[Upload, str]] = []
    for one in attachments:
        told = one if isinstance(one, dict) else {}
        upload = call.world.uploads.get(str(told.get("uploadDestinationId")))
        name = told.get("fileName")
        if upload is None or upload.resource != resource or upload.seller_id != call.account.seller_id or upload.used:
            raise InvalidInput("An 'uploadDestinationId' is unknown, used, or belongs to another message.")
        if upload.size is None:
            raise InvalidInput("Nothing was uploaded to an 'uploadDestinationId'.")
        if not isinstance(name, str) or not re.fullmatch(r"[^/\\]{1,120}\.(pdf|jpg|png|txt)", name):
            raise InvalidInput("A 'fileName' has to have a name and an extension.")
        found.append((upload, name))
    if sum(upload.size or 0 for upload, _name in found) > LARGEST:
        raise InvalidInput("The attachments of a message have at most 10 MB.")
    for upload, _name in found:
        upload.used = True
        call.world.uploads.put(upload)
    return [{"name": name, "size": upload.size, "sha256": upload.sha256} for upload, name in found]


def _is_digest(md5: str) -> bool:
    try:
        return len(base64.b64decode(md5, validate=True)) == 16
    except ValueError:
        return False


def _error(status: int, code: str, message: str) -> Stored:
    return (
        status,
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>',
    )

"""django-hordak's ledger on PostgreSQL: `python -m bench.peers.hordak_ledger` reads how many to post, a number a line, and writes the seconds
of each as a line of JSON; at the end what the wallet holds.

A posting is as its documentation shows one, in a transaction with the wallet's row locked: the balance is asked for, since nothing else
refuses what is not there, and the transaction's uuid is the reference that may come once.
"""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from urllib.parse import urlsplit

import django
from django.conf import settings

MUCH = 10_000_000


def begin() -> None:
    place = urlsplit(os.environ["PEERS_DATABASE"])
    database = {"ENGINE": "django.db.backends.postgresql", "NAME": place.path.strip("/"), "USER": place.username,
                "HOST": place.hostname, "PORT": place.port, "CONN_MAX_AGE": None}  # fmt: skip
    settings.configure(
        SECRET_KEY="bench", USE_TZ=True, DATABASES={"default": database}, DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"], DEFAULT_CURRENCY="CNY",
        CURRENCIES=("CNY",), HORDAK_CURRENCIES=["CNY"], HORDAK_INTERNAL_CURRENCY="CNY",
    )  # fmt: skip
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def main() -> int:
    begin()
    from django.db import transaction
    from hordak.models import Account
    from moneyed import Money

    def account(code: str, kind: str) -> Account:
        return Account.objects.create(name=code, code=code, type=kind, currencies=["CNY"])

    wallet, income, bank = account("1", "LI"), account("2", "IN"), account("3", "AS")
    one = Money(1, "CNY")

    def post(number: int) -> None:
        with transaction.atomic():
            held = Account.objects.select_for_update().get(pk=wallet.pk)
            if held.get_simple_balance()["CNY"] < one:
                raise AssertionError("There is nothing left.")
            income.transfer_to(held, one, uuid=uuid.uuid5(uuid.NAMESPACE_OID, str(number)))

    with transaction.atomic():
        wallet.transfer_to(bank, Money(MUCH, "CNY"))
    posted = 0
    for line in sys.stdin:
        times = []
        for number in range(posted, posted + int(line)):
            began = time.perf_counter()
            post(number)
            times.append(time.perf_counter() - began)
        posted += int(line)
        print(json.dumps(times), flush=True)
    print(json.dumps(int(MUCH - wallet.get_simple_balance()["CNY"].amount)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

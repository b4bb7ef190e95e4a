"""Waybills of carriers' own services: ordered once under our reference, looked up where an answer never came, their labels fetched.

Rows are claimed before a call, calls happen outside transactions, and each answer is recorded in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import models.compliance.touched  # noqa: F401 (is told of the buyers that are opened)
from integrations.carriers import Asked
from integrations.carriers.yunexpress_client import MOST_WAYBILLS
from integrations.carriers.yunexpress_waybills import Goods, Made, Receiver
from integrations.carriers.yunexpress_waybills import Waybill as Told
from integrations.errors import IntegrationError
from jobs.carriers import client_for, note_trouble, problem_words
from jobs.papers.making import NotMade, joined
from models.orders.note import impersonal
from models.shipping.tracking_account import TrackingAccount
from models.shipping.waybill import Waybill
from models.shipping.waybill_content import Content, contents_of
from models.support.errors import AlreadyDecided
from models.support.job_run import JobRun
from models.support.words import Words, say
from models.vault.data_key import KeyDestroyed

MOST_LABEL_BYTES = 5_000_000
SURE = ("key_refused", "address_refused", "unsafe_address", "own_throttle", "throttled")  # The carrier took nothing.


def work(run: JobRun) -> None:
    """One account, until nothing of it is due."""
    account = TrackingAccount.of_uid(run.scope)
    if account is None or not account.is_working:
        return
    try:
        with client_for(account) as client:
            Round(run, account, client).to_the_end()
    except IntegrationError as error:
        note_trouble(account, error)
    except KeyDestroyed:
        return  # The account was removed meanwhile.


class Round:
    """What is done for one account in one run."""

    def __init__(self, run: JobRun, account: TrackingAccount, client: Any):
        self.run, self.account, self.client = run, account, client

    def to_the_end(self) -> None:
        while taken := Waybill.claim(self.account, MOST_WAYBILLS):
            self._order(taken)
            self.run.progress(add=len(taken))
        while rows := Waybill.to_fetch(self.account, MOST_WAYBILLS):
            for row in rows:
                self._fetch_label(row)
            self.run.progress(add=len(rows))

    def _order(self, taken: Sequence[tuple[Waybill, bool]]) -> None:
        """What the carrier may know already is asked for first; the rest is ordered together."""
        unknown = [row for row, may_be_known in taken if not (may_be_known and self._known(row))]
        contents = contents_of(unknown)
        orders = [(row, _told(contents[row.id])) for row in unknown if row.id in contents]
        if not orders:
            return
        try:
            answers = self.client.make([order for _row, order in orders])
        except IntegrationError as error:
            self._put_off([row for row, _order in orders], error)
            raise
        for (row, _sent), answer in zip(orders, answers, strict=True):
            self._settle(row, answer)

    def _known(self, row: Waybill) -> bool:
        """Has the carrier a waybill under our reference? Then it is ours."""
        try:
            found = self.client.find(row.reference)
        except IntegrationError as error:
            row.later(problem_words(error), is_unsure=True, seconds=error.retry_after)
            return True
        if found is not None:
            row.take(found.number, found.tracking_number)
        return found is not None

    def _settle(self, row: Waybill, answer: Made) -> None:
        """A refusal may follow an answer that was lost: the reference decides."""
        if answer.is_made:
            row.take(answer.number, answer.tracking_number)
        elif not self._known(row):
            row.refuse(say("The carrier says: %(message)s", message=impersonal(answer.message)))

    def _put_off(self, rows: Sequence[Waybill], error: IntegrationError) -> None:
        for row in rows:
            if error.permanent and error.code == "refused":
                if not self._known(row):
                    row.refuse(problem_words(error))
            else:
                row.later(problem_words(error), is_unsure=error.code not in SURE, seconds=error.retry_after)

    def _fetch_label(self, row: Waybill) -> None:
        try:
            answer = self.client.labels([Asked(row.number)])
            if not answer.files:
                row.label_later(_no_label(answer.refused[0].message if answer.refused else ""))
                return
            row.keep_label(_clean(self.client.download(answer.files[0].url)))
        except IntegrationError as error:
            row.label_later(problem_words(error), error.retry_after)
            if error.concerns_everything:
                raise
        except NotMade:
            row.label_later(_no_label("no PDF"))
        except (AlreadyDecided, KeyDestroyed):
            row.label_later(say("The buyer's data is gone, so its label is not kept."), 10**6)


def _clean(pdf: bytes) -> bytes:
    """What is drawn on its pages and nothing else. Raises NotMade."""
    if len(pdf) > MOST_LABEL_BYTES:
        raise NotMade("The label is too large.")
    return joined([pdf])


def _no_label(message: str) -> Words:
    return say("The carrier gives no label yet: %(message)s", message=message or "—")


def _told(content: Content) -> Told:
    goods = tuple(
        Goods(one["name"], one["name_cn"], one["quantity"], Decimal(one["unit_price"]), one["currency"], one["grams"],
              one["hs_code"], one["sku"])
        for one in content.goods
    )  # fmt: skip
    return Told(
        content.reference, content.method, content.grams, Receiver(**content.receiver), goods, *content.sides_mm,
        ioss_number=content.ioss_number,
    )  # fmt: skip

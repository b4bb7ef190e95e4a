"""The whole truth about what runs by itself."""

from __future__ import annotations

from datetime import time, timedelta

from jobs import (
    audit,
    batches,
    compliance,
    confirming,
    definitions,
    exports,
    housekeeping,
    images,
    imports,
    lists,
    mailbox,
    mailbox_sending,
    mailbox_threads,
    mailbox_translating,
    metrics,
    notices,
    orders,
    outreach,
    parcel_papers,
    parcels_at_risk,
    people,
    price_sheets,
    publishing,
    rates,
    remote_lists,
    retention,
    statements,
    stores,
    tracking,
    wallets,
    waybills,
    workload,
)
from jobs.job import Job
from models.audit.chain import has_unsealed
from models.catalog.image import ProductImage
from models.catalog.publication import Publication
from models.compliance import watch
from models.compliance.review import AccessReview
from models.exports.export import Export
from models.freight.batch.record import JOB as BATCHES
from models.freight.batch.record import QuoteBatch
from models.freight.remote_list import JOB as REMOTE_LISTS
from models.freight.remote_list import RemoteList
from models.freight.sheet_import import JOB as PRICE_SHEETS
from models.freight.sheet_import import SheetImport
from models.imports.record import JOB as IMPORTS
from models.imports.record import Import
from models.lists.bulk_run import BulkRun
from models.mailbox import acknowledging, escalation, sending
from models.mailbox.account import MailAccount
from models.mailbox.account_state import JOB as MAILS
from models.mailbox.outreach import JOB as OUTREACH
from models.mailbox.sending import JOB as SEND
from models.notices.notice import JOB as NOTICES
from models.notices.notice import Notice
from models.shipping import working as tracking_work
from models.shipping.alerts.rules import JOB as RISKS
from models.shipping.confirmation import JOB as CONFIRM
from models.shipping.confirmation import Confirmation
from models.shipping.metrics import JOB as METRICS
from models.shipping.papers.paper import Paper
from models.shipping.tracking_account import FOLLOW
from models.shipping.tracking_account import JOB as TRACK
from models.shipping.waybill import JOB as WAYBILLS
from models.shipping.waybill import Waybill
from models.stores.store import Store
from models.support.words import say
from models.translation.account import JOB as TRANSLATE
from models.wallet import alert, billing
from models.wallet.billing import JOB as BILLS
from models.wallet.receipt import wanted as wanted_receipts
from models.wallet.recharge import RECEIPTS
from models.wallet.slip import JOB as SLIPS
from models.wallet.slip import RechargeSlip
from models.wallet.statements.statement import Statement
from models.workload.count import is_behind

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

SCHEDULE = (
    Job("audit.seal", say("Seal events into the chain"), audit.seal, SECOND, due=has_unsealed),
    Job("audit.checkpoint", say("Sign the end of the chain"), audit.checkpoint, HOUR),
    Job("audit.archive", say("Move old events into signed files"), audit.archive, DAY, at=time(2, 40)),
    Job("workload.count", say("Count the work of everybody"), workload.count, SECOND, due=is_behind),
    Job("workload.forget", say("Forget counted work when its events have left"), workload.forget, DAY),
    Job("housekeeping", say("Forget old sessions and runs"), housekeeping.forget, 10 * MINUTE),
    Job("people.leave", say("Close the accounts of people who left"), people.leave, MINUTE, at_start=True),
    Job(
        "people.factors",
        say("Reset lost second factors when their day is over"),
        people.reset_factors,
        MINUTE,
        at_start=True,
    ),
    Job("compliance.alarms", say("Look for what is unusual"), compliance.alarms, 5 * SECOND, due=watch.has_work),
    Job(
        "compliance.reviews",
        say("Open access reviews, do what was decided, sign them"),
        compliance.reviews,
        10 * MINUTE,
        due=AccessReview.has_work,
        at_start=True,
    ),
    Job(
        "compliance.baseline",
        say("Write down who may do what, and look for what no event explains"),
        compliance.take_baseline,
        HOUR,
        at_start=True,
    ),
    Job(
        "compliance.audit",
        say("Check the whole event log against its chain"),
        compliance.check_audit,
        DAY,
        at=time(4, 20),
    ),
    Job("wallet.expire", say("Release what was on hold for too long"), wallets.expire, 10 * MINUTE, at_start=True),
    Job(
        RECEIPTS,
        say("Print the receipts of recharges"),
        wallets.receipts,
        HOUR,
        due=lambda: bool(wanted_receipts()),
        at_start=True,
    ),
    Job(
        BILLS,
        say("Post what was agreed to of carriers' bills"),
        wallets.bills,
        10 * MINUTE,
        due=lambda: billing.to_post().exists(),
        at_start=True,
    ),
    Job(
        "wallet.alerts",
        say("Tell of wallets that are low, overdrawn or frozen"),
        wallets.alerts,
        10 * SECOND,
        due=alert.has_changed,
    ),
    Job(NOTICES, say("Mail what people asked to be told"), notices.send, MINUTE, due=Notice.has_due),
    Job("wallet.statements", say("Make statements of wallets"), statements.make, 5 * SECOND, scopes=Statement.waiting),
    Job("wallet.months", say("Ask for the statements of months that are over"), statements.ask_for_months, HOUR),
    Job(
        SLIPS,
        say("Make slips of recharges safe to open"),
        wallets.slips,
        HOUR,
        due=RechargeSlip.has_work,
        at_start=True,
    ),
    Job("wallet.sums", say("Sum the days of wallets that are over"), wallets.sum_days, HOUR, at_start=True),
    Job("wallet.prove", say("Prove that the wallets add up"), wallets.prove, DAY, at=time(3, 20)),
    Job("lists.bulk", say("Do things with many records"), lists.bulk, MINUTE, scopes=BulkRun.waiting),
    Job("stores.check", say("Try authorizations, learn marketplaces"), stores.check, MINUTE, scopes=stores.checking),
    Job(
        "catalog.publish",
        say("Publish listings, read them back"),
        publishing.publish,
        SECOND,
        scopes=Publication.stores_with_work,
        due=Publication.next_due,
    ),
    Job(
        "catalog.images",
        say("Copy images that products name by address"),
        images.fetch,
        5 * SECOND,
        due=ProductImage.has_work,
    ),
    Job("catalog.definitions", say("Fetch product types"), definitions.fetch, DAY, scopes=Store.working_uids),
    Job("exports.make", say("Make the files of large exports"), exports.make, SECOND, scopes=Export.to_make),
    Job("exports.expire", say("Take away files of exports after a day"), exports.expire, 10 * MINUTE, at_start=True),
    Job(IMPORTS, say("Look at and apply imports"), imports.work, 5 * SECOND, scopes=Import.busy, due=Import.has_work),
    Job("imports.forget", say("Forget old imports"), imports.forget, DAY),
    Job(
        PRICE_SHEETS,
        say("Read price sheets, make drafts of them"),
        price_sheets.work,
        5 * SECOND,
        scopes=SheetImport.busy,
        due=SheetImport.has_work,
    ),
    Job("freight.forget_sheets", say("Forget price sheet files without a draft"), price_sheets.forget, DAY),
    Job(
        BATCHES,
        say("Price files of parcels"),
        batches.price,
        SECOND,
        scopes=QuoteBatch.to_price,
        due=QuoteBatch.has_work,
    ),
    Job("freight.forget_batches", say("Forget priced files after 30 days"), batches.forget, DAY, at_start=True),
    Job(
        "rates.fetch",
        say("Fetch exchange rates from the European Central Bank"),
        rates.fetch,
        MINUTE,
        due=rates.is_due,
        at_start=True,
    ),
    Job("rates.forget", say("Forget fetches of exchange rates after 400 days"), rates.forget, DAY),
    Job(REMOTE_LISTS, say("Read lists of remote places"), remote_lists.work, 5 * SECOND, due=RemoteList.has_work),
    Job(
        "shipping.papers",
        say("Make labels, packing slips and pick lists"),
        parcel_papers.make,
        SECOND,
        scopes=Paper.to_make,
    ),
    Job(
        "shipping.papers_end",
        say("Take away labels, slips and lists after a day"),
        parcel_papers.expire,
        10 * MINUTE,
        at_start=True,
    ),
    Job(
        WAYBILLS,
        say("Order carriers' waybills, fetch their labels"),
        waybills.work,
        5 * SECOND,
        scopes=Waybill.accounts_with_work,
    ),
    Job("orders.poll", say("Fetch orders"), orders.poll, 3 * MINUTE, scopes=Store.working_uids),
    Job("orders.fetch", say("Fetch single orders again"), orders.fetch, MINUTE, scopes=orders.waiting_stores),
    Job(
        CONFIRM,
        say("Tell Amazon what was shipped"),
        confirming.confirm,
        SECOND,
        scopes=Confirmation.stores_with_work,
        due=Confirmation.has_work,
    ),
    Job(
        OUTREACH,
        say("Write to buyers through Amazon, ask for reviews"),
        outreach.reach_out,
        2 * SECOND,
        scopes=outreach.stores_with_work,
    ),
    Job(
        "mailbox.forget_outreach", say("Destroy texts of messages through Amazon"), outreach.forget, HOUR, at_start=True
    ),
    Job(
        TRACK,
        say("Ask where parcels are"),
        tracking.track,
        2 * SECOND,
        scopes=tracking.accounts_with_work,
        due=tracking_work.has_work,
        at_start=True,
    ),
    Job(FOLLOW, say("Follow parcels with new numbers"), tracking.follow, 10 * MINUTE, due=tracking_work.has_accounts),
    Job(MAILS, say("Read mailboxes"), mailbox.fetch, MINUTE, scopes=MailAccount.due_uids, at_start=True),
    Job(
        SEND,
        say("Send answers to buyers"),
        mailbox_sending.send,
        2 * SECOND,
        scopes=sending.accounts_with_work,
        due=sending.has_work,
    ),
    Job(
        TRANSLATE,
        say("Translate messages and answers"),
        mailbox_translating.translate,
        2 * SECOND,
        scopes=mailbox_translating.accounts_with_work,
        due=mailbox_translating.has_work,
    ),
    Job("mailbox.forget_translator_calls", say("Forget calls after 400 days"), mailbox_translating.forget, DAY),
    Job(
        "mailbox.watch",
        say("Tell of overdue answers, take up what was put aside"),
        mailbox_threads.watch,
        MINUTE,
        due=escalation.has_work,
        at_start=True,
    ),
    Job(
        acknowledging.JOB,
        say("Tell buyers that their message came, by the teams' rules"),
        mailbox_threads.acknowledge,
        MINUTE,
        due=acknowledging.has_work,
    ),
    Job("mailbox.forget", say("Forget what mailboxes were visited for, after 30 days"), mailbox.forget, DAY),
    Job(RISKS, say("Look for parcels at risk"), parcels_at_risk.watch, 10 * MINUTE, at_start=True),
    Job(
        "shipping.lanes",
        say("Learn how long parcels of a lane are silent"),
        parcels_at_risk.learn,
        DAY,
        at=time(2, 20),
        at_start=True,
    ),
    Job("shipping.forget_messages", say("Forget old messages of tracking services"), tracking.forget, DAY),
    Job(METRICS, say("Count what Amazon judges sellers by"), metrics.count, HOUR, scopes=Store.working_uids),
    Job(
        "retention.purge",
        say("Destroy buyers' data whose time is up"),
        retention.destroy_due,
        DAY,
        at=time(3, 10),
        at_start=True,
    ),
    Job("stores.forget_calls", say("Forget calls after 400 days"), stores.forget_calls, DAY),
)

"""Every table of the main database, in the order they depend on each other. Tests reflect over it."""

from models.audit.anchor import LogAnchor
from models.audit.chain import EventSeal, SealHead
from models.audit.checkpoint import Checkpoint
from models.audit.event import Event
from models.catalog.image import ProductImage
from models.catalog.listing import Listing
from models.catalog.product import Product, ProductText
from models.catalog.product_type import ProductType
from models.catalog.publication import Issue, Publication
from models.catalog.variant import Variant, VariantPrice
from models.compliance.activity import ActivityCount
from models.compliance.alarm import Alarm
from models.compliance.baseline import Baseline
from models.compliance.document import ReviewDocument
from models.compliance.line import ReviewLine
from models.compliance.review import AccessReview
from models.compliance.threshold import AlarmThreshold
from models.compliance.watch import AlarmWatch
from models.exports.export import Export
from models.freight.batch.parts import QuoteBatchError, QuoteBatchPart
from models.freight.batch.record import QuoteBatch
from models.freight.bills.carrier_bill import BillFile, CarrierBill
from models.freight.bills.line import BillLine
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.channel_surcharge import ChannelSurcharge
from models.freight.day_rate import DayRate
from models.freight.fuel_rate import FuelRate
from models.freight.kept_quote import FreightQuote
from models.freight.rate_card import RateCard
from models.freight.rate_fetch import RateFetch
from models.freight.remote_list import RemoteList
from models.freight.sheet_findings import SheetChange, SheetProblem
from models.freight.sheet_import import SheetImport
from models.imports.entry import ImportEntry, ImportRowError
from models.imports.mapping import ImportMapping
from models.imports.record import Import
from models.lists.bulk_run import BulkRow, BulkRun
from models.lists.layout import ListLayout
from models.lists.saved_view import SavedView
from models.mailbox.account import MailAccount
from models.mailbox.acknowledgement import Acknowledgement
from models.mailbox.acknowledgement_rule import AcknowledgementRule
from models.mailbox.case import AfterSalesCase
from models.mailbox.draft import MailDraft
from models.mailbox.folder import MailFolder
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.note import MailNote
from models.mailbox.outreach import Outreach
from models.mailbox.outreach_file import OutreachFile
from models.mailbox.outreach_offer import OutreachOffer
from models.mailbox.route import MailRoute
from models.mailbox.seen import MailSeen
from models.mailbox.share import MailShare
from models.mailbox.tagging import MailTagging
from models.mailbox.template import MailTemplate, TemplateText
from models.mailbox.thread import MailThread
from models.mailbox.translating.translation import MailTranslation
from models.mailbox.visit import MailVisit
from models.notices.address import NoticeAddress
from models.notices.muted import MutedNotice
from models.notices.notice import Notice
from models.orders.buyer import Buyer
from models.orders.canary import Canary
from models.orders.change import OrderChange
from models.orders.daily import OrderDay
from models.orders.line import OrderLine
from models.orders.note import OrderNote
from models.orders.order import Order
from models.orders.package import OrderPackage
from models.orders.payload import OrderPayload
from models.orders.refetch import OrderRefetch
from models.orders.sold_item import SoldItem
from models.orders.tag import OrderTag, OrderTagging
from models.orders.unread import UnreadOrder
from models.people.authenticator import Authenticator
from models.people.factor_reset import FactorReset
from models.people.invitation import Invitation
from models.people.lockout import Bucket
from models.people.network import Network
from models.people.passkey import Passkey
from models.people.past_password import PastPassword
from models.people.person import Person
from models.people.proposal import Proposal
from models.people.recovery import RecoveryCode
from models.people.role import Grant, GrantStore, Role, RolePermission
from models.people.session import Session
from models.people.team import Team
from models.people.tries import FailedTry
from models.shipping.alerts.alert import ParcelAlert
from models.shipping.alerts.lane import Lane
from models.shipping.alerts.rules import AlertRules
from models.shipping.channel_rule import ChannelRule
from models.shipping.confirmation import Confirmation
from models.shipping.following import Following
from models.shipping.hand_price import HandPrice
from models.shipping.papers.paper import Paper
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.scale_photo import ScalePhoto
from models.shipping.seller_count import SellerCount
from models.shipping.ship_from import ShipFrom
from models.shipping.tracking_account import TrackingAccount
from models.shipping.tracking_call import TrackingCall
from models.shipping.tracking_event import TrackingEvent
from models.shipping.tracking_message import TrackingMessage
from models.shipping.waybill import Waybill
from models.shipping.weighing import Weighing
from models.stores.application import Application
from models.stores.call_log import CallLog
from models.stores.consent import Consent
from models.stores.rate_bucket import RateBucket
from models.stores.store import Authorization, Store, StoreMarketplace
from models.stores.sync import Sync
from models.support.job_run import JobRun, JobWake
from models.translation.account import TranslatorAccount
from models.translation.call import TranslatorCall
from models.wallet.account import Account
from models.wallet.adjustment import Adjustment
from models.wallet.alert import WalletAlert
from models.wallet.alone_limit import AloneLimit
from models.wallet.bank.file import BankFile
from models.wallet.bank.line import BankLine
from models.wallet.bank.original import BankOriginal
from models.wallet.bill_wait import BillWait
from models.wallet.country_block import CountryBlock
from models.wallet.hold import Hold
from models.wallet.once import LedgerKey
from models.wallet.receipt import Receipt
from models.wallet.recharge import Recharge
from models.wallet.redress import Redress
from models.wallet.reports.sums import FreightMonth, SummedDay, WalletDay
from models.wallet.slip import RechargeSlip
from models.wallet.statements.statement import Statement
from models.wallet.team_closing import TeamClosing
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet
from models.workload.count import WorkCount, WorkMark, WorkPulse
from models.workload.target import WorkTarget

TABLES = (
    Event, EventSeal, SealHead, Checkpoint, LogAnchor, JobRun, JobWake,
    Team, Person, Role, RolePermission, Grant, GrantStore, Network, Bucket, FailedTry, PastPassword, Session, Invitation, Proposal,
    Authenticator, Passkey, RecoveryCode, FactorReset,
    ListLayout, SavedView, BulkRun, BulkRow,
    Application, Store, Authorization, StoreMarketplace, Consent, RateBucket, CallLog, Sync,
    ProductType, Product, ProductText, Variant, VariantPrice, ProductImage, Listing, Publication, Issue,
    Export,
    Import, ImportMapping, ImportEntry, ImportRowError,
    Order, OrderLine, OrderPackage, OrderChange, OrderNote, OrderTag, OrderTagging, Buyer, OrderPayload, OrderRefetch, UnreadOrder, SoldItem, OrderDay,
    Carrier, Channel, RateCard, DayRate,
    FuelRate, ChannelSurcharge, RemoteList, RateFetch, FreightQuote,
    SheetImport, SheetProblem, SheetChange,
    QuoteBatch, QuoteBatchPart, QuoteBatchError, CarrierBill, BillFile, BillLine,
    Parcel, ParcelLine, TrackingEvent, Confirmation, SellerCount,
    Weighing, ScalePhoto, HandPrice, ChannelRule, AlertRules, ParcelAlert, Lane,
    TrackingAccount, Following, TrackingMessage, TrackingCall,
    ShipFrom, Paper, Waybill,
    Wallet, Account, Transfer, Hold, LedgerKey, Recharge, Adjustment, Statement, Receipt, RechargeSlip,
    BillWait, AloneLimit, Redress, TeamClosing, WalletAlert, NoticeAddress, MutedNotice, Notice, BankFile, BankOriginal, BankLine,
    SummedDay, WalletDay, FreightMonth, CountryBlock,
    MailAccount, MailFolder, MailRoute, MailSeen, MailVisit,
    MailThread, MailMessage, MailRaw, MailDraft, MailNote, MailTagging, MailShare,
    Outreach, OutreachFile, OutreachOffer, AfterSalesCase, MailTemplate, TemplateText, AcknowledgementRule, Acknowledgement,
    TranslatorAccount, TranslatorCall, MailTranslation,
    WorkCount, WorkMark, WorkPulse, WorkTarget,
    Canary, AccessReview, ReviewLine, ReviewDocument, Alarm, AlarmThreshold, AlarmWatch, ActivityCount, Baseline,
)  # fmt: skip

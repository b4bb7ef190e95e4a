"""The list of a team's statements: the latest period first."""

from __future__ import annotations

from models.lists.filters import Choices, Days
from models.lists.list_of import Column, ListOf, View, both, declare
from models.support.words import say
from models.wallet.finding import wallets
from models.wallet.reaching import VIEW, whole
from models.wallet.statements.statement import STATES, Statement

STATEMENTS = declare(ListOf(
    name="statements",
    title=say("Statements"),
    model=Statement,
    permission=VIEW,
    seen=lambda viewer: whole(Statement, viewer.reach),
    columns=(
        Column("number", say("Statement"), lambda one, viewer: one.number, is_fixed=True),
        Column("period", say("Period"), lambda one, viewer: one.period, sort="-period"),
        Column("state", say("State"), lambda one, viewer: STATES[one.state]),
        Column("opening", say("Opening balance"), lambda one, viewer: one.opening, is_end=True, kind="money"),
        Column("closing", say("Closing balance"), lambda one, viewer: one.closing, is_end=True, kind="money"),
        Column("lines", say("Lines"), lambda one, viewer: one.lines, is_end=True),
        Column("issued", say("Issued"), lambda one, viewer: one.issued_at, kind="moment"),
    ),
    sorts=both("period", Statement.last_day, Statement.id),
    sort="-period",
    filters=(
        Choices("state", say("State"), Statement.state, offers=STATES, icon="circle-check"),
        Choices("wallet", say("Wallet"), Statement.wallet, offers=wallets, icon="wallet"),
        Days("issued", say("Issued"), Statement.issued_at, icon="calendar"),
    ),
    views=(View("all", say("All")), View("in_force", say("In force"), "state=ready")),
))  # fmt: skip

"""The fields with which a new password is chosen, by a link or by its owner: typed twice, or a suggested one taken over."""

from __future__ import annotations

from flask import request

from models.people import choosing
from models.people.password_rules import suggestion
from models.people.person import Person
from models.support.words import say
from views.support.forms import Form


def chosen(form: Form) -> str:
    """The new password of a form, typed twice."""
    password = form.secret("password", most=256)
    form.expect(form.value("again") == password, "again", say("The two passwords differ."))
    return password


def suggested_for(person: Person) -> str | None:
    """A password nobody has, where one was asked for. It is shown this once and kept nowhere."""
    return suggestion(choosing.names_of(person)) if request.args.get("suggest") else None

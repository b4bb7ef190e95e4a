"""Saved views of a list: save, rename, change, duplicate, share, delete, and which one a list opens with."""

from __future__ import annotations

import uuid

from flask import abort, render_template, url_for

from models.lists.layout import ListLayout
from models.lists.list_of import ListOf
from models.lists.saved_view import SavedView
from models.support.errors import FieldRefused, Refused
from models.support.words import say
from views.lists import bp, list_of
from views.support.access import current_person, current_team, reach, signed_in
from views.support.forms import Form
from views.support.hypermedia import go
from views.support.lists import index_of, viewer


@bp.post("/t/<team>/lists/<name>/views")
@signed_in
def save_view(name: str):
    a_list, form = list_of(name), Form.read()
    asked = a_list.asked(form.value("query"), viewer())
    try:
        view = SavedView.save_as(reach, a_list, form.value("name"), asked.query)
        if form.value("shared"):
            view.share(reach, True)
    except FieldRefused as refused:
        raise Refused(refused.words) from None
    return go(_of(a_list, view), toast=say("The view “%(name)s” is saved.", name=view.name))


@bp.get("/t/<team>/lists/<name>/views")
@signed_in
def manage_views(name: str):
    a_list = list_of(name)
    return _managed(a_list, Form())


@bp.post("/t/<team>/lists/<name>/views/<uuid:uid>/name")
@signed_in
def rename_view(name: str, uid: uuid.UUID):
    a_list, view, form = *view_of(name, uid), Form.read()
    with form.refusals():
        view.rename(reach, form.value("name"))
    return go(_managing(a_list)) if form.ok else _managed(a_list, form, view)


@bp.post("/t/<team>/lists/<name>/views/<uuid:uid>/query")
@signed_in
def keep_query(name: str, uid: uuid.UUID):
    """The view shows from now on what is asked for now."""
    a_list, view = view_of(name, uid)
    view.show_instead(reach, a_list.asked(Form.read().value("query"), viewer()).query)
    return go(_of(a_list, view), toast=say("The view “%(name)s” is saved.", name=view.name))


@bp.post("/t/<team>/lists/<name>/views/<uuid:uid>/copies")
@signed_in
def duplicate_view(name: str, uid: uuid.UUID):
    a_list, view = view_of(name, uid)
    view.duplicate(reach, a_list)
    return go(_managing(a_list))


@bp.post("/t/<team>/lists/<name>/views/<uuid:uid>/sharing")
@signed_in
def share_view(name: str, uid: uuid.UUID):
    a_list, view = view_of(name, uid)
    view.share(reach, True)
    return go(_managing(a_list))


@bp.post("/t/<team>/lists/<name>/views/<uuid:uid>/sharing/end")
@signed_in
def keep_view_to_oneself(name: str, uid: uuid.UUID):
    a_list, view = view_of(name, uid)
    view.share(reach, False)
    return go(_managing(a_list))


@bp.post("/t/<team>/lists/<name>/views/<uuid:uid>/deletion")
@signed_in
def delete_view(name: str, uid: uuid.UUID):
    a_list, view = view_of(name, uid)
    view.remove(reach)
    return go(_managing(a_list), toast=say("The view “%(name)s” is deleted.", name=view.name))


def view_of(name: str, uid: uuid.UUID) -> tuple[ListOf, SavedView]:
    """The list, and a view of it that this person may use; 404 for one of another list."""
    a_list, view = list_of(name), SavedView.of(reach, uid)
    if view.list_name != a_list.name:
        abort(404)
    return a_list, view


@bp.post("/t/<team>/lists/<name>/views/first")
@signed_in
def open_with(name: str):
    """The view this person's list opens with; empty for the whole list."""
    a_list, key = list_of(name), Form.read().value("view")
    known = {view.key for view in a_list.views} | {str(view.uid) for view in SavedView.seen_by(reach, a_list)}
    if key and key not in known:
        abort(404)
    ListLayout.of(current_person, current_team, a_list).open_with(key)
    return go(_managing(a_list))


def _managed(a_list: ListOf, form: Form, wrong: SavedView | None = None):
    page = render_template(
        "lists/views.html",
        a_list=a_list,
        form=form,
        wrong=wrong,
        saved=SavedView.seen_by(reach, a_list),
        layout=ListLayout.of(current_person, current_team, a_list),
        url_of=lambda view: _of(a_list, view),
        index=index_of(a_list),
    )
    return page, 200 if form.ok else 422


def _managing(a_list: ListOf) -> str:
    return url_for("lists.manage_views", name=a_list.name)


def _of(a_list: ListOf, view: SavedView) -> str:
    return index_of(a_list, f"view={view.uid}" + (f"&{view.query}" if view.query else ""))

"""Products from a CSV file: upload, look at what it would do, apply."""

from __future__ import annotations

from flask import Response, current_app, render_template, url_for

from models.catalog.importing import MOST_BYTES, apply, keep_original, plan, template
from models.support.errors import Refused
from models.support.words import say
from views.catalog import bp
from views.catalog.product_form import currencies, difference_rows
from views.support.access import current_person, current_team, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid


@bp.get("/t/<team>/catalog/import")
@requires("products.edit")
def choose_file():
    return render_template("catalog/import.html", form=Form(), plan=None)


@bp.get("/t/<team>/catalog/import/template.csv")
@requires("products.edit")
def import_template():
    return Response(
        "\ufeff" + template(currencies()),
        mimetype="text/csv",
        headers={"Content-Disposition": "attachment; filename=products.csv"},
    )


@bp.post("/t/<team>/catalog/import")
@requires("products.edit")
def import_file():
    """The dry run of a file, or with `apply` the import of the file that was looked at (named by its hash)."""
    form = Form.read()
    folder = current_app.config["SETTINGS"].data / "imports"
    try:
        if form.value("sha256"):
            return carry_out(form, folder)
        upload = form.file("file", required=True)
        if not form.ok:
            return invalid("catalog/import.html", form=form, plan=None)
        content = upload.read(MOST_BYTES + 1)
        made = plan(current_team, upload.filename, content)
    except Refused as refused:
        form.fail("file", refused.words)
        return invalid("catalog/import.html", form=form, plan=None)
    keep_original(folder, made.sha256, content)
    return render_template("catalog/import.html", form=form, plan=made, difference_rows=difference_rows)


def carry_out(form: Form, folder):
    sha256 = form.value("sha256")
    path = folder / f"{sha256}.csv"
    if not (len(sha256) == 64 and sha256.isalnum() and path.is_file()):
        raise Refused("Choose the file again: it is no longer here.")
    made = plan(current_team, form.text("name", most=200) or "products.csv", path.read_bytes())
    file = apply(made, folder, by=current_person)
    words = say(
        "%(file)s: %(created)s new, %(changed)s changed, %(bad)s rows refused.",
        file=file.name, created=file.created_count, changed=file.changed_count, bad=file.bad_count,
    )  # fmt: skip
    if made.errors:  # Some rows may be refused only now: somebody else saved meanwhile.
        return render_template(
            "catalog/import.html", form=form, plan=made, outcome=words, difference_rows=difference_rows
        )
    return go(url_for("catalog.index"), toast=words)

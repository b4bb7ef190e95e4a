"""The Django admin over the tables of products and orders, as its documentation shows it: list_display, list_filter, fifty rows.

Whoever asks is let in without a question, which is in its favour.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import django
from django.apps import AppConfig
from django.conf import settings

ORDERS = (
    "order_id",
    "ordered_at",
    "status",
    "first_title",
    "unit_count",
    "total_minor",
    "currency",
    "ship_by",
    "store_id",
)
PRODUCTS = ("title", "code", "first_sku", "variant_count", "product_type", "updated_at")


class Goods(AppConfig):
    name, label, path = __name__, "goods", str(Path(__file__).parent)


class Tables:
    """What is the portal's lies in its own file, and Django's own tables in another."""

    def db_for_read(self, model, **_hints):
        return "goods" if model._meta.app_label == "goods" else "default"

    db_for_write = db_for_read


def let_in(answer: Callable) -> Callable:
    from django.contrib.auth.models import User

    def middleware(request):
        request.user = User.objects.get(username="bench")
        return answer(request)

    return middleware


def make() -> Callable:
    folder, rooms = Path(os.environ["PEERS_FOLDER"]), "django.contrib"
    database = {"ENGINE": "django.db.backends.sqlite3"}
    settings.configure(
        SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF=f"{__name__}_urls", USE_TZ=False,
        STATIC_URL="/static/", DATABASE_ROUTERS=[f"{__name__}.Tables"], DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DATABASES={
            "default": database | {"NAME": folder / "django.db"},
            "goods": database | {"NAME": Path(os.environ["PORTOLAN_DATA"]) / "portolan.db", "CONN_MAX_AGE": None},
        },
        INSTALLED_APPS=[
            f"{rooms}.admin", f"{rooms}.auth", f"{rooms}.contenttypes", f"{rooms}.sessions", f"{rooms}.messages",
            f"{rooms}.staticfiles", f"{__name__}.Goods",
        ],
        MIDDLEWARE=[f"{rooms}.sessions.middleware.SessionMiddleware", f"{rooms}.auth.middleware.AuthenticationMiddleware",
                    f"{rooms}.messages.middleware.MessageMiddleware", f"{__name__}.let_in"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
            "context_processors": ["django.template.context_processors.request", f"{rooms}.auth.context_processors.auth",
                                   f"{rooms}.messages.context_processors.messages"]}}],
    )  # fmt: skip
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    User.objects.get_or_create(username="bench", defaults={"is_staff": True, "is_superuser": True})
    return get_wsgi_application()

"""Flask-Admin over the tables of products and orders with SQLAlchemy, as its documentation shows it: column_list, column_filters,
fifty rows, nobody asked who they are."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Column, DateTime, Integer, String

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


def make() -> Callable:
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY="bench", SQLALCHEMY_DATABASE_URI=f"sqlite:///{Path(os.environ['PORTOLAN_DATA']) / 'portolan.db'}"
    )
    goods = SQLAlchemy(app)

    class Product(goods.Model):  # type: ignore[name-defined, misc]
        __tablename__ = "product"
        id, variant_count = Column(Integer, primary_key=True), Column(Integer)
        title, code, first_sku, product_type, state = (Column(String) for _ in range(5))
        updated_at = Column(DateTime)

    class Order(goods.Model):  # type: ignore[name-defined, misc]
        __tablename__ = "order"
        id = Column(Integer, primary_key=True)
        order_id, status, first_title, currency, marketplace_id = (Column(String) for _ in range(5))
        unit_count, total_minor, store_id = (Column(Integer) for _ in range(3))
        ordered_at, ship_by = Column(DateTime), Column(DateTime)

    class Products(ModelView):
        column_list, column_default_sort, page_size = PRODUCTS, ("updated_at", True), 50
        column_filters, column_searchable_list, named_filter_urls = ("state", "product_type"), ("title", "code"), True

    class Orders(ModelView):
        column_list, column_default_sort, page_size = ORDERS, ("ordered_at", True), 50
        column_filters, column_searchable_list, named_filter_urls = ("status", "marketplace_id"), ("order_id",), True

    admin = Admin(app, name="Bench")
    admin.add_view(Products(Product, goods.session, endpoint="product"))
    admin.add_view(Orders(Order, goods.session, endpoint="order"))
    return app

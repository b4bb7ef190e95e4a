"""The two lists of the Django admin, and where they are."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.urls import path

from bench.peers.django_admin import ORDERS, PRODUCTS


class Product(models.Model):
    title, code, first_sku, product_type, state = (models.CharField(max_length=500) for _ in range(5))
    variant_count, team_id = models.IntegerField(), models.IntegerField()
    updated_at = models.DateTimeField()

    class Meta:
        app_label, managed, db_table = "goods", False, "product"


class Order(models.Model):
    order_id, status, first_title, currency, marketplace_id = (models.CharField(max_length=500) for _ in range(5))
    unit_count, total_minor, store_id, team_id = (models.IntegerField() for _ in range(4))
    ordered_at, ship_by = models.DateTimeField(), models.DateTimeField(null=True)

    class Meta:
        app_label, managed, db_table = "goods", False, "order"


@admin.register(Product)
class Products(admin.ModelAdmin):
    list_display, list_per_page, ordering = PRODUCTS, 50, ("-updated_at",)
    list_filter, search_fields = ("state", "product_type"), ("title", "code")


@admin.register(Order)
class Orders(admin.ModelAdmin):
    list_display, list_per_page, ordering = ORDERS, 50, ("-ordered_at",)
    list_filter, search_fields = ("status", "marketplace_id"), ("order_id", "first_sku")


urlpatterns = [path("admin/", admin.site.urls)]

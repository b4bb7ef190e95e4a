"""Freight: what a parcel costs, and the price sheets, rates and bills behind it."""

from flask import Blueprint

bp = Blueprint("freight", __name__)

"""Carriers that do not exist: a tracking service as 17TRACK is one, and a carrier with a YunExpress-type API. Parcels known to
either move by the sandbox's clock, and what happens to one is known from the day it is given to the carrier."""

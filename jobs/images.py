"""Copies of the pictures that products name by address: pages show nothing foreign, so what they show has to lie here."""

from __future__ import annotations

from integrations import images
from integrations.errors import IntegrationError
from jobs.amazon import settings
from models.catalog.image import ProductImage, is_public, stored
from models.support.errors import FieldRefused
from models.support.job_run import JobRun
from models.support.words import Words, say

SIDE = 1200  # Enough for a page; Amazon fetches the original from its address.
PROBLEMS = {
    "image_address": say("This is not the address of an image."),
    "image_private": say("The address is not on the public internet."),
    "image_redirects": say("The address leads from one address to another too often."),
    "image_too_large": say("The image has more than 15 MB."),
    "image_timeout": say("The server of the image did not answer in time."),
    "image_unreachable": say("The server of the image could not be reached."),
}


def fetch(run: JobRun) -> None:
    """Fetches what is due, an address once for all products that name it."""
    done: set[str] = set()
    while due := ProductImage.to_copy():
        run.progress(total=run.reload().done + len(due))
        for image in due:
            if image.url not in done:
                copy(image)
                done.add(image.url)
            run.progress(add=1)


def copy(image: ProductImage) -> None:
    """Fetches one picture and keeps it re-encoded, or says in words why not."""
    try:
        content = images.fetch(image.url, is_public=is_public)
        file_name, _width, _height = stored(settings().data / "images", content, least_side=1, most_side=SIDE)
    except IntegrationError as error:
        image.not_copied(words_of(error), permanent=error.permanent)
    except FieldRefused as refused:
        image.not_copied(refused.words, permanent=True)
    else:
        image.copied(file_name)


def words_of(error: IntegrationError) -> Words:
    return PROBLEMS.get(error.code) or say("The server of the image says: %(message)s", message=error.message)

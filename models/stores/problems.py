"""What went wrong with a call to Amazon, in sentences, by the code of the failure."""

from __future__ import annotations

from models.support.words import say

PROBLEMS = {
    "authorization_lost": say("The authorization was revoked or never given. Authorize the store again."),
    "application_refused": say("Amazon does not accept the application's client id or secret. Check the application."),
    "token_refused": say("Amazon refused a token for this store. Authorize the store again."),
    "token_unavailable": say("Amazon's sign-in service does not answer. Portolan tries again by itself."),
    "timeout": say("Amazon did not answer in time. Portolan tries again by itself."),
    "unreachable": say("Amazon could not be reached. Check the server's network; Portolan tries again by itself."),
    "unreadable": say("Amazon's answer could not be read. Portolan tries again by itself."),
    "amazon_down": say("Amazon has trouble on its side. Portolan tries again by itself."),
    "throttled": say("Amazon asks for slower calls. Portolan goes on by itself."),
    "own_throttle": say("The limit for this kind of call is used up for now. Portolan goes on by itself."),
    "too_large": say("Amazon's answer was too large to read."),
    "schema_unavailable": say(
        "Amazon's schema of the product type could not be fetched. Portolan tries again by itself."
    ),
    "upload_refused": say("Amazon did not take the file."),
    "unsafe_address": say("The configured address does not belong to Amazon."),
}

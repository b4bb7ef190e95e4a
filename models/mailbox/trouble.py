"""An answer that was not sent, came back or is in doubt is told to who wrote it, by mail if they want that. Nothing of it is in the mail."""

from __future__ import annotations

from models.mailbox.message import MailMessage
from models.mailbox.thread import ANSWER
from models.notices.address import NoticeAddress
from models.notices.kinds import told
from models.notices.muted import MutedNotice
from models.notices.notice import Notice
from models.people.reach import Reach
from models.people.team import Team
from models.support.words import Words, say, speaking

KIND = "reply_trouble"
told(KIND, say("An answer to a buyer did not arrive"), ANSWER)
SUBJECT = say("%(team)s: an answer to a buyer did not arrive")
BODY = say(
    "An answer you wrote in %(team)s was not sent, came back, or perhaps did not leave. Look at the thread; the buyer may still wait."
)


def tell_author(message: MailMessage) -> None:
    """In the transaction in which it happened."""
    person, team = message.author, Team.get_by_id(message.team_id)
    reach = Reach.of(person, team) if person and person.is_active else None
    if person is None or reach is None or not reach.may(ANSWER, message.store_id):
        return
    address = NoticeAddress.of(person)
    if address is None or not address.is_confirmed or KIND in MutedNotice.of(person):
        return
    with speaking(person.language):
        Notice.queue(
            person, KIND, str(Words(SUBJECT.message, team=team.name)), str(Words(BODY.message, team=team.name)),
            path=f"/t/{team.slug}/mailbox/threads/{message.thread.uid}",
        )  # fmt: skip

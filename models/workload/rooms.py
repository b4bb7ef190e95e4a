"""The rooms whose events are work. Loading this loads every measure: whoever counts must know all of them, or the figures of
one process would not be those of another. A new room adds its line here."""

from models.catalog import product_importer, publication
from models.exports import export
from models.freight import rate_card
from models.freight.batch import record as batch
from models.freight.bills import importer as bill_importer
from models.freight.bills import settling
from models.mailbox import answer_clock, case, outreach, sending
from models.orders import refetch, reveal
from models.shipping import confirmation, hand_price, parcel, weighing
from models.shipping.alerts import alert
from models.shipping.papers import paper
from models.wallet import adjustment, recharge, redress, transfer
from models.wallet.bank import line as bank_line
from models.wallet.statements import statement

ROOMS = (
    product_importer, publication, export, rate_card, refetch, reveal, batch, bill_importer, settling, parcel, confirmation, weighing,
    alert, paper, hand_price, adjustment, recharge, redress, transfer, statement, bank_line,
    answer_clock, case, outreach, sending,
)  # fmt: skip

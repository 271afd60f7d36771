"""Credit in lots: paid, promotional, goodwill; what is left of each, and the usage it paid for.

The ledger knows nothing of lots, and moving credit costs nothing more because of them. Lots are drawn later, with the
wallet locked: whenever one is granted, expires or is looked at, from the ledger since the last transfer that was
counted (`Wallet.drawn_seq`). As each transfer says what the wallet had after it, what was used between two of them is
a difference, and where a lot ran out is found by halving, so that a lot's share of a million calls is a few look-ups.

The rules, which `flask ledger check` proves for every wallet:

- Usage draws promotional credit first, then goodwill, then paid; of a kind, what expires first, then what came first.
  Nothing is drawn from a lot for usage that was posted after it expired.
- Usage that no lot covers waits, and the wallet is below zero. The next credit pays it first.
- A refund or a dispute withdraws credit from the lot of its own top-up. Usage that this had paid for goes to the
  other lots, like any usage, or waits. So promotional credit pays for usage only, never for a refund. If an open
  dispute withdraws more than the top-up brought, its lot is below zero until the bank has decided.
- A correction that lowers usage goes back to the lots that had paid for it. What a lot had paid that has expired
  since becomes goodwill credit, which doesn't expire.
- What is left of all lots, less the usage that waits, is the wallet's posted balance.
"""

from app.billing.wallet.lots import checks, drawing, expiry, left, money_trail, positions

__all__ = ["checks", "drawing", "expiry", "left", "money_trail", "positions"]

"""What `flask ledger check` proves about lots: words and query, as in `app.billing.wallet.verification`.

Each is about the ledger up to the transfer that was drawn last.
"""

from __future__ import annotations

_LEFT = "amount_micro - drawn_micro - withdrawn_micro - expired_micro"

QUERIES = {
    "lots have {left_money} left, less usage that waits; the wallet had {right_money} when they were drawn": f"""
        SELECT w.org_id, coalesce(lots.total, 0) - coalesce(owed.total, 0), t.balance_after_micro
        FROM wallet w JOIN transfer t ON t.org_id = w.org_id AND t.seq = w.drawn_seq
        LEFT JOIN (SELECT org_id, sum({_LEFT}) AS total FROM credit_lot GROUP BY org_id) lots
            ON lots.org_id = w.org_id
        LEFT JOIN (SELECT org_id, sum(amount_micro) AS total FROM lot_draw WHERE lot_id IS NULL GROUP BY org_id) owed
            ON owed.org_id = w.org_id
        WHERE coalesce(lots.total, 0) - coalesce(owed.total, 0) <> t.balance_after_micro""",
    "lot {name} has paid {left_money}, its draws less what it got back say {right_money}": """
        SELECT l.org_id, l.drawn_micro, coalesce(d.total, 0) - coalesce(r.total, 0), l.seq
        FROM credit_lot l
        LEFT JOIN (SELECT org_id, lot_id, sum(amount_micro) AS total FROM lot_draw GROUP BY org_id, lot_id) d
            ON d.org_id = l.org_id AND d.lot_id = l.id
        LEFT JOIN (SELECT org_id, lot_id, sum(amount_micro) AS total FROM lot_return GROUP BY org_id, lot_id) r
            ON r.org_id = l.org_id AND r.lot_id = l.id
        WHERE l.drawn_micro <> coalesce(d.total, 0) - coalesce(r.total, 0)""",
    "usage of {left_money} waits for credit while a lot has {right_money}": f"""
        SELECT owed.org_id, owed.total, lots.total
        FROM (SELECT org_id, sum(amount_micro) AS total FROM lot_draw WHERE lot_id IS NULL GROUP BY org_id) owed
        JOIN (SELECT org_id, max({_LEFT}) AS total FROM credit_lot WHERE expires_at IS NULL GROUP BY org_id) lots
            ON lots.org_id = owed.org_id
        WHERE lots.total > 0""",
    "refunds and disputes withdrew {right_money} of top-up {name}, its lot says {left_money}": """
        SELECT l.org_id, l.withdrawn_micro, coalesce(sum(-line.amount_micro), 0), l.top_up_id
        FROM credit_lot l JOIN wallet w ON w.org_id = l.org_id
        LEFT JOIN wallet_line line ON line.org_id = l.org_id AND line.top_up_id = l.top_up_id
            AND line.seq <= w.drawn_seq
            AND line.kind IN ('refund', 'refund_reversal', 'dispute', 'dispute_reversal')
        WHERE l.top_up_id IS NOT NULL
        GROUP BY l.org_id, l.id, l.withdrawn_micro, l.top_up_id
        HAVING l.withdrawn_micro <> coalesce(sum(-line.amount_micro), 0)""",
    "{right_money} of lot {name} expired in the ledger, the lot says {left_money}": """
        SELECT l.org_id, l.expired_micro, coalesce(t.amount_micro, 0), l.seq
        FROM credit_lot l JOIN wallet w ON w.org_id = l.org_id
        LEFT JOIN transfer t ON t.org_id = l.org_id AND t.kind = 'expiry' AND t.source = 'lot:' || l.seq
            AND t.seq <= w.drawn_seq
        WHERE l.expired_micro <> coalesce(t.amount_micro, 0)""",
}

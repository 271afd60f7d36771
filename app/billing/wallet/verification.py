"""Proving the ledger: every balance recomputed from the transfers, in the database."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from app.billing.wallet import lots
from app.extensions import db
from app.money import Money

_CHANGE = "CASE WHEN credit = 'wallet' THEN amount_micro WHEN debit = 'wallet' THEN -amount_micro ELSE 0 END"
"""A transfer's change of the wallet's balance."""

# Clawbacks only exceed a top-up while a dispute of it is open: that may be of the whole payment, even after a partial
# refund.
_QUERIES = {
    "the wallet's balance is {left_money}, its transfers sum to {right_money}": f"""
        SELECT w.org_id, w.posted_micro, coalesce(t.total, 0)
        FROM wallet w LEFT JOIN (
            SELECT org_id, sum({_CHANGE}) AS total
            FROM transfer GROUP BY org_id) t USING (org_id)
        WHERE w.posted_micro <> coalesce(t.total, 0)""",
    "account {name} has {left_money}, its transfers sum to {right_money}": """
        SELECT a.org_id, a.balance_micro, coalesce(t.total, 0), a.name
        FROM account a LEFT JOIN (
            SELECT org_id, name, sum(amount) AS total FROM (
                SELECT org_id, credit AS name, amount_micro AS amount FROM transfer
                UNION ALL SELECT org_id, debit, -amount_micro FROM transfer) moves
            GROUP BY org_id, name) t USING (org_id, name)
        WHERE a.balance_micro <> coalesce(t.total, 0)""",
    "transfer {name} says the wallet had {left_money} after it, the transfers before it say {right_money}": f"""
        SELECT org_id, balance_after_micro, running, seq FROM (
            SELECT org_id, seq, balance_after_micro,
                   sum({_CHANGE})
                       OVER (PARTITION BY org_id ORDER BY seq) AS running
            FROM transfer) chain
        WHERE balance_after_micro <> running""",
    "the wallet counts {left} transfers, there are {right}": """
        SELECT w.org_id, w.last_seq, count(t.id)
        FROM wallet w LEFT JOIN transfer t USING (org_id)
        GROUP BY w.org_id, w.last_seq
        HAVING w.last_seq <> count(t.id) OR w.last_seq <> coalesce(max(t.seq), 0)""",
    "history line {name} shows {left_money}, its transfers sum to {right_money}": f"""
        SELECT l.org_id, l.amount_micro, coalesce(t.total, 0), l.id
        FROM wallet_line l LEFT JOIN (
            SELECT org_id, line_id,
                   sum({_CHANGE})
                       AS total
            FROM transfer GROUP BY org_id, line_id) t ON t.org_id = l.org_id AND t.line_id = l.id
        WHERE l.amount_micro <> coalesce(t.total, 0)""",
    "the wallet holds {left_money}, its holds sum to {right_money}": """
        SELECT w.org_id, w.held_micro, coalesce(h.total, 0)
        FROM wallet w LEFT JOIN (SELECT org_id, sum(amount_micro) AS total FROM hold
                                WHERE state = 'active' GROUP BY org_id) h USING (org_id)
        WHERE w.held_micro <> coalesce(h.total, 0)""",
    "the wallet has {left_money} set aside, its open envelopes have {right_money} left": """
        SELECT w.org_id, w.set_aside_micro, coalesce(e.total, 0)
        FROM wallet w LEFT JOIN (SELECT org_id, sum(amount_micro - held_micro - spent_micro - returned_micro) AS total
                                FROM envelope WHERE ended_at IS NULL GROUP BY org_id) e USING (org_id)
        WHERE w.set_aside_micro <> coalesce(e.total, 0)""",
    "envelope {name}, which has ended, still has {left_money}": """
        SELECT org_id, amount_micro - held_micro - spent_micro - returned_micro, 0, campaign
        FROM envelope WHERE ended_at IS NOT NULL AND amount_micro <> held_micro + spent_micro + returned_micro""",
    "calls hold {left_money} of envelope {name}, their holds say {right_money}": """
        SELECT e.org_id, e.held_micro, coalesce(h.total, 0), e.campaign
        FROM envelope e LEFT JOIN (SELECT org_id, envelope_id, sum(set_aside_micro) AS total FROM hold
                                  WHERE state = 'active' AND set_aside_micro > 0 GROUP BY 1, 2) h
            ON h.org_id = e.org_id AND h.envelope_id = e.id
        WHERE e.held_micro <> coalesce(h.total, 0)""",
    "the wallet says that calls hold {left_money} of envelopes, the envelopes say {right_money}": """
        SELECT w.org_id, w.set_aside_held_micro, coalesce(e.total, 0)
        FROM wallet w LEFT JOIN (SELECT org_id, sum(held_micro) AS total
                                FROM envelope GROUP BY org_id) e USING (org_id)
        WHERE w.set_aside_held_micro <> coalesce(e.total, 0)""",
    "{left} envelopes are open, and none of them ends first when the wallet says ({right} end then)": """
        SELECT w.org_id, count(e.id), count(e.id) FILTER (WHERE e.ends_at = w.envelope_ends_at)
        FROM wallet w LEFT JOIN envelope e ON e.org_id = w.org_id AND e.ended_at IS NULL
        GROUP BY w.org_id, w.envelope_ends_at HAVING min(e.ends_at) IS DISTINCT FROM w.envelope_ends_at""",
    "hold {name}, which has ended, still counts on {left} units of an allowance": """
        SELECT counted.org_id, counted.reserved, 0, hold.key FROM hold_allowance counted
        JOIN hold ON hold.org_id = counted.org_id AND hold.id = counted.hold_id
        WHERE hold.state <> 'active'""",
    "usage posted on {name} costs {left_money} in the daily totals, its history lines say {right_money}": """
        SELECT org_id, coalesce(u.total, 0), coalesce(l.total, 0), day
        FROM (SELECT org_id, posted_on AS day, sum(amount_micro) AS total FROM usage_daily
              WHERE NOT is_correction GROUP BY 1, 2) u
        FULL JOIN (SELECT org_id, day, -sum(amount_micro) AS total FROM wallet_line
                   WHERE usage_group IS NOT NULL GROUP BY 1, 2) l USING (org_id, day)
        WHERE coalesce(u.total, 0) <> coalesce(l.total, 0)""",
    "usage posted on {name} costs {left_money} in the daily totals, {right_money} by meter": """
        SELECT org_id, coalesce(u.total, 0), coalesce(t.total, 0), posted_on FROM (
            SELECT org_id, posted_on, meter, day, is_correction, sum(quantity) AS units, sum(amount_micro) AS total
            FROM usage_daily GROUP BY 1, 2, 3, 4, 5) u
        FULL JOIN (
            SELECT org_id, posted_on, meter, day, is_correction, quantity AS units, amount_micro AS total
            FROM usage_by_meter) t USING (org_id, posted_on, meter, day, is_correction)
        WHERE coalesce(u.total, 0) <> coalesce(t.total, 0) OR coalesce(u.units, 0) <> coalesce(t.units, 0)""",
    "usage posted on {name} costs {left_money} in the daily totals, {right_money} by campaign and agent": """
        SELECT org_id, coalesce(u.total, 0), coalesce(t.total, 0), posted_on || ' for ' || kind || ' ' || name FROM (
            SELECT org_id, kind, posted_on, name, is_correction, sum(amount_micro) AS total
            FROM usage_daily, LATERAL (VALUES ('campaign', campaign), ('agent', agent)) AS named (kind, name)
            GROUP BY 1, 2, 3, 4, 5) u
        FULL JOIN (
            SELECT org_id, kind, posted_on, name, is_correction,
                calling_micro + telephony_micro + models_micro AS total
            FROM usage_by_name WHERE kind IN ('campaign', 'agent')) t
            USING (org_id, kind, posted_on, name, is_correction)
        WHERE coalesce(u.total, 0) <> coalesce(t.total, 0)""",
    "top-up {name} is settled {left} times in the top-ups and {right} times in the ledger": """
        SELECT u.org_id, (u.status = 'succeeded')::int, count(t.id), u.id
        FROM top_up u
        LEFT JOIN transfer t ON t.org_id = u.org_id AND t.kind = 'top_up' AND t.source = u.payment_intent_id
        GROUP BY u.org_id, u.id, u.status
        HAVING (u.status = 'succeeded')::int <> count(t.id)""",
    "top-up {name} brought {left_money}, refunds and disputes clawed back {right_money}": """
        SELECT org_id, brought, taken, top_up_id FROM (
            SELECT l.org_id, l.top_up_id,
                   coalesce(sum(l.amount_micro) FILTER (WHERE l.kind = 'top_up'), 0) AS brought,
                   -coalesce(sum(l.amount_micro) FILTER (WHERE l.kind <> 'top_up'), 0) AS taken
            FROM wallet_line l WHERE l.top_up_id IS NOT NULL GROUP BY l.org_id, l.top_up_id) story
        WHERE taken < 0 OR taken > brought AND NOT EXISTS (
            SELECT FROM dispute d
            WHERE d.org_id = story.org_id AND d.top_up_id = story.top_up_id AND d.status NOT IN ('won', 'lost'))""",
    "{name} gave back {right_money} and had taken {left_money}": """
        SELECT org_id, taken, returned, stripe_id FROM (
            SELECT org_id, split_part(source, ':', 1) AS stripe_id,
                   coalesce(sum(amount_micro) FILTER (WHERE kind IN ('refund', 'dispute')), 0) AS taken,
                   coalesce(sum(amount_micro) FILTER (WHERE kind NOT IN ('refund', 'dispute')), 0) AS returned
            FROM transfer
            WHERE kind IN ('refund', 'refund_reversal', 'dispute', 'dispute_reversal')
            GROUP BY org_id, stripe_id) each_one
        WHERE returned > taken""",
    **lots.checks.QUERIES,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference between a balance and what the transfers say it should be."""

    organization: str
    text: str


def check() -> list[Finding]:
    """Recompute every wallet, account, history line, hold and envelope of all organizations; an empty result means
    that the ledger is OK."""
    known: dict[UUID, tuple[str, str]] = {
        row.id: (row.name, row.currency)
        for row in db.session.execute(text("SELECT id, name, currency FROM organization"))
    }
    findings = []
    for words, query in _QUERIES.items():
        for org_id, left, right, *name in db.session.execute(text(query)):
            organization, currency = known.get(org_id, (str(org_id), ""))
            found = words.format(
                left=left,
                right=right,
                left_money=_money(left, currency),
                right_money=_money(right, currency),
                name=name[0] if name else "",
            )
            findings.append(Finding(organization, found))
    return findings


def _money(micro: int, currency: str) -> str:
    """With all six decimals, because the smallest difference matters: `49.000001 USD`."""
    return f"{Money(int(micro), currency).exact} {currency}".strip()

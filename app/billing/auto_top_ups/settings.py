"""Switching auto top-up on, changing it, and switching it off: by owners, who agree each time.

Every consent is a row that is never changed: who, when, from which address, in exactly which words, to which
settings. Nothing else switches auto top-up on. Three tries in a row that end without a charge, and a cardholder who
disputes an automatic charge, switch it off (`app.billing.auto_top_ups.switching_off`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.billing import audit, catalog
from app.billing.audit import Actor
from app.billing.auto_top_ups import card_order, disputed, notifying, switching_off, watching
from app.billing.auto_top_ups.rows import find_settings
from app.billing.cards import payment_methods
from app.billing.cards.payment_methods import CardNotUsableError
from app.billing.platform import messages
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.language import gettext
from app.models import (
    AutoTopUp,
    AutoTopUpConsent,
    OffReason,
    Organization,
    PaymentMethod,
)
from app.money import Money, smallest_unit
from app.transaction import transaction


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an owner chooses. `cards` are their ids, in order; `version` is that of the settings that were shown, 0 if
    there were none."""

    threshold: Money
    target: Money
    cap: Money
    cards: tuple[UUID, ...]
    version: int


class ChangedMeanwhileError(Exception):
    """Someone else changed the settings since they were shown. Nothing was changed."""


class AmountsDontFitError(ValueError):
    """An amount doesn't fit the others; `field` is which, and `bound` what it has to be at least or at most."""

    def __init__(self, field: str, bound: Money, *, is_least: bool) -> None:
        super().__init__(field)
        self.field, self.bound, self.is_least = field, bound, is_least


class CardDeclinedError(Exception):
    """After it was switched off by failures, a card has to work first: `card` was declined and has paid nothing
    since."""

    def __init__(self, card: PaymentMethod) -> None:
        super().__init__(card.label)
        self.card = card


def agree(
    organization: Organization, wanted: Wanted, words: str, actor: Actor, *, at: datetime | None = None
) -> AutoTopUp:
    """Switch auto top-up on with these settings, or change them, by someone who agreed to these words at `at`, or
    now. Commits.

    If credit is below the threshold already, the first charge follows immediately. Raises
    `ChangedMeanwhileError`, `AmountsDontFitError`, `CardNotUsableError`, `CardDeclinedError`.
    """
    with transaction():
        wallet = ledger.lock(organization.id)
        before = find_settings(organization.id)
        if (before.version if before else 0) != wanted.version:
            raise ChangedMeanwhileError
        _check_amounts(wanted)
        cards = _usable(organization, wanted.cards)
        _check_works(organization, before, cards)
        consent = _consent(organization, wanted, cards, words, actor, at=at or utc_now())
        settings = before or AutoTopUp(org_id=organization.id, version=0)
        was_on = before is not None and before.is_on
        settings.is_on, settings.off_reason, settings.off_at = True, None, None
        settings.threshold_micro = wanted.threshold.micro
        settings.target_micro = wanted.target.micro
        settings.cap_micro = wanted.cap.micro
        settings.consent_id = consent.id
        settings.version += 1
        settings.failures, settings.next_try_at = 0, None
        settings.refused_for = settings.refused_at = None
        db.session.add(settings)
        wallet.version += 1
        db.session.flush()
        card_order.choose(organization.id, cards)
        audit.record(
            organization.id,
            actor,
            "auto_top_up.changed" if was_on else "auto_top_up.switched_on",
            str(consent.id),
            **consent.settings,
            words=words,
        )
        if not was_on:
            disputed.agree_after(consent)
            messages.auto_top_up_switched(organization.id, is_on=True, reason=None, at=utc_now())
        notifying.changed(organization, settings, cards, actor, was_on=was_on)
        watching.arm(wallet, settings, utc_now())
    return settings


def turn_off(organization: Organization, actor: Actor) -> None:
    """Switch auto top-up off: an owner may at any time. A charge that is under way ends by itself. Commits."""
    with transaction():
        wallet = ledger.lock(organization.id)
        settings = find_settings(organization.id)
        if settings is not None and settings.is_on:
            switching_off.switch_off(organization, wallet, settings, OffReason.OWNER, actor)


def _check_amounts(wanted: Wanted) -> None:
    """The gap is at least one charge, and the cap leaves room for one whole gap."""
    limits = catalog.current().top_up
    if wanted.threshold.micro <= 0:
        cent = Money(smallest_unit(wanted.threshold.currency), wanted.threshold.currency)
        raise AmountsDontFitError("threshold", cent, is_least=True)
    least_target = wanted.threshold + limits.minimum
    if wanted.target < least_target:
        raise AmountsDontFitError("target", least_target, is_least=True)
    most_target = wanted.threshold + limits.maximum
    if wanted.target > most_target:
        raise AmountsDontFitError("target", most_target, is_least=False)
    if wanted.cap < wanted.target - wanted.threshold:
        raise AmountsDontFitError("cap", wanted.target - wanted.threshold, is_least=True)
    if wanted.cap > most_cap():
        raise AmountsDontFitError("cap", most_cap(), is_least=False)


def most_cap() -> Money:
    """The highest monthly cap: the catalog's daily limit on each day of a month."""
    return catalog.current().top_up.daily * 31


def _usable(organization: Organization, ids: Sequence[UUID]) -> list[PaymentMethod]:
    found = dict.fromkeys(payment_methods.usable(organization, card_id) for card_id in ids)
    if not found or len(found) > card_order.MOST:
        raise CardNotUsableError(gettext("Choose a card."))
    return list(found)


def _check_works(
    organization: Organization, before: AutoTopUp | None, cards: Sequence[PaymentMethod]
) -> None:
    if before is None or before.is_on or before.off_reason is not OffReason.FAILURES:
        return
    declined = card_order.find_declined(organization.id)
    if card_order.next_card(cards, besides=declined) is None:
        raise CardDeclinedError(cards[0])


def _consent(
    organization: Organization,
    wanted: Wanted,
    cards: Sequence[PaymentMethod],
    words: str,
    actor: Actor,
    *,
    at: datetime,
) -> AutoTopUpConsent:
    consent = AutoTopUpConsent(
        org_id=organization.id,
        id=uuid7(),
        user_id=actor.user_id,
        by=actor.name,
        address=actor.address,
        at=at,
        words=words,
        settings={
            "threshold": str(wanted.threshold.decimal),
            "target": str(wanted.target.decimal),
            "cap": str(wanted.cap.decimal),
            "cards": [card.label for card in cards],
        },
    )
    db.session.add(consent)
    db.session.flush()
    return consent

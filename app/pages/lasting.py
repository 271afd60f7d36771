"""How long the credit lasts, in words and as a curve: of the Overview and the Wallet page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from markupsafe import Markup

from app.billing import forecast
from app.billing.forecast import Dryness, History
from app.billing.wallet.balance import BalanceView
from app.clock import utc_now
from app.pages.credit_curve import NARROW, Around, Curve, draw
from app.web.formatting import time_around, time_estimated
from app.web.identity import current_organization

_DAYS_BACK = 7


@dataclass(frozen=True, slots=True)
class HowLong:
    """`said` is the sentence, without its full stop; `band` says how sure it is, if anything is said of a time.
    `about` is that time."""

    said: str | Markup
    band: Markup | None = None
    about: Markup | None = None


def init_app(app: Flask) -> None:
    """Give templates the words, and the curve."""
    app.add_template_filter(how_long)
    app.add_template_filter(credit_curve)


def how_long(balance: BalanceView) -> HowLong:
    """How long available credit lasts, by the stored forecast."""
    found = forecast.lasts(balance.forecast, balance.available.micro, utc_now(), balance.credit)
    match found.history:
        case History.LITTLE:
            return HowLong("We need about a week of calls to say how long it lasts")
        case History.NONE_LATELY:
            return HowLong("No spending in the last 90 days")
        case _:
            return _words(found.dryness)


def credit_curve(balance: BalanceView) -> tuple[Curve, Curve] | None:
    """The curve of credit to come, for wide screens and for narrow ones; None if nothing is forecast, or nothing is
    left."""
    profile = forecast.profile_of(balance.forecast)
    if profile is None or not any(profile.slots) or balance.available.micro <= 0:
        return None
    zone = current_organization().timezone
    points = forecast.left_by_day(
        profile, balance.available.micro, utc_now(), timezone=zone, credit=balance.credit
    )
    currency = balance.available.currency
    # At least a week back, and as far as the forecast goes.
    past = balance.past[-max(len(points), _DAYS_BACK) :]
    around = Around(past, balance.threshold)
    return draw(points, currency, zone, around), draw(points, currency, zone, around, NARROW)


def _words(dryness: Dryness | None) -> HowLong:
    if dryness is None or dryness.about is None:
        return HowLong(f"Lasts more than {forecast.FURTHEST.days} days at your usual spending")
    about = time_around(dryness.about)
    return HowLong(Markup("Lasts until {}").format(about), _band(dryness), about)


def _band(dryness: Dryness) -> Markup | None:
    if dryness.earliest is None:
        return None
    earliest = time_estimated(dryness.earliest)
    if dryness.latest is None:
        said = Markup("Not before {}.").format(earliest)
    else:
        said = Markup("Between {} and {}.").format(earliest, time_estimated(dryness.latest))
    return said + f" Forecasts like this are right {forecast.RIGHT_OF_TEN} times in 10."

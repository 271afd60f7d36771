"""How long the credit lasts, in words and as a curve: of the Overview and the Wallet page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from markupsafe import Markup

from app.billing import forecast
from app.billing.forecast import Dryness, History, Left
from app.billing.wallet.balance import BalanceView
from app.clock import utc_now
from app.language import gettext
from app.pages.credit_curve import Around, Curve, draw
from app.web.formatting import number, time_around, time_estimated
from app.web.identity import current_organization


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
            return HowLong(gettext("We need about a week of calls to say how long it lasts"))
        case History.NONE_LATELY:
            return HowLong(gettext("No spending in the last 90 days"))
        case _:
            return _words(found.dryness)


def credit_curve(balance: BalanceView) -> Curve | None:
    """The curve of credit so far and to come. If nothing is forecast, or nothing is left, it ends now; None if it
    wouldn't have moved either."""
    now, available, zone = utc_now(), balance.available, current_organization().timezone
    profile = forecast.profile_of(balance.forecast)
    if profile is not None and any(profile.slots) and available.micro > 0:
        points = forecast.left_by_day(profile, available.micro, now, timezone=zone, credit=balance.credit)
    elif balance.past and {micro for _, micro in balance.past} != {available.micro}:
        points = [Left(now, available.micro, available.micro, available.micro)]
    else:
        return None
    return draw(points, available.currency, zone, Around(balance.past, balance.threshold))


def _words(dryness: Dryness | None) -> HowLong:
    if dryness is None or dryness.about is None:
        days = number(forecast.FURTHEST.days)
        return HowLong(gettext("Lasts more than %(days)s days at your usual spending", days=days))
    about = time_around(dryness.about)
    return HowLong(_with_times(gettext("Lasts until %(time)s", time=about)), _band(dryness), about)


def _band(dryness: Dryness) -> Markup | None:
    if dryness.earliest is None:
        return None
    earliest = time_estimated(dryness.earliest)
    if dryness.latest is None:
        said = gettext("Not before %(time)s.", time=earliest)
    else:
        said = gettext(
            "Between %(earliest)s and %(latest)s.", earliest=earliest, latest=time_estimated(dryness.latest)
        )
    right = gettext(
        "Forecasts like this are right %(times)s times in 10.", times=number(forecast.RIGHT_OF_TEN)
    )
    return _with_times(f"{said} {right}")


def _with_times(text: str) -> Markup:
    """A text of ours whose values are the elements of times."""
    return Markup(text)  # noqa: S704

"""Builds the catalog from `catalog.toml`, and checks it."""

from __future__ import annotations

import re
from fractions import Fraction

from app.billing.catalog import statement_descriptors
from app.billing.catalog import tax as catalog_tax
from app.billing.catalog.destination_builder import DestinationBuilder
from app.billing.catalog.file_text import CatalogText, PlanText, RateText, TierText
from app.billing.catalog.model import Catalog, Plan, Pool, Rate, Tier, TopUpLimits
from app.billing.catalog.source import Source
from app.money import MICRO, Money, MoneyError

MOST_TOP_UP = 99_999_999
"""In the currency's smallest unit: Stripe accepts eight digits
(https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts)."""
MOST = 10**12
"""More units than anything counts."""
_PRICE = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,12})?", re.ASCII)


class Builder:
    """Builds the catalog from the file, and checks it."""

    def __init__(self, source: Source, file: CatalogText) -> None:
        self._source = source
        self._file = file
        self._pools = {
            key: Pool(key, pool.label, tuple(pool.meters)) for key, pool in file.allowances.items()
        }

    def build(self) -> Catalog:
        file = self._file
        self._check_names()
        self._check_meters()
        self._check_pools()
        return Catalog(
            version=file.version,
            currency=file.currency,
            top_up=self._top_up(),
            low_threshold=self._money(file.wallet.low_threshold, "wallet.low_threshold"),
            paid_credit_months=file.wallet.paid_credit_months,
            late_days=file.usage.late_days,
            grace_days=file.renewals.grace_days,
            number_days_kept=file.numbers.days_kept,
            meters=file.meters,
            pools=self._pools,
            plans={key: self._plan(key, plan) for key, plan in file.plans.items()},
            on_request=file.on_request,
            tax=catalog_tax.build(self._source, file.tax),
            over_limits=file.over_limits,
            destinations=DestinationBuilder(
                self._source, file.destinations, set(file.meters), self._money
            ).build(),
            text=self._source.text,
        )

    def _check_names(self) -> None:
        file, refuse = self._file, self._source.refuse
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", file.version):
            refuse("version", "use letters, digits, points and dashes, like 2026-11.")
        if not re.fullmatch(r"[A-Z]{3}", file.currency, re.ASCII):
            refuse("currency", f"{file.currency!r} is not a currency. Use its three letters, like USD.")
        if not 1 <= file.usage.late_days <= 366:
            refuse("usage.late_days", "use a number of days from 1 to 366.")
        if file.wallet.paid_credit_months is not None and not 1 <= file.wallet.paid_credit_months <= 120:
            refuse("wallet.paid_credit_months", "use a number of months from 1 to 120, or leave it out.")
        if not 0 <= file.renewals.grace_days <= 60:
            refuse("renewals.grace_days", "use a number of days from 0 to 60.")
        if not 0 <= file.numbers.days_kept <= 366:
            refuse("numbers.days_kept", "use a number of days from 0 to 366.")
        if not file.plans:
            refuse("plans", "there is no plan.")
        self._check_included()

    def _check_included(self) -> None:
        for key in self._file.plans:
            seen, at = {key}, self._file.plans[key].includes
            while at is not None:
                if at not in self._file.plans:
                    self._source.refuse(f"plans.{key}.includes", f"there is no plan {at!r}.")
                if at in seen:
                    self._source.refuse(f"plans.{key}.includes", "a plan can't include itself.")
                seen.add(at)
                at = self._file.plans[at].includes

    def _check_meters(self) -> None:
        for key, meter in self._file.meters.items():
            if meter.per < 1 or meter.shown_per < 1:
                self._source.refuse(f"meters.{key}", "`per` and `shown_per` are whole numbers of at least 1.")
            if meter.most is not None and not 1 <= meter.most <= MOST:
                self._source.refuse(f"meters.{key}.most", f"use a number of units from 1 to {MOST:,}.")

    def _check_pools(self) -> None:
        taken: dict[str, str] = {}
        for key, pool in self._pools.items():
            where = f"allowances.{key}.meters"
            if not pool.meters:
                self._source.refuse(where, "name the meters that draw on this allowance.")
            for meter in pool.meters:
                if meter not in self._file.meters:
                    self._source.refuse(where, f"there is no meter {meter!r}.")
                if meter in taken:
                    self._source.refuse(where, f"{meter!r} draws on {taken[meter]!r} already.")
                taken[meter] = key
            if len({(self._file.meters[one].unit, self._file.meters[one].group) for one in pool.meters}) > 1:
                self._source.refuse(where, "meters that share an allowance have the same unit and group.")
            if key in self._file.meters:
                self._source.refuse(where, f"there is a meter {key!r}, too. Name the allowance differently.")

    def _top_up(self) -> TopUpLimits:
        asked = self._file.top_up
        maximum = self._money(asked.maximum, "top_up.maximum")
        limits = TopUpLimits(
            presets=tuple(self._money(text, "top_up.presets") for text in asked.presets),
            minimum=self._money(asked.minimum, "top_up.minimum"),
            maximum=maximum,
            daily=self._money(asked.daily, "top_up.daily") if asked.daily is not None else maximum * 2,
            statement=self._statement(asked.statement, "top_up.statement"),
        )
        if len(limits.presets) < 2:
            self._source.refuse("top_up.presets", "offer two amounts or more.")
        if limits.maximum.minor > MOST_TOP_UP:
            self._source.refuse("top_up.maximum", "no card is charged more than eight digits of cents.")
        if limits.daily < limits.minimum:
            self._source.refuse("top_up.daily", "write `minimum` or more: it is for all top-ups of 24 hours.")
        if any(not limits.minimum <= preset <= limits.maximum for preset in limits.presets):
            self._source.refuse("top_up.presets", "each lies between `minimum` and `maximum`.")
        return limits

    def _plan(self, key: str, plan: PlanText) -> Plan:
        where = f"plans.{key}"
        pooled = {meter: pool.key for pool in self._pools.values() for meter in pool.meters}
        for pool, units in plan.allowances.items():
            place = f"{where}.allowances"
            if pool in pooled:
                self._source.refuse(place, f"{pool!r} draws on {pooled[pool]!r}: give that one the units.")
            if pool not in self._pools and pool not in self._file.meters:
                self._source.refuse(place, f"there is no allowance or meter {pool!r}.")
            if not 0 <= units <= MOST:
                self._source.refuse(place, f"{pool!r} lies between 0 and {MOST:,} units.")
        for meter in plan.rates:
            if meter not in self._file.meters:
                self._source.refuse(f"{where}.rates.{meter}", f"there is no meter {meter!r}.")
        for meter in self._file.meters:
            if meter not in plan.rates:
                self._source.refuse(f"{where}.rates", f"the rate of {meter!r} is missing.")
        return Plan(
            key=key,
            version=self._file.version,
            name=plan.name,
            summary=plan.summary,
            price=self._money(plan.price, f"{where}.price"),
            yearly=self._money(plan.yearly, f"{where}.yearly") if plan.yearly is not None else None,
            limits=plan.limits,
            allowances=plan.allowances,
            rates={
                meter: self._rate(rate, f"{where}.rates.{meter}", meter) for meter, rate in plan.rates.items()
            },
            features=tuple(plan.features),
            includes=plan.includes,
            pools=pooled,
            statement=self._plan_statement(plan, f"{where}.statement"),
        )

    def _plan_statement(self, plan: PlanText, key: str) -> str:
        if plan.statement.upper() == self._file.top_up.statement.upper():
            self._source.refuse(key, f"{plan.statement!r} is what top-ups are called: tell them apart.")
        return self._statement(plan.statement, key)

    def _statement(self, text: str, key: str) -> str:
        if problem := statement_descriptors.problem_of(text):
            self._source.refuse(key, problem)
        return text.upper()

    def _rate(self, given: str | RateText, key: str, meter: str) -> Rate:
        asked = RateText(rate=given) if isinstance(given, str) else given
        if (asked.rate is None) == (not asked.tiers):
            self._source.refuse(key, "give either `rate` or `tiers`.")
        if asked.minimum < 0 or asked.step < 1:
            self._source.refuse(key, "`minimum` is not below 0 and `step` not below 1.")
        tiers = asked.tiers or [TierText(rate=asked.rate or "")]
        ends = [tier.up_to for tier in tiers]
        bounds = [end for end in ends[:-1] if end is not None]
        if ends[-1] is not None or len(bounds) != len(ends) - 1 or bounds != sorted(set(bounds)):
            self._source.refuse(key, "every tier but the last has a larger `up_to` than the one before it.")
        most = self._file.meters[meter].most_an_event
        if max(asked.minimum, asked.step) > most:
            self._source.refuse(key, f"`minimum` and `step` are not above what an event may count, {most:,}.")
        per = self._file.meters[meter].per
        return Rate(
            tiers=tuple(Tier(tier.up_to, self._price(tier.rate, key) / per) for tier in tiers),
            minimum=asked.minimum,
            step=asked.step,
            most=most,
        )

    def _price(self, text: str, key: str) -> Fraction:
        if not _PRICE.fullmatch(text):
            self._source.refuse(key, f"{text!r} is not a rate, like 0.03.")
        return Fraction(text) * MICRO

    def _money(self, text: str, key: str) -> Money:
        try:
            return Money.parse(text, self._file.currency)
        except MoneyError as error:
            self._source.refuse(key, f"{text!r}: {error}", error)

"""Types of tax IDs, by Stripe's names: each with its own validation, including check digits, and one notation.

https://docs.stripe.com/billing/customer/tax-ids#supported-tax-id. The rules are python-stdnum's.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from stdnum.au import abn
from stdnum.br import cnpj
from stdnum.ca import bn
from stdnum.ch import vat as ch_vat
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.gb import vat as gb_vat
from stdnum.il import idnr
from stdnum.in_ import gstin
from stdnum.jp import cn
from stdnum.kr import brn
from stdnum.mx import rfc
from stdnum.no import mva
from stdnum.nz import ird
from stdnum.sg import uen
from stdnum.tr import vkn
from stdnum.us import ein
from stdnum.za import tin

from app.language import gettext, marked


class TaxIdError(ValueError):
    """The tax ID is invalid for its type; the message shows an example."""


@dataclass(frozen=True, slots=True)
class TaxKind:
    """`key` is Stripe's name. Written with `prefix` before the validated number, formatted if `is_formatted`."""

    key: str
    label: str
    example: str
    rules: ModuleType
    prefix: str = ""
    suffix: str = ""
    is_formatted: bool = False


_ALL = (
    TaxKind("eu_vat", marked("European Union: VAT number"), "DE136695976", eu_vat),
    TaxKind("us_ein", marked("United States: EIN"), "91-1144442", ein, is_formatted=True),
    TaxKind("gb_vat", marked("United Kingdom: VAT number"), "GB980780684", gb_vat, prefix="GB"),
    TaxKind("ca_bn", marked("Canada: business number"), "123026635", bn),
    TaxKind("ch_vat", marked("Switzerland: VAT number"), "CHE-107.787.577 MWST", ch_vat, is_formatted=True),
    TaxKind("no_vat", marked("Norway: VAT number"), "995525828MVA", mva),
    TaxKind("au_abn", marked("Australia: ABN"), "83914571673", abn),
    TaxKind("nz_gst", marked("New Zealand: GST number"), "49091850", ird),
    TaxKind("in_gst", marked("India: GSTIN"), "27AAPFU0939F1ZV", gstin),
    TaxKind("sg_uen", marked("Singapore: UEN"), "00192200M", uen),
    TaxKind("jp_cn", marked("Japan: corporate number"), "5835678256246", cn),
    TaxKind(
        "kr_brn", marked("South Korea: business registration number"), "116-82-00276", brn, is_formatted=True
    ),
    TaxKind("br_cnpj", marked("Brazil: CNPJ"), "16.727.230/0001-97", cnpj, is_formatted=True),
    TaxKind("mx_rfc", marked("Mexico: RFC"), "GODE561231GR8", rfc),
    TaxKind("za_vat", marked("South Africa: tax reference number"), "0001339050", tin),
    TaxKind("il_vat", marked("Israel: VAT number"), "039337423", idnr),
    TaxKind("tr_tin", marked("Türkiye: tax number"), "4540536920", vkn),
)
KINDS = {kind.key: kind for kind in _ALL}


def normal(kind: TaxKind, text: str) -> str:
    """Normalize a tax ID for Stripe and documents, however it was typed. Raises `TaxIdError`."""
    try:
        plain = kind.rules.validate(text.strip())
    except InvalidChecksum as error:
        raise TaxIdError(
            gettext(
                "A digit of this number is wrong: its check digit doesn't match. It should look like %(example)s.",
                example=kind.example,
            )
        ) from error
    except ValidationError as error:
        raise TaxIdError(
            gettext(
                "This isn't a valid number of that type. It should look like %(example)s.",
                example=kind.example,
            )
        ) from error
    shown = kind.rules.format(plain) if kind.is_formatted else plain
    return f"{kind.prefix}{shown}{kind.suffix}"

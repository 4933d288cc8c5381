"""Amounts as documents write them: the figures of the province reports, and what can be read in two ways."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.declared.amount import (
    BEYOND_WHOLE,
    NOT_A_NUMBER,
    TWO_READINGS,
    Amount,
    AmountUnit,
    NoAmount,
    Qualifier,
    ValueState,
    read_amount,
)

VND, RATIO = AmountUnit.VND, AmountUnit.RATIO


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1.272", Amount(value=Decimal(1272))),
        ("1.272 thủ tục", Amount(value=Decimal(1272))),
        ("1831", Amount(value=Decimal(1831))),
        ("9.850 tài khoản", Amount(value=Decimal(9850))),
        ("69,47%", Amount(value=Decimal("0.6947"), unit=RATIO)),
        ("69,47 %", Amount(value=Decimal("0.6947"), unit=RATIO)),
        ("100%", Amount(value=Decimal(1), unit=RATIO)),
        ("trên 65.401 triệu đồng", Amount(value=Decimal(65_401_000_000), unit=VND, qualifier=Qualifier.OVER)),
        ("173,263 tỷ đồng", Amount(value=Decimal(173_263_000_000), unit=VND)),
        ("173,263 tỉ", Amount(value=Decimal(173_263_000_000))),
        ("gần 1,2 triệu văn bản", Amount(value=Decimal(1_200_000), qualifier=Qualifier.NEARLY)),
        ("khoảng 5.625 máy trạm", Amount(value=Decimal(5625), qualifier=Qualifier.ABOUT)),
        ("hơn 22.327 triệu đồng", Amount(value=Decimal(22_327_000_000), unit=VND, qualifier=Qualifier.OVER)),
        ("ước tính trên 300", Amount(value=Decimal(300), qualifier=Qualifier.OVER, is_estimated=True)),
        ("Ước 300 máy", Amount(value=Decimal(300), is_estimated=True)),
        ("~ 300", Amount(value=Decimal(300), qualifier=Qualifier.ABOUT)),
        ("dưới 2 %", Amount(value=Decimal("0.02"), unit=RATIO, qualifier=Qualifier.UNDER)),
        ("8/10", Amount(value=Decimal("0.8"), unit=RATIO, numerator=8, denominator=10)),
        ("1.272 / 2.544", Amount(value=Decimal("0.5"), unit=RATIO, numerator=1272, denominator=2544)),
        ("0/0", Amount(state=ValueState.NO_DATA, unit=RATIO)),
        ("0", Amount(value=Decimal(0))),
        ("1.234.567,89", Amount(value=Decimal("1234567.89"))),
        ("", Amount(state=ValueState.NO_DATA)),
        ("–", Amount(state=ValueState.NO_DATA)),
        ("Chưa có số liệu", Amount(state=ValueState.NO_DATA)),
        ("Không áp dụng", Amount(state=ValueState.NOT_APPLICABLE)),
    ],
)
def test_an_amount_is_read_as_it_is_meant(written: str, amount: Amount) -> None:
    for form in ("NFC", "NFD"):
        assert read_amount(unicodedata.normalize(form, written)) == amount


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("1.5", TWO_READINGS),
        ("12.34", TWO_READINGS),
        ("1,272.5", TWO_READINGS),
        ("1.2345", TWO_READINGS),
        ("1..2", TWO_READINGS),
        ("0.6947", TWO_READINGS),
        ("19/18", BEYOND_WHOLE),
        ("nhiều", NOT_A_NUMBER),
        ("-5", NOT_A_NUMBER),
        ("5 đến 10", NOT_A_NUMBER),
        ("=1+1", NOT_A_NUMBER),
        ("12" + " máy" * 40, NOT_A_NUMBER),
    ],
)
def test_what_is_no_amount_or_two_is_refused(written: str, reason: NoAmount) -> None:
    assert read_amount(written) == reason


@given(st.integers(0, 10**12), st.integers(0, 999_999))
def test_what_the_formats_write_is_read_back(whole: int, decimals: int) -> None:
    grouped = f"{whole:,}".replace(",", ".")
    assert read_amount(grouped) == Amount(value=Decimal(whole))
    fraction = f"{decimals:06}"
    assert read_amount(f"{grouped},{fraction}") == Amount(value=Decimal(f"{whole}.{fraction}"))


@given(st.text(max_size=30))
def test_no_text_crashes_it(text: str) -> None:
    assert isinstance(read_amount(text), Amount | NoAmount)

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
    UNREAD_WORDS,
    Amount,
    AmountUnit,
    NoAmount,
    Qualifier,
    ValueState,
    dotted,
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
        ("7 nghìn tỷ đồng", Amount(value=Decimal(7 * 10**12), unit=VND)),
        ("7 nghìn tỷ", Amount(value=Decimal(7 * 10**12))),
        ("1,5 ngàn tỉ đồng", Amount(value=Decimal(15 * 10**11), unit=VND)),
        ("12 nghìn triệu", Amount(value=Decimal(12 * 10**9))),
        ("12 nghìn triệu vnđ", Amount(value=Decimal(12 * 10**9), unit=VND)),
        ("5 đ", Amount(value=Decimal(5), unit=VND)),
        ("19 tiêu chí", Amount(value=Decimal(19))),
        ("12 ngành", Amount(value=Decimal(12))),
        ("63 tỉnh, thành phố", Amount(value=Decimal(63))),
        ("5 nghị quyết", Amount(value=Decimal(5))),
        ("8 trạm y tế", Amount(value=Decimal(8))),
        ("30 công ty", Amount(value=Decimal(30))),
        ("40 hợp đồng", Amount(value=Decimal(40))),
        ("6 phần mềm (dùng chung)", Amount(value=Decimal(6))),
        ("12 km cáp", Amount(value=Decimal(12))),
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
        ("x", NOT_A_NUMBER),
        ("2 tỷ 500 triệu", NOT_A_NUMBER),
        *(
            (written, UNREAD_WORDS)
            for written in (
                *("5 triêu", "5 trieu", "5 trịêu", "5 triệuđồng", "5 tỷđ", "5 trđ", "5 tr.đ", "5 tr", "5tr", "5k"),
                *("10 vạn", "3 trăm", "3 trăm triệu", "2 chục", "2 tỷ rưỡi", "2 tỷ rưỡi đồng", "5 phần trăm", "5 ty"),
                *("7 triệu USD", "7 triệu $", "7$", "7 €", "7 triệu đô la Mỹ", "7 EUR", "5 tỷ đồng/năm", "5 triệu/năm"),
                *("5 máy (nghìn)", "5 (triệu)", "5 ‰", "5 tỷ nghìn", "5 nghin", "5 nghìm", "5 million", "5 đồng chí"),
            )
        ),
    ],
)
def test_what_is_no_amount_or_two_is_refused(written: str, reason: NoAmount) -> None:
    assert read_amount(written) == reason


QUALIFIED = {
    "": None,
    "gần ": Qualifier.NEARLY,
    "khoảng ": Qualifier.ABOUT,
    "trên ": Qualifier.OVER,
    "dưới ": Qualifier.UNDER,
}
SCALED = {
    "": 1,
    " nghìn": 10**3,
    " ngàn": 10**3,
    " triệu": 10**6,
    " tỷ": 10**9,
    " tỉ": 10**9,
    " nghìn triệu": 10**9,
    " nghìn tỷ": 10**12,
}
COUNTED = {"": AmountUnit.COUNT, " đồng": VND, " VNĐ": VND, " văn bản": AmountUnit.COUNT, " cơ quan": AmountUnit.COUNT}


@given(
    st.decimals(0, 10**12, allow_nan=False, allow_infinity=False, places=6),
    st.booleans(),
    st.sampled_from(sorted(QUALIFIED)),
    st.sampled_from(sorted(SCALED)),
    st.sampled_from(sorted(COUNTED)),
)
def test_what_the_forms_write_is_read_back(
    number: Decimal, is_estimated: bool, qualifier: str, scale: str, counted: str
) -> None:
    before = "ước tính " if is_estimated else ""
    assert read_amount(f"{before}{qualifier}{dotted(number)}{scale}{counted}") == Amount(
        value=number * SCALED[scale],
        unit=COUNTED[counted],
        qualifier=QUALIFIED[qualifier],
        is_estimated=is_estimated,
    )


@given(st.integers(0, 10**12))
def test_whole_numbers_have_dots_alone(number: int) -> None:
    assert dotted(number) == dotted(Decimal(number)) == f"{number:,}".replace(",", ".")
    assert read_amount(dotted(number)) == Amount(value=Decimal(number))


@given(st.decimals(0, 1, allow_nan=False, allow_infinity=False, places=6))
def test_a_part_in_percent_is_read_back(part: Decimal) -> None:
    assert read_amount(f"{dotted(part * 100)} %") == Amount(value=part, unit=RATIO)


@given(st.text(max_size=30))
def test_no_text_crashes_it(text: str) -> None:
    assert isinstance(read_amount(text), Amount | NoAmount)

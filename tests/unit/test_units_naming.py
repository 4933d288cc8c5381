"""Names of units: found as people write them, and never guessed."""

import unicodedata

import pytest

from ledger.units.naming import Found, Likeness, Names, own_name

NAMES = Names(
    [
        ("Phường Phú Thủy", "68-22924"),
        ("Phường Phan Thiết", "68-22945"),
        ("Xã Hòa Thắng", "68-23010"),
        ("Xã Tân Thành", "72-1"),
        ("Xã Tân Thạnh", "72-2"),
        ("Ba Tơ", "51-1"),
        ("Ba Tô", "51-2"),
        ("Thị trấn Phú Thủy", "old"),
        ("Đặc khu Phú Quý", "68-23272"),
    ]
)


@pytest.mark.parametrize(
    ("written", "unit", "likeness"),
    [
        ("Phường Phan Thiết", "68-22945", Likeness.SAME),
        ("  phường   PHAN Thiết ", "68-22945", Likeness.SAME),
        (unicodedata.normalize("NFD", "Phường Phan Thiết"), "68-22945", Likeness.SAME),
        ("Xã Hoà Thắng", "68-23010", Likeness.TONE_PLACE),
        ("Phường Phú Thuỷ", "68-22924", Likeness.TONE_PLACE),
        ("Phuong Phan Thiet", "68-22945", Likeness.NO_ACCENTS),
        ("dac khu phu quy", "68-23272", Likeness.NO_ACCENTS),
        ("UBND phường Phan Thiết", "68-22945", Likeness.NO_KIND),
        ("P. Phan Thiết", "68-22945", Likeness.NO_KIND),
        ("Phan Thiết", "68-22945", Likeness.NO_KIND),
        ("phan thiet", "68-22945", Likeness.NO_KIND_NO_ACCENTS),
        ("Xã Tân Thạnh", "72-2", Likeness.SAME),
        ("Ba Tô", "51-2", Likeness.SAME),
    ],
)
def test_a_name_is_found_by_the_strictest_likeness(written: str, unit: str, likeness: Likeness) -> None:
    found = NAMES.find(written)
    assert (found.only, found.likeness) == (unit, likeness)


@pytest.mark.parametrize(
    ("written", "units"),
    [
        ("Xa Tan Thanh", ("72-1", "72-2")),
        ("ba to", ("51-1", "51-2")),
        ("Phú Thủy", ("68-22924", "old")),
        ("Phú Thuỷ", ("68-22924", "old")),
    ],
)
def test_what_two_units_may_be_called_is_told_and_not_chosen(written: str, units: tuple[str, ...]) -> None:
    found = NAMES.find(written)
    assert (found.units, found.only) == (units, None)


def test_a_name_like_none_is_nobodys() -> None:
    assert NAMES.find("Phường Mường Lát") == Found((), None)
    assert NAMES.find("") == Found((), None)


def test_collisions_are_listed_by_how_loosely_one_reads() -> None:
    assert NAMES.collisions(Likeness.SAME) == ()
    assert NAMES.collisions(Likeness.NO_ACCENTS) == (("72-1", "72-2"), ("51-1", "51-2"))
    assert NAMES.collisions(Likeness.NO_KIND) == (("68-22924", "old"),)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("Ủy ban nhân dân phường Phú Thủy", "Phú Thủy"),
        ("UBND TP. Phan Thiết", "Phan Thiết"),
        ("Thị trấn", "Thị trấn"),
        ("Xã", "Xã"),
        ("Phương Liên", "Phương Liên"),
        ("Tân Thành", "Tân Thành"),
        ("Quận 1", "1"),
    ],
)
def test_the_words_for_what_a_unit_is_are_told_from_its_name(name: str, own: str) -> None:
    assert own_name(name) == own

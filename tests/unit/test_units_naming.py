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
        ("Xã U Minh", "96-1"),
        ("Sở Tài chính", "96-STC"),
        ("Tỉnh Cà Mau", "96"),
        ("Thành phố Cà Mau", "96-2"),
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
        ("U Minh", "96-1", Likeness.NO_KIND),
        ("UBND xã U Minh", "96-1", Likeness.NO_KIND),
        ("Uỷ ban nhân dân xã U Minh", "96-1", Likeness.NO_KIND),
        ("HĐND U Minh", "96-1", Likeness.NO_KIND),
        ("X. U Minh", "96-1", Likeness.NO_KIND),
        ("x.u minh", "96-1", Likeness.NO_KIND),
        ("TT. Phú Thủy", "old", Likeness.NO_KIND),
        ("P. Phú Thuy", "68-22924", Likeness.NO_KIND_NO_ACCENTS),
        ("UBND TP. Cà Mau", "96-2", Likeness.NO_KIND),
        ("UBND tỉnh Cà Mau", "96", Likeness.NO_KIND),
        ("UBND Sở Tài chính", "96-STC", Likeness.NO_KIND),
        ("Xã Ba Tơ", "51-1", Likeness.NO_KIND),
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


@pytest.mark.parametrize(
    "written",
    [
        *("Phường Mường Lát", "", "Huyện U Minh", "H. U Minh", "UBND huyện U Minh", "huyện u minh", "Huyện U minh"),
        *("Quận Phan Thiết", "TP. Phan Thiết", "Thị xã Hòa Thắng", "Xã Phú Thủy", "Huyện Phú Quý", "TX. Ca Mau"),
    ],
)
def test_a_name_like_none_or_of_another_kind_is_nobodys(written: str) -> None:
    assert NAMES.find(written) == Found((), None)


def test_collisions_are_listed_by_how_loosely_one_reads() -> None:
    assert NAMES.collisions(Likeness.SAME) == ()
    assert NAMES.collisions(Likeness.NO_ACCENTS) == (("72-1", "72-2"), ("51-1", "51-2"))
    assert NAMES.collisions(Likeness.NO_KIND) == (("68-22924", "old"), ("96", "96-2"))


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

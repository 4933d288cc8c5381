"""Names are found with and without accents, in either tone placement, and sorted by the Vietnamese alphabet."""

import unicodedata

import pytest

from ledger.vietnamese import alphabetic, matches

NAMES = ("Phường Phú Thủy", "Phường Phan Thiết", "Đặc khu Phú Quý", "Xã Hòa Thắng", "Xã Tân Thạnh", "Xã Tân Thành")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", NAMES),
        ("phu thuy", ("Phường Phú Thủy",)),
        ("PHÚ THỦY", ("Phường Phú Thủy",)),
        ("phú thuỷ", ("Phường Phú Thủy",)),  # the other tone placement
        ("thuy phu", ("Phường Phú Thủy",)),
        ("hoà", ("Xã Hòa Thắng",)),
        ("hòa", ("Xã Hòa Thắng",)),
        ("hoa", ("Xã Hòa Thắng",)),
        ("hò", ("Xã Hòa Thắng",)),  # half typed
        ("hóa", ()),
        ("phủ", ()),
        ("dac khu", ("Đặc khu Phú Quý",)),
        ("đặc", ("Đặc khu Phú Quý",)),
        ("đan", ()),
        ("tan thanh", ("Xã Tân Thạnh", "Xã Tân Thành")),
        ("tân thành", ("Xã Tân Thành",)),
        ("tăn", ()),
        ("phuong ph", ("Phường Phú Thủy", "Phường Phan Thiết")),
        ("phương", ("Phường Phú Thủy", "Phường Phan Thiết")),  # no tone typed: any
        ("hiet", ()),
        ("100%", ()),
    ],
)
def test_what_is_marked_must_be_there_and_what_is_not_may_be_anything(query: str, expected: tuple[str, ...]) -> None:
    assert tuple(name for name in NAMES if matches(query, name)) == expected
    decomposed = unicodedata.normalize("NFD", query)
    assert tuple(name for name in NAMES if matches(decomposed, unicodedata.normalize("NFD", name))) == expected


def test_words_may_come_from_name_and_code() -> None:
    assert matches("22945 phan", "Phường Phan Thiết", "68-22945")
    assert not matches("22946 phan", "Phường Phan Thiết", "68-22945")


def test_the_vietnamese_alphabet_sorts() -> None:
    ordered = ["Xã 1", "Xã An", "Xã Ăn", "Xã Ân", "Xã Da", "Xã Đa", "Xã Hoa", "Xã Hòa", "Xã Hỏa", "Xã Hoan", "Xã Ơn"]
    assert sorted([*ordered[6:], *ordered[:6]], key=alphabetic) == ordered
    assert alphabetic("Hoà Bình") == alphabetic("Hòa Bình")

"""A remark is English text to programs, and speaks the reader's language where it is shown."""

from datetime import date

import orjson

from ledger.language import Language, Text
from ledger.remark import Remark, joined, said
from ledger.wording import CHECKS

VI, EN = Text(Language.VI), Text(Language.EN)


def test_programs_get_plain_english_text() -> None:
    remark = Remark("planned from {day}", day=date(2027, 3, 31))
    assert remark == "planned from 2027-03-31"
    assert orjson.dumps({"detail": remark}) == b'{"detail":"planned from 2027-03-31"}'


def test_people_get_their_language_and_their_dates() -> None:
    remark = Remark("planned from {day}", day=date(2027, 3, 31))
    assert said(remark, VI) == "kế hoạch từ 31/03/2027"
    assert said(remark, EN) == "planned from 2027-03-31"


def test_words_of_the_data_are_called_by_their_names_inside_a_remark() -> None:
    vlans = Remark("{name} ({detail})", name=Remark(CHECKS["vlans"], data="vlans"), detail="20 {50}")
    remark = Remark("missing: {what}", what=joined([vlans, Remark(CHECKS["dhcp"], data="dhcp")]))
    assert remark == "missing: vlans (20 {50}), dhcp"
    assert said(remark, EN) == f"missing: {CHECKS['vlans']} (20 {{50}}), {CHECKS['dhcp']}"
    assert said(remark, VI) not in (remark, said(remark, EN), None)


def test_what_a_device_said_stays_as_it_is() -> None:
    assert said("no echo from {10.68.16.101}", VI) == "no echo from {10.68.16.101}"
    assert said(None, VI) is None

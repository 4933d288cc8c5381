"""Pages without a browser: standing, language, errors, what is kept and what may not run."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import httpx
import pytest
from catalogue import INDICATORS
from fastapi import FastAPI
from timeless import Timeless

from api.app import build_api
from api.page.choice import UnitsChoice, chosen_language
from api.page.standing import Standing, standing
from ledger.errors import StoreError
from ledger.figure import Availability, Coverage, Snapshot
from ledger.language import Language
from ledger.plan import Level, Plan, ProfileNote
from ledger.seen import History

MakeSnapshot = Callable[..., Snapshot]
Ask = Callable[..., httpx.Response]
POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
}  # fmt: skip


class Held(Timeless):
    """A ledger that says one thing, or raises."""

    def __init__(self, said: Snapshot | Exception) -> None:
        self.said = said

    def now(self) -> Snapshot:
        if isinstance(self.said, Exception):
            raise self.said
        return self.said

    def at(self, when: datetime) -> Snapshot:
        return replace(self.now(), as_of=when)

    def history(self, _asset: str, _limit: int) -> History:
        return History()


def some_gaps(indicator: str, asset: str) -> Coverage | Availability:
    if INDICATORS[indicator].is_availability:
        return Availability.DOWN if asset == "68-22945-LK-002" else Availability.UP
    return Coverage.STALE if asset == "68-22945-PC-001" else Coverage.COVERED


@pytest.fixture
def held(make_snapshot: MakeSnapshot) -> Held:
    return Held(make_snapshot(some_gaps))


@pytest.fixture
def app(held: Held, lab_plan: Plan) -> FastAPI:
    return build_api(held, lab_plan)


@pytest.mark.parametrize(
    ("changes", "indicator", "expected"),
    [
        ({"value": None, "target_met": None}, "HT06", Standing.NO_DATA),
        ({"target_met": True}, "HT06", Standing.MET),
        ({"target_met": True, "due": date(2020, 1, 1)}, "HT06", Standing.MET),
        ({"target_met": False, "due": date(2026, 11, 22)}, "HT06", Standing.BEHIND),  # the due day is still in time
        ({"target_met": False, "due": date(2026, 11, 21)}, "HT06", Standing.OVERDUE),
        ({"target_met": False, "due": None}, "HT06", Standing.BEHIND),
        ({"target_met": None, "gap": 1}, "HT06", Standing.UNTARGETED),
        ({"target_met": None, "gap": 0}, "AV01", Standing.ANSWERING),
        ({"target_met": None, "gap": 1}, "AV01", Standing.INTERRUPTED),
        ({"target_met": False, "due": date(2026, 12, 31)}, "AV01", Standing.BEHIND),
    ],
)
def test_how_a_figure_stands(
    changes: dict[str, object], indicator: str, expected: Standing, make_snapshot: MakeSnapshot
) -> None:
    figure = replace(make_snapshot().figures[0], value=0.5, indicator=indicator)
    changed = replace(figure, **changes)  # type: ignore[arg-type]
    assert standing(changed, date(2026, 11, 22), INDICATORS[indicator]) is expected


@pytest.mark.parametrize(
    ("parameters", "cookies", "expected"),
    [
        ({}, {}, Language.VI),
        ({"lang": "en"}, {}, Language.EN),
        ({}, {"lang": "en"}, Language.EN),
        ({"lang": "vi"}, {"lang": "en"}, Language.VI),
        ({"lang": "fr"}, {"lang": "en"}, Language.EN),
        ({}, {"lang": "<script>"}, Language.VI),
    ],
)
def test_the_language_is_vietnamese_unless_english_is_asked_for(
    parameters: dict[str, str], cookies: dict[str, str], expected: Language
) -> None:
    assert chosen_language(parameters, cookies) is expected


def test_a_page_takes_what_it_understands_and_leaves_the_rest() -> None:
    foreign = {"level": "galaxy", "sort": "size", "wanting": "yes", "utm": "x"}
    assert UnitsChoice.of(foreign, INDICATORS) == UnitsChoice()
    asked = UnitsChoice.of({"q": " phu ", "level": "commune", "wanting": "1", "sort": "-HT06"}, INDICATORS)
    assert asked == UnitsChoice(search="phu", level=Level.COMMUNE, wanting=True, sort="-HT06")
    assert asked.sorted_by("HT06") == "?q=phu&level=commune&wanting=1"
    assert asked.sorted_by("name") == "?q=phu&level=commune&wanting=1&sort=name"


@pytest.mark.parametrize(
    "path", ["/", "/units/68-22945", "/units/68/trend", "/assets/68-22945-PC-001", "/units/nowhere"]
)
def test_a_page_lets_nothing_foreign_in(path: str, ask: Ask, app: FastAPI) -> None:
    answer = ask(app, path)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert set(answer.headers["content-security-policy"].split("; ")) == POLICY
    assert answer.headers["content-language"] == "vi"
    assert answer.headers["x-frame-options"] == "DENY"


def test_the_language_is_kept_in_a_cookie_that_scripts_cannot_read(ask: Ask, app: FastAPI) -> None:
    assert "set-cookie" not in ask(app, "/").headers
    cookie = ask(app, "/?lang=en").headers["set-cookie"]
    assert cookie.startswith("lang=en;")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Lam Dong province" in ask(app, "/", headers={"Cookie": "lang=en"}).text


def test_a_page_is_not_sent_twice_and_differs_by_language(ask: Ask, app: FastAPI, held: Held) -> None:
    tag = ask(app, "/").headers["etag"]
    assert ask(app, "/", headers={"If-None-Match": tag}).status_code == 304
    assert ask(app, "/", headers={"If-None-Match": tag, "Cookie": "lang=en"}).status_code == 200
    assert ask(app, "/?q=phu", headers={"If-None-Match": tag}).status_code == 200
    held.said = replace(held.now(), version="2")
    assert ask(app, "/", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/units/68-22954", 404, ("Không có đơn vị này", "68-22954", "/units/68-22945")),
        ("/units/68-22954/trend", 404, ("Không có đơn vị này",)),
        ("/assets/nothing", 404, ("Không có tài sản này", "nothing")),
        ("/units/%3Cscript%3Ealert(1)%3C%2Fscript%3E", 404, ("Không có", "&lt;script&gt;")),
        ("/?q=a&q=b", 422, ("Không hiểu được địa chỉ",)),
    ],
)
def test_what_cannot_be_shown_is_said_in_vietnamese(
    path: str, status: int, words: tuple[str, ...], ask: Ask, app: FastAPI
) -> None:
    answer = ask(app, path)
    assert (answer.status_code, answer.headers["cache-control"]) == (status, "no-store")
    assert [word for word in words if word not in answer.text] == []
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/units/68-22945?indicator=HT99", ["indicator=HT99", "có thể là: HT02, HT04"]),
        ("/units/68-22945?verdict=lost", ["verdict=lost", "có thể là: ", "stale, "]),
        ("/units/68-22945?reason=stale&at=2020-01-01", ["reason=stale", "at=2020-01-01"]),
        ("/?indicator=HT06&level=xa&sort=-HT99", ["indicator=HT06", "level=xa", "sort=-HT99"]),
        ("/assets/68-22945-PC-001?at=%3Cscript%3E", ["at=&lt;script&gt;"]),
    ],
)
def test_a_page_says_what_of_its_address_it_left_out(path: str, parts: list[str], ask: Ask, app: FastAPI) -> None:
    shown = ask(app, path).text
    assert 'class="empty left-out"' in shown
    assert [part for part in parts if part not in shown] == []


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?q=phu&level=commune&wanting=1&sort=-HT06&lang=vi",
        "/?level=&wanting=&sort=name&from=mail",
        "/units/68-22945?indicator=HT06&verdict=stale&page=2",
        "/units/68-22945?indicator=&verdict=",
        "/units/68-22945/trend?span=hour",
    ],
)
def test_what_a_page_understands_needs_no_notice(path: str, ask: Ask, app: FastAPI) -> None:
    answer = ask(app, path)
    assert (answer.status_code, "left-out" in answer.text) == (200, False)


def test_people_get_a_page_and_programs_a_problem(ask: Ask, app: FastAPI) -> None:
    person, program = {"Accept": "text/html,*/*;q=0.8"}, {"Accept": "application/json"}
    assert "Không có trang này" in ask(app, "/nowhere", headers=person).text
    assert ask(app, "/nowhere", headers=program).headers["content-type"] == "application/problem+json"
    assert ask(app, "/api/v1/nowhere", headers=person).headers["content-type"] == "application/problem+json"
    assert ask(app, "/api/v1/gaps?unit=x", headers=person).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (StoreError("/var/lib/x.db is gone"), 503, "chưa đọc được sổ cái"),
        (RuntimeError("hunter2"), 500, "đang gặp lỗi"),
    ],
)
def test_a_ledger_that_fails_shows_no_figure_and_tells_no_secret(
    error: Exception, status: int, words: str, ask: Ask, lab_plan: Plan
) -> None:
    answer = ask(build_api(Held(error), lab_plan), "/")
    assert answer.status_code == status
    assert words in answer.text
    assert "hunter2" not in answer.text
    assert "/var/lib" not in answer.text


def test_what_was_seen_is_shown_and_never_run(ask: Ask, held: Held, lab_plan: Plan) -> None:
    evil = '<img src=x onerror="alert(1)">'
    rows = tuple(replace(row, detail=evil) if row.is_gap else row for row in held.now().rows)
    answer = ask(build_api(Held(replace(held.now(), rows=rows)), lab_plan), "/units/68")
    assert "&lt;img src=x" in answer.text
    assert "<img" not in answer.text


def test_scripts_and_styles_may_be_kept_for_ever_under_their_hash(ask: Ask, app: FastAPI) -> None:
    text = ask(app, "/").text
    addresses = [part.split('"')[0] for part in text.split('="/static/')[1:]]
    assert len(addresses) == 6
    for address in addresses:
        answer = ask(app, f"/static/{address}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
        assert answer.headers["content-type"].split(";")[0] in {"text/css", "text/javascript", "image/svg+xml"}
    old = f"/static/{'0' * 32}/{addresses[0].partition('/')[2]}"
    assert (ask(app, old).status_code, ask(app, "/static/x/../../app.py").status_code) == (404, 404)


def test_a_long_gap_list_comes_in_pages(ask: Ask, held: Held, lab_plan: Plan) -> None:
    (gap,) = [row for row in held.now().rows if row.asset == "68-22945-PC-001" and row.indicator == "HT06"]
    rows = tuple(replace(gap, asset=f"68-22945-PC-{number:03}") for number in range(250))
    app = build_api(Held(replace(held.now(), rows=rows)), lab_plan)
    shown = [ask(app, f"/units/68-22945?page={page}").text.count("data-asset=") for page in (1, 2, 3, 4)]
    assert shown == [100, 100, 50, 50]
    assert 'href="?verdict=stale&amp;page=2#gaps"' in ask(app, "/units/68-22945?verdict=stale").text


def test_an_instant_of_the_page_is_local(ask: Ask, app: FastAPI) -> None:
    assert "Số liệu đo lúc 22/11/2026 19:00" in ask(app, "/").text


def test_a_profiles_data_is_called_made_up_on_each_page(held: Held, lab_plan: Plan, ask: Ask) -> None:
    note = ProfileNote("cm-2017", "Cà Mau <2017>", "Cà Mau", date(2017, 12, 31))
    app = build_api(held, replace(lab_plan, profile=note))
    for path in ("/", "/units/68", "/units/68/topology", "/assets/68-22945-PC-001"):
        assert "Số liệu giả lập của hồ sơ mẫu cm-2017 (Cà Mau &lt;2017&gt;)" in ask(app, path).text, path
        assert "giả lập" not in ask(build_api(held, lab_plan), path).text, path


def test_a_target_without_a_date_is_shown(held: Held, ask: Ask, app: FastAPI) -> None:
    said = held.now()
    undated = (replace(f, due=None, target_met=False, to_target=3) if f.target else f for f in said.figures)
    held.said = replace(said, figures=tuple(undated))
    answer = ask(app, "/units/68")
    assert answer.status_code == 200
    assert "không có hạn" in answer.text

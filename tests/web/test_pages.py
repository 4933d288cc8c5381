"""What people see: the API's numbers, in their language, findable, on any width, with the keyboard alone."""

import re

import pytest
from browsing import DESK, PHONE, Site, Visit, Watch
from catalogue import INDICATORS
from playwright.sync_api import Browser, Page, expect
from seeded import DOWN_LINK, MISPLACED, NEVER_USED, REPLUGGED, STALE, STRANGER, UNPLANNED

from ledger.language import Language, Text

VI = Text(Language.VI)
EVERY_PAGE = (
    "/",
    "/units/68",
    "/units/68-22945",
    f"/assets/{MISPLACED}",
    "/units/68/trend",
    "/units/68/topology",
    "/units/68-00000",
)
#: Cells of the units table: [unit, indicator, number, counts].
READ_CELLS = """rows => rows.flatMap(row => [...row.querySelectorAll('td')].map(cell => [
  row.dataset.unit, cell.dataset.indicator,
  ...['.number', '.counts'].map(part => cell.querySelector(part)?.textContent ?? null)]))"""
#: What reaches further right than the page is wide; a table's head is hidden there.
WIDE = """width => [...document.querySelectorAll('main *')].filter(
  each => !each.closest('thead') && each.getBoundingClientRect().right > width + 1
).map(each => each.outerHTML.slice(0, 90))"""


def shown_units(page: Page) -> list[str]:
    found: list[str] = page.locator("#units tbody tr").evaluate_all("rows => rows.map(row => row.dataset.unit)")
    return found


def test_every_figure_of_the_table_is_the_apis(site: Site, visit: Visit) -> None:
    cells = visit("/").locator("#units tbody tr").evaluate_all(READ_CELLS)
    expected = []
    for item in site.json("coverage"):
        value, counts = None, None
        if item["value"] is not None:
            assert isinstance(item["value"], float)
            value = VI.percent(item["value"]) if item["value_unit"] == "ratio" else VI.number(item["value"])
            counts = f"{item['numerator']}/{item['denominator']}"
        expected.append([item["unit"], item["indicator"], value, counts])
    assert len(cells) == len(expected)
    assert sorted(cells, key=str) == sorted(expected, key=str)


def test_a_units_gap_list_is_the_apis_with_reason_and_since(site: Site, visit: Visit) -> None:
    rows = visit("/units/68").locator("#gaps-list tbody tr").evaluate_all(
        "rows => rows.map(row => [row.dataset.asset, row.querySelector('abbr').textContent])"
    )  # fmt: skip
    gaps = site.json("gaps")
    assert rows == [[gap["asset"], gap["indicator"]] for gap in gaps]
    assert {MISPLACED, STALE, DOWN_LINK, NEVER_USED} <= {gap["asset"] for gap in gaps}
    row = visit("/units/68-22945").locator(f"tr[data-asset='{MISPLACED}']")
    expect(row).to_contain_text("sai vị trí")
    expect(row).to_contain_text("11/11/2026 10:48")
    expect(row).to_contain_text("tại Phường Phú Thủy")


def test_gaps_are_narrowed_by_indicator_and_reason(visit: Visit) -> None:
    page = visit("/units/68")
    page.get_by_role("combobox", name="Nguyên nhân").select_option("wrong_place")
    expect(page.locator("#gaps-list tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile("verdict=wrong_place"))
    page.reload()
    expect(page.locator("#gaps-list tbody tr")).to_have_count(1)
    card = visit("/").locator(".card[data-indicator=HT06] .why a").filter(has_text="sai vị trí")
    card.click()
    expect(card.page.locator("#gaps-list tbody tr")).to_have_count(1)


def test_the_cabling_is_the_apis_with_what_needs_somebody_first(site: Site, visit: Visit) -> None:
    page = visit("/units/68")
    page.get_by_role("link", name="Đấu nối").click()
    rows = page.locator("#cables tbody tr")
    shown = rows.evaluate_all("rows => rows.map(row => [row.dataset.cable, row.dataset.verdict])")
    cables = [[item["link"] or "unexpected", item["verdict"]] for item in site.json("topology")]
    assert sorted(shown) == sorted(cables)
    assert shown[0] == [REPLUGGED, "wrong_port"]
    expect(rows.first).to_contain_text("sai cổng")
    expect(rows.first).to_contain_text("p8")
    page.get_by_role("combobox", name="Đấu nối").select_option("unexpected")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(STRANGER)
    page.reload()
    expect(rows).to_have_count(1)


def test_a_card_says_target_due_date_and_what_is_missing(visit: Visit) -> None:
    card = visit("/units/68-22945").locator(".card[data-indicator=HT06]")
    for words in ("50 %", "1/2", "chưa đạt mục tiêu", "Mục tiêu 90 %", "31/12/2026", "còn 37 ngày", "sai vị trí 1"):
        expect(card).to_contain_text(words)


def test_nothing_planned_is_no_data_and_never_nought_percent(visit: Visit) -> None:
    page = visit("/units/68-22924")
    card = page.locator(".card.no_data").first
    expect(card).to_contain_text("chưa có số liệu")
    assert "0 %" not in card.inner_text()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("phu thuy", ["68-22924"]),
        ("Phú Thuỷ", ["68-22924"]),
        ("phú thủy", ["68-22924"]),
        ("dac khu", ["68-23272"]),
        ("22945", ["68-22945"]),
        ("phường", ["68-22945", "68-22924"]),
        ("không có đâu", []),
    ],
)
def test_units_are_found_as_one_types(words: str, expected: list[str], visit: Visit) -> None:
    page = visit("/")
    page.get_by_label("Tìm đơn vị").press_sequentially(words)
    page.wait_for_function("words => new URLSearchParams(location.search).get('q') === words", arg=words)
    expect(page.locator("#found")).to_have_text(f"{len(expected)} đơn vị")
    assert shown_units(page) == expected
    if not expected:
        expect(page.locator("#units .empty")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Tìm đơn vị")).to_have_value(words)
    assert shown_units(page) == expected


def test_units_are_sorted_by_name_and_by_figure(visit: Visit) -> None:
    page = visit("/")
    page.locator("#sort-name").click()
    expect(page.locator("th.unit[aria-sort=ascending]")).to_be_visible()
    assert shown_units(page) == ["68", "68-23272", "68-22945", "68-22924", "68-SKHCN"]
    page.locator("#sort-HT06").click()
    expect(page.locator("#sort-HT06").locator("..")).to_have_attribute("aria-sort", "ascending")
    assert shown_units(page)[:2] == ["68", "68-23272"]
    expect(page.locator("#sort-HT06")).to_be_focused()
    page.locator("#sort-HT06").press("Enter")
    expect(page.locator("#sort-HT06").locator("..")).to_have_attribute("aria-sort", "descending")
    assert shown_units(page)[-1] == "68-23272"


def test_only_units_that_fall_short_and_only_one_level(visit: Visit) -> None:
    page = visit("/")
    page.get_by_role("combobox", name="Cấp").select_option("commune")
    expect(page.locator("#found")).to_have_text("3 đơn vị")
    page.get_by_label("chỉ đơn vị chưa đạt").check()
    expect(page).to_have_url(re.compile("level=commune.*wanting=1"))
    assert "68" not in shown_units(page)


def test_an_asset_shows_verdict_evidence_and_runs(visit: Visit) -> None:
    page = visit(f"/assets/{MISPLACED}")
    expect(page.locator(".verdict")).to_contain_text("sai vị trí")
    lease = page.locator(".evidence tbody tr").filter(has_text="được cấp địa chỉ DHCP")
    for words in ("có", "11/11/2026 10:48", "24/11/2026 10:48", "leases", "Phường Phú Thủy"):
        expect(lease).to_contain_text(words)
    runs = page.get_by_role("table").filter(has_text="site.yml").locator("tbody tr")
    expect(runs).to_have_count(2)
    expect(runs.last).to_contain_text("chạy thử")
    expect(visit(f"/assets/{UNPLANNED}").locator(".verdict")).to_contain_text("ngoài kế hoạch")
    page = visit("/assets/68-22945-LAN")
    expect(page.get_by_role("link", name="68-22945-SW-001")).to_be_visible()


def test_what_a_person_did_is_told_by_day_only(visit: Visit) -> None:
    login = visit("/assets/vanthu@skhcn.lamdong.gov.vn").locator(".evidence tbody tr").filter(has_text="đã đăng nhập")
    expect(login).to_contain_text("24/11/2026")
    assert "10:48" not in login.inner_text()


def test_the_trend_is_drawn_for_each_span_with_a_table_beside_it(visit: Visit, site: Site) -> None:
    page = visit("/units/68")
    page.locator("#trend").scroll_into_view_if_needed()
    expect(page.locator("#trend .chart canvas")).to_have_count(len(INDICATORS))
    label = page.locator(".plot[aria-label^='HT04']").get_attribute("aria-label")
    assert label == "HT04: từ 0\N{NO-BREAK SPACE}% (27/10/2026) đến 75\N{NO-BREAK SPACE}% (24/11/2026)"
    page.locator("#span-day").click()
    expect(page.locator("#span-day[aria-current]")).to_be_visible()
    page.get_by_text("Xem dạng bảng").click()
    expect(page.locator("#trend tbody tr")).to_have_count(25)
    (now,) = [item for item in site.json("coverage?unit=68") if item["indicator"] == "AV02"]
    newest = page.locator("#trend tbody tr").first
    expect(newest).to_contain_text("24/11/2026 10:48")
    expect(newest).to_contain_text(f"{now['numerator']}/{now['denominator']}")


def test_english_by_switch_and_it_stays(visit: Visit) -> None:
    page = visit("/units/68-22945?indicator=HT06")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(re.compile("indicator=HT06"))
    expect(page.locator("h1")).to_have_text("Phan Thiet ward")
    page.goto(page.url.split("/units")[0] + "/")
    expect(page.locator("h1")).to_have_text("Lam Dong province")
    page.get_by_role("link", name="Tiếng Việt").click()
    expect(page.locator("h1")).to_have_text("Tỉnh Lâm Đồng")


def test_an_unknown_unit_is_a_404_in_vietnamese_with_a_way_on(visit: Visit, watch: Watch, site: Site) -> None:
    watch.expected.append("404")
    page = visit("/")
    answer = page.goto(f"{site.url}/units/68-22954")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text("Không có đơn vị này")
    page.get_by_role("link", name="Phường Phan Thiết (68-22945)").click()
    expect(page.locator("h1")).to_have_text("Phường Phan Thiết")


def test_files_are_offered_with_the_choice_that_is_shown(visit: Visit) -> None:
    page = visit("/units/68-22945?verdict=wrong_place")
    with page.expect_download() as download:
        page.get_by_role("link", name="Danh sách còn thiếu (Excel)").click()
    assert download.value.suggested_filename == "bao-phu-con-thieu-20261124-1048.xlsx"
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert (len(lines), lines[1].split(",")[0]) == (2, MISPLACED)


def test_a_server_that_goes_away_is_said(visit: Visit, watch: Watch) -> None:
    page = visit("/")
    watch.expected += ["ERR_FAILED", "htmx:sendError", "htmx:afterRequest"]
    page.route("**/*", lambda route: route.abort())
    page.get_by_label("Tìm đơn vị").press_sequentially("phu")
    expect(page.get_by_role("alert")).to_contain_text("Máy chủ không trả lời")
    page.unroute_all()
    page.get_by_label("Tìm đơn vị").press_sequentially(" q")
    expect(page.get_by_role("alert")).to_be_hidden()


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_a_phone_needs_no_sideways_scrolling(path: str, visit: Visit, watch: Watch) -> None:
    watch.expected.append("404")
    page = visit(path, width=PHONE)
    for details in page.locator("details").all():
        details.evaluate("each => each.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert page.evaluate(WIDE, PHONE) == []


def test_the_table_fits_a_desk(visit: Visit) -> None:
    box = visit("/", width=DESK).locator("#units .scroll")
    assert box.evaluate("each => each.scrollWidth - each.clientWidth") <= 0


def test_without_scripts_everything_is_still_there(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/?q=phu+thuy")
    assert [row.get_attribute("data-unit") for row in page.locator("#units tbody tr").all()] == ["68-22924"]
    page.goto(f"{site.url}/units/68")
    page.get_by_role("link", name="Xem số liệu trước đây").click()
    page.get_by_text("Xem dạng bảng").click()
    expect(page.locator("#trend tbody tr")).to_have_count(30)
    context.close()

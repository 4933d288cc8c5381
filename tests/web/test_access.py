"""Everyone can use it: by keyboard, by screen reader, with weak eyes. Checks of our own, in a real browser."""

from pathlib import Path

import pytest
from browsing import DESK, PHONE, Visit, Watch
from playwright.sync_api import Page, expect
from seeded import MISPLACED

FOCUSED, FAULTS, FAINT = (
    (Path(__file__).parent / "support" / name).read_text(encoding="utf-8").partition("\n")[2]
    for name in ("focused.js", "faults.js", "faint.js")
)
PAGES = ("/", "/?lang=en", "/units/68", "/units/68-22945", f"/assets/{MISPLACED}", "/units/68/trend", "/units/68-00000")


def walked(page: Page, steps: int = 200) -> list[tuple[str, bool, bool]]:
    """What Tab comes by, from the top of the page to its end."""
    found: list[tuple[str, bool, bool]] = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        where = page.evaluate(FOCUSED)
        if where is None:
            return found
        found.append((where[0], where[1], where[2]))
    raise AssertionError(f"the keyboard doesn't get out: {found[-3:]}")


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_built_for_screen_readers_and_weak_eyes(path: str, width: int, visit: Visit, watch: Watch) -> None:
    watch.expected.append("404")
    page = visit(path, width=width)
    for details in page.locator("details").all():
        details.evaluate("each => each.open = true")
    assert page.evaluate(FAULTS) == []
    assert page.evaluate(FAINT) == []


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(width: int, visit: Visit) -> None:
    page = visit("/", width=width)
    page.locator("#trend").scroll_into_view_if_needed()
    expect(page.locator(".chart").first).to_be_visible()
    found = walked(page)
    assert [place for place in found if not (place[1] and place[2])] == []
    names = [name for name, _seen, _marked in found]
    assert names[:2] == ["#main", "/"]
    wanted = {"q", "level", "wanting", "/units/68-22945", "/?lang=en", "/api/v1/coverage.xlsx?lang=vi", "SUMMARY"}
    assert wanted <= set(names)
    assert ({"sort-name", "sort-HT06"} <= set(names)) is (width == DESK)


def test_the_skip_link_skips(visit: Visit) -> None:
    page = visit("/")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Đến phần nội dung")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_unit_is_found_and_opened_without_a_mouse(visit: Visit) -> None:
    page = visit("/")
    while page.evaluate("document.activeElement.id") != "q":
        page.keyboard.press("Tab")
    page.keyboard.type("phu thuy")
    expect(page.locator("#found")).to_have_text("1 đơn vị")
    expect(page.locator("#q")).to_be_focused()
    while page.evaluate("document.activeElement.getAttribute('href')") != "/units/68-22924":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Phường Phú Thủy")


def test_colour_is_never_all_that_tells(visit: Visit) -> None:
    """Each standing has its own symbol, and words for who can't see it."""
    page = visit("/")
    cells = page.locator("#units td[data-indicator]").evaluate_all(
        """all => all.map(each => [
          each.className, each.querySelector('use').getAttribute('href'), each.querySelector('.quiet').innerText])"""
    )
    assert all(symbol == f"#{standing}" and words.strip() for standing, symbol, words in cells)
    assert len({standing for standing, _symbol, _words in cells}) >= 5
    drawn = page.locator("symbol").evaluate_all("all => all.map(each => [each.id, each.innerHTML])")
    shapes = {name: shape for name, shape in drawn if name in {standing for standing, _symbol, _words in cells}}
    shapes.pop("answering")  # as good as met, under an availability indicator
    assert len(set(shapes.values())) == len(shapes)


def test_it_prints_on_paper_without_what_paper_cannot_do(visit: Visit) -> None:
    page = visit("/")
    page.emulate_media(media="print")
    expect(page.locator(".matrix")).to_be_visible()
    for gone in (".tools", ".language", ".skip"):
        expect(page.locator(gone).first).to_be_hidden()

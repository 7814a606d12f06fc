"""What stands on the map and beside it can be read: symbols, names, colours, words."""

from __future__ import annotations

import re

import pytest

from tests.browser.test_dashboard import branch_at, play_to

pytestmark = pytest.mark.slow

PIXELS = """(points) => {
  const canvas = document.querySelector('canvas.map'), ratio = window.devicePixelRatio, pen = canvas.getContext('2d');
  return points.map(([x, y, r]) => {
    const [left, top, size] = [x - r, y - r, 2 * r].map((length) => Math.round(length * ratio));
    return Array.from(pen.getImageData(left, top, size, size).data);
  });
}"""
"""The pixels of squares of the map."""

ONE_OF_MANY = re.compile(r"(?<![\d,.-])1 (persons|civilians|percentage points|heavy strikes|shells|cells|units|have)\b")


def pixels(page, points):
    return page.evaluate(PIXELS, points)


def cell_points(page, where):
    """Return the middles of the cells for which a piece of script is true."""
    return page.evaluate(
        f"""() => {{
          const map = siegeViewer.maps[0], run = map.run, frame = map.frame;
          const middle = (cell) => [cell % run.columns + 0.5, Math.floor(cell / run.columns) + 0.5, 0.4];
          return Array.from({{ length: run.cells }}, (_, cell) => cell).filter((cell) => {where})
            .map((cell) => middle(cell).map((length) => length * map.unit));
        }}"""
    )


def show(page, **what):
    if not page.locator(".siege details.menu").evaluate("menu => menu.open"):
        page.locator(".siege details.menu summary").click()
    for name, on in what.items():
        box = page.get_by_label(name.capitalize(), exact=True)
        box.set_checked(on)


def test_no_name_hides_a_symbol(open_page, address, picture):
    page = open_page(address)
    for day in (0, 12):
        if day:
            play_to(page, day)
        show(page, strikes=False, names=True)
        symbols = [[mark["x"], mark["y"], 0.6 * mark["r"]] for mark in page.evaluate("siegeViewer.maps[0].marks")]
        assert len(symbols) > 20
        with_names = pixels(page, symbols)
        picture(page, f"names_{day}")
        show(page, names=False)
        assert pixels(page, symbols) == with_names


def test_names_stay_where_they_are_while_nothing_hides_them(open_page, address):
    page = open_page(address)
    play_to(page, 12)
    places = []
    for day in (3, 12, 3):
        page.evaluate(f"siegeViewer.goTo({day})")
        places.append(page.evaluate("Object.assign({}, siegeViewer.maps[0].steps)"))
    page.evaluate("siegeViewer.goTo(3)")
    assert page.evaluate("Object.assign({}, siegeViewer.maps[0].steps)") == places[-1]


HELD = "frame.ground.holder[cell] === 1 && frame.ground.danger[cell] {}"


def test_little_danger_can_be_seen(open_page, address, picture):
    page = open_page(address)
    play_to(page, 3)
    page.get_by_label("Layer of the map").select_option("danger")
    show(page, units=False, places=False, strikes=False, names=False)
    page.evaluate(
        """() => {
          const ground = siegeViewer.runs[0].at(siegeViewer.day).ground;
          ground.danger = ground.danger.map((_, cell) => ground.holder[cell] === 1 ? (cell % 2 ? 0 : 3) : 0);
          siegeViewer.redraw();
        }"""
    )
    light = [
        sum(square[:3])
        for wanted in ("=== 3", "=== 0")
        for square in pixels(
            page, cell_points(page, f"frame.ground.holder[cell] === 1 && frame.ground.danger[cell] {wanted}")[:1]
        )
    ]
    picture(page, "danger")
    assert abs(light[0] - light[1]) > 20, "a danger of 1 % differs from none"
    assert page.get_by_text("half way: 25 %").is_visible()


@pytest.mark.parametrize("layer", ["holder", "civilians", "rubble"])
def test_a_third_party_keeps_its_pattern_where_two_runs_are_compared(open_page, address, layer, picture):
    page = open_page(address)
    play_to(page, 5)
    branch_at(page, 1, "60")
    page.get_by_label("Layer of the map").select_option(layer)
    page.get_by_role("button", name="Difference").click()
    show(page, names=False)
    picture(page, f"difference_{layer}")
    theirs = cell_points(page, "frame.ground.holder[cell] >= 3")[0]
    (square,) = pixels(page, [theirs])
    assert len({tuple(square[i : i + 3]) for i in range(0, len(square), 4)}) > 1
    assert layer == "rubble" or page.get_by_text("held by the hill militia").is_visible()


def test_one_of_something_is_not_many(open_page, address):
    page = open_page(address)
    play_to(page, 5)
    page.locator("canvas.map").click(position={"x": 250, "y": 250})
    page.evaluate(
        """() => {
          const run = siegeViewer.runs[0], frame = run.at(siegeViewer.day);
          for (const layer of ["civilians", "killed", "left", "impacts", "shells"]) {
            frame.ground[layer].fill(0);
            frame.ground[layer][siegeViewer.cell] = 1;
          }
          run.value = () => 1;
          siegeViewer.redraw();
        }"""
    )
    text = page.locator(".siege").inner_text()
    assert not ONE_OF_MANY.findall(text)
    assert "1 civilian is in it, 1 has been killed" in text
    assert "1 heavy strike, 1 shell" in text


def test_the_list_of_keys_has_room_around_it(open_page, address, picture):
    page = open_page(address)
    page.keyboard.press("?")
    picture(page, "keys")
    dialog = page.get_by_role("dialog")
    outer, inner = dialog.bounding_box(), dialog.get_by_role("heading").bounding_box()
    assert inner["x"] - outer["x"] >= 12
    assert abs(outer["x"] + outer["width"] / 2 - 750) < 10, "in the middle"

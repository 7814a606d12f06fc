"""A class: students by the names they type, and a teacher who sees, asks, shows and pauses."""

from __future__ import annotations

import csv
import io
import urllib.request
from urllib.error import HTTPError

import pytest

from tests.browser.conftest import COARSE, serving, teachers_link
from tests.browser.test_accessible import sound
from tests.browser.test_changes import BRANCH
from tests.browser.test_dashboard import DAY

pytestmark = pytest.mark.slow

QUESTION = "How many will be killed <in the end>?"


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    with serving("toy_town", "--set", COARSE, "--class", kept_in=str(tmp_path_factory.mktemp("kept"))) as served:
        address, server = served
        yield address, teachers_link(server)


def join(page, name):
    page.get_by_label("Your name in this class").fill(name)
    page.get_by_role("button", name="Join").click()
    page.get_by_text("In this class as").wait_for()


def test_a_wrong_secret_gets_a_plain_refusal(lesson):
    address, link = lesson
    for wrong in (f"{address}/class", f"{address}/class?key=wrong", link.replace("/class", "/class/state")[:-1]):
        with pytest.raises(HTTPError, match="403") as refused:
            urllib.request.urlopen(wrong)
        assert refused.value.read().decode().startswith("this page needs the link")


def test_a_teacher_sees_asks_shows_and_pauses(lesson, open_page, chromium, tmp_path, picture):
    address, link = lesson
    ann, ben = open_page(address), open_page(address)
    teacher = chromium.new_context(viewport={"width": 1366, "height": 768}).new_page()
    teacher.set_default_timeout(60_000)
    teacher.goto(link)
    join(ann, "Ann <b>x</b>")
    join(ben, "Ben")
    teacher.get_by_role("rowheader", name="Ann <b>x</b>").wait_for()
    sound(teacher, {"class": lambda page: None})

    teacher.get_by_label("Ask all").fill(QUESTION)
    teacher.get_by_role("button", name="Ask", exact=True).click()
    for page, guess in ((ann, "many"), (ann, "1,200"), (ben, "15")):
        page.get_by_label(QUESTION).fill(guess)
        page.get_by_role("button", name="Lock my guess").click()
        if guess == "many":
            page.get_by_text("'many' is not a number").wait_for()
        else:
            page.get_by_text("(locked)").wait_for()
    teacher.get_by_text("2 guesses").first.wait_for()
    assert teacher.locator("#plot circle[fill=none]").count() == 2

    ann.evaluate("(hash) => { location.hash = hash; }", BRANCH)
    ann.wait_for_function(f"siegeViewer.runs.length === 2 && {DAY} === 20")
    row = teacher.get_by_role("row").filter(has_text="Ann")
    row.filter(has_text="changed from day 11").wait_for()
    row.filter(has_text="20").wait_for()
    picture(teacher, "class_page")

    row.get_by_role("button", name="Push to all").click()
    ben.wait_for_function(f"siegeViewer.runs.length === 2 && {DAY} === 20")
    ben.get_by_text("Sorties, per day: 20 in place of 4").wait_for()

    teacher.get_by_role("button", name="Freeze").click()
    ben.get_by_text("Your teacher has paused the class.").wait_for()
    assert ben.get_by_role("button", name="▶ Play").is_disabled()
    ben.evaluate("siegeViewer.live.requestDay(25)")
    ben.get_by_role("button", name="Undo").click()
    ben.get_by_text("look at what is there until it goes on").wait_for()
    assert ben.evaluate("siegeViewer.end()") == 20
    picture(ben, "paused")
    teacher.get_by_role("button", name="Open for own exploring").click()
    ben.get_by_text("Your teacher has paused the class.").wait_for(state="hidden")
    ben.get_by_role("button", name="A day on").click()
    ben.wait_for_function(f"{DAY} === 21")

    with teacher.expect_download() as download:
        teacher.get_by_text("Download as CSV").click()
    download.value.save_as(tmp_path / "class.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "class.csv").read_text("utf-8-sig"))))
    assert [(one["student"], one["question"], float(one["guess"])) for one in rows] == [
        ("Ann <b>x</b>", QUESTION, 1_200.0), ("Ben", QUESTION, 15.0),
    ]  # fmt: skip

    ben.get_by_role("button", name="Leave").click()
    teacher.get_by_text("1 with a name, 1 without").wait_for()
    teacher.context.close()


def test_what_the_teacher_sees_is_shown_to_all_with_one_button(lesson, open_page):
    address, link = lesson
    student = open_page(address)
    mine = open_page(f"{address}/#teacher={link.partition('key=')[2]}")
    mine.get_by_text("You are the teacher.").wait_for()
    assert "#" not in mine.url, "a projector must not show the secret"
    mine.evaluate("(hash) => { location.hash = hash; }", BRANCH)
    mine.wait_for_function(f"siegeViewer.runs.length === 2 && {DAY} === 20")
    mine.evaluate("siegeViewer.goTo(14)")
    mine.get_by_role("button", name="From day 15", exact=True).first.wait_for()
    mine.get_by_role("button", name="Push this state to all").click()
    student.wait_for_function(f"siegeViewer.runs.length === 2 && {DAY} === 14")
    mine.get_by_role("button", name="Freeze").click()
    student.get_by_text("Your teacher has paused the class.").wait_for()
    mine.get_by_role("button", name="A day on").click()
    mine.wait_for_function(f"{DAY} === 15")
    mine.get_by_role("button", name="Open for own exploring").click()
    student.get_by_text("Your teacher has paused the class.").wait_for(state="hidden")

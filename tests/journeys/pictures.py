"""Takes the pictures of the documentation: ``python tests/journeys/pictures.py docs/images``.

Desk and panel show the demo course in Korean, the report shows it in English, the card has both languages;
all of them in the installed Chromium.
"""

import argparse
import getpass
import io
import os
import tempfile
from pathlib import Path

from classroom import Account, Bench, Browser, Desktop, open_desk
from PIL import Image
from playwright.sync_api import Page, expect

from biolabkit.check import Card
from biolabkit.check.cards import MIME_TYPE
from biolabkit_autograder.authoring import load_exercise, notebook_bytes, samples
from biolabkit_autograder.demo import run_demo
from biolabkit_autograder.workflow.assignment import read_notebook
from biolabkit_autograder.workflow.sources import exercises_root

OPEN, HANDED_IN = "genome-05-diploid-genotypes", "health-02-risk-model"
#: Whose panel is shown, and who of the demo has the misconception.
LEARNER, MISTAKEN = "kim.haneul", "lee.sujin"
#: A misconception whose card and hint are shown.
WRONG, ITS_CHECK = "wrong:phred_as_percent", 'lab.check("model.one"'
LARGEST_BYTES = 200_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    with tempfile.TemporaryDirectory(prefix="biolab-pictures-") as work, Browser() as browser:
        home = Path(work)
        os.environ.setdefault("BIOLABKIT_CACHE", str(home / "cache"))
        run_demo(home / "demo", "ko", None, None)
        me = Account(getpass.getuser(), os.geteuid(), home)
        card(browser, home / "demo", folder / "card.png")
        run_demo(home / "demo-en", "en", None, None)
        report(browser, home / "demo-en", folder / "report.png")
        with open_desk(me, home / "demo", browser) as desk:
            expect(desk.page.locator("#exercises")).to_contain_text("이배체")
            take(desk.page, folder / "desk.png", height=815)  # without the folders of this machine
        me.run("biolab", "join", home / "demo" / "release", "bio101", "--learner", LEARNER)
        bench = Bench(me, home / "bio101")
        put(home / "bio101", OPEN, WRONG)
        put(home / "bio101", HANDED_IN, "solution")
        bench.start()
        try:
            panel(bench.open(browser), folder / "panel.png")
        finally:
            bench.kill()


def card(browser: Browser, course: Path, path: Path) -> None:
    """The first card with a hint of the learner who has the misconception, as their notebook has it."""
    notebook = next(course.glob(f"autograded/{MISTAKEN}/{OPEN}/*.ipynb"))
    outputs = [output for cell in read_notebook(notebook).cells for output in cell.get("outputs", ())]
    data = [output["data"][MIME_TYPE] for output in outputs if MIME_TYPE in output.get("data", {})]
    failed = next(one for one in map(Card.from_dict, data) if one.hint is not None)
    both = "".join(f"<p>{failed.to_html(language)}</p>" for language in ("en", "ko"))
    window = browser.window(900, 600, device_scale_factor=1.5)
    window.page.set_content(
        "<!doctype html>"  # else a body is as high as its window
        f'<body style="font-family: sans-serif; margin: 0; padding: 1px 14px; width: 772px">{both}</body>'
    )
    box = window.page.locator("body").bounding_box()
    take(window.page, path, clip=(0, 0, box["width"], box["height"]))
    window.close()


def report(browser: Browser, course: Path, path: Path) -> None:
    """The section of one exercise down to the hints that were drawn."""
    window = browser.window(1100, 1400)
    window.page.goto((course / "report" / "index.html").as_uri())
    box = window.page.locator(f"#exercise-{OPEN}").bounding_box()
    end = window.page.locator(f"#exercise-{OPEN} > h3", has_text="Learners").bounding_box()
    take(window.page, path, clip=(0, box["y"] - 24, 1100, end["y"] - box["y"] + 16))
    window.close()


def put(course: Path, exercise: str, sample: str) -> None:
    """A notebook with known answers in a learner's folder."""
    track, name = exercise.split("-", 1)
    notebook = samples(load_exercise(exercises_root(None) / track / name), "ko")[sample]
    (course / exercise / f"{exercise}.ipynb").write_bytes(notebook_bytes(notebook))


def panel(desktop: Desktop, path: Path) -> None:
    """One assignment handed in; the other open, checked, and with the card of a failed check."""
    desktop.submit(HANDED_IN)
    desktop.act(OPEN, "check")
    expect(desktop.note(OPEN)).to_contain_text("검사했습니다")
    desktop.act(OPEN, "open")
    desktop.wait_for_kernel()
    for text in ("lab.start(", "def genotype", ITS_CHECK):
        desktop.run(text)
    card = desktop.notebook.locator(".jp-OutputArea").filter(has_text="힌트").first
    expect(card).to_be_visible()
    tasks = desktop.entry(OPEN).locator("details.biolab-details")
    if tasks.get_attribute("open") is None:
        tasks.locator("> summary").click()
    desktop.entry(OPEN).locator('details[data-task="model"] > summary').click()
    desktop.cell(ITS_CHECK).scroll_into_view_if_needed()
    card.scroll_into_view_if_needed()
    desktop.page.wait_for_timeout(500)  # what scrolls comes to rest
    take(desktop.page, path)


def take(
    page: Page, path: Path, height: int | None = None, clip: tuple[float, float, float, float] | None = None
) -> None:
    """A picture of few colours, as pages have; of the page's upper part or of a clip if one is given."""
    part = dict(zip(("x", "y", "width", "height"), clip, strict=True)) if clip else None
    shot = page.screenshot(clip=part, full_page=clip is not None)
    picture = Image.open(io.BytesIO(shot)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    picture = picture.crop((0, 0, picture.width, height or picture.height))
    picture.save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path}: {picture.width} x {picture.height}, {size / 1000:.0f} kB")
    if size > LARGEST_BYTES:
        raise SystemExit(f"{path} is too large for a repository")


if __name__ == "__main__":
    main()

"""Take the pictures of the pages anew: `make pictures` takes those that the documentation shows,
`python docs/pictures.py --folder /tmp/look orders today` takes any to look at.

A shop of its own is told its story (pictures_story.py), served, and looked at in Chromium, at 1440
and at 390 pixels. A picture that looks as before is left as it is, so that a change shows.
"""

import argparse
import io
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))  # the tests' Chromium and server

import structlog  # noqa: E402 - only now can the tests be found
from pictures_story import Story, StoryHouse  # noqa: E402
from PIL import Image, ImageChops  # noqa: E402
from playwright.sync_api import Browser, Page  # noqa: E402

from purvey.testing import Clock  # noqa: E402
from tests.office.conftest import Office  # noqa: E402
from tests.servers.chromium import chromium  # noqa: E402
from tests.web.conftest import serving  # noqa: E402

FOLDER = DOCS / "pictures"
WIDTHS = {"": (1440, 900), "-phone": (390, 844)}
MAX_HEIGHT = 1400  # of a picture; what comes below is left out
MAX_BYTES = 150_000
COLOURS = 64
_SHOWN = re.compile(r"!\[[^\]]*\]\([\w./]*pictures/([\w-]+\.png)\)")
SAME = 0.001  # so few pixels differ by chance: a tracking number, the edge of a letter
STAFF = {
    "administrator": "Ada Quist",
    "manager": "Mia Sand",
    "clerk": "Cleo Hart",
    "picker": "Piet Novak",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """`path` may name an order of the story: "/orders/{declined}". `role` "": a customer.

    `first`: what is done on the page before the picture is taken.
    """

    name: str
    path: str
    role: str = "manager"
    first: Callable[[Page], object] | None = None


def _picks(page: Page) -> None:
    """The oldest parcel, with its first unit scanned."""
    page.click("[data-main]")
    sku = page.locator("[data-goods]").first.get_attribute("data-title")
    page.keyboard.type(sku or "")
    page.keyboard.press("Enter")
    page.locator(".says.good").wait_for()
    page.locator("#unsent[data-left='0']").wait_for(state="attached")


def _sells(page: Page) -> None:
    """What a customer on the phone would like to have, and where to."""
    page.get_by_label("Name", exact=True).fill("Ann Lee")
    page.get_by_label("E-mail", exact=True).fill("ann@example.com")
    page.get_by_label("Street and number").fill("1 High Street")
    page.get_by_label("Postal code").fill("LS1 4DT")
    page.get_by_label("City").fill("Leeds")
    for units, words in (("2", "teapot"), ("1", "lantern")):
        page.get_by_label("Add a product").fill(words)
        page.locator("#products [role=option]").first.click()
        page.get_by_label("Units").last.wait_for()
        page.get_by_label("Units").last.fill(units)
    page.locator("#kept", has_text="You can go on").wait_for()
    page.evaluate("scrollTo(0, 0)")


PICTURES = (
    Picture("today", "/"),
    Picture("orders", "/orders"),
    Picture("new-order", "/orders/new", role="clerk", first=_sells),
    Picture("approvals", "/approvals"),
    Picture("message", "/settings/messages/confirmation/en"),
    Picture("people", "/settings/people", role="administrator"),
    Picture("stock", "/stock"),
    Picture("problems", "/problems", role="administrator"),
    Picture("order", "/orders/{doubtful}", role="clerk"),
    Picture("adapters", "/settings/adapters", role="administrator"),
    Picture("locations", "/settings/locations", role="administrator"),
    Picture("warehouse", "/warehouse", role="picker"),
    Picture("pick", "/warehouse", role="picker", first=_picks),
    Picture("customers", "/customers"),
    Picture("return", "/returns/{return}"),
    Picture("track", "/track/{sent_track}", role=""),
)


def main(arguments: Sequence[str]) -> int:
    asked = _asked(arguments)
    asked.folder.mkdir(exist_ok=True, parents=True)
    wanted = shown()
    with told() as (office, story), chromium() as browser:
        for picture in PICTURES:
            for suffix in WIDTHS:
                place = asked.folder / f"{picture.name}{suffix}.png"
                if picture.name in asked.names or (not asked.names and place.name in wanted):
                    _keep(take(browser, office, story, picture=picture, suffix=suffix), place)
    return 0


def shown() -> set[str]:
    """The names of the files that the pages of the documentation show."""
    pages = [DOCS.parent / "README.md", *DOCS.rglob("*.md")]
    return {name for page in pages for name in _SHOWN.findall(page.read_text())}


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    asked = argparse.ArgumentParser(description=__doc__)
    names = [picture.name for picture in PICTURES]
    asked.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}")
    asked.add_argument("--folder", type=Path, default=FOLDER)
    given = asked.parse_args(arguments)
    if unknown := set(given.names) - set(names):
        asked.error(f"there is no picture {', '.join(sorted(unknown))}; there are {names}")
    return given


@contextmanager
def told() -> Iterator[tuple[Office, Story]]:
    """The shop, with its story behind it, served."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory(prefix="purvey-pictures-") as folder, ExitStack() as stack:
        clock = Clock()
        house = StoryHouse(Path(folder), clock)
        stack.callback(house.close)
        house.open()
        story = Story(house, clock)
        story.tell()
        office = Office(house, stack.enter_context(serving(house)), stack)
        story.staff = {role: office.person(name, role=role) for role, name in STAFF.items()}
        yield office, story


def take(
    browser: Browser, office: Office, story: Story, *, picture: Picture, suffix: str
) -> Image.Image:
    width, height = WIDTHS[suffix]
    context = browser.new_context(
        base_url=office.address,
        viewport={"width": width, "height": height},
        is_mobile=bool(suffix),
        has_touch=bool(suffix),
        locale="en-GB",
        timezone_id="UTC",
        reduced_motion="reduce",
    )
    if picture.role:
        token = office.session_for(story.staff[picture.role])
        context.add_cookies([{"name": "purvey", "value": token, "url": office.address}])
    page = context.new_page()
    answer = page.goto(picture.path.format(**story.orders))
    assert answer is not None and answer.ok, f"{picture.path}: {answer and answer.status}"
    if picture.first:
        picture.first(page)
    page.wait_for_load_state("networkidle")
    # A bar that sticks to the bottom would lie across the middle of a taller picture.
    tall = min(MAX_HEIGHT, page.evaluate("() => document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": width, "height": max(height, tall)})
    shot = page.screenshot(animations="disabled")
    context.close()
    return Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS)


def _keep(new: Image.Image, place: Path) -> None:
    """Written only if it looks different from what is there."""
    if place.exists() and _same(Image.open(place).convert("RGB"), new.convert("RGB")):
        return
    new.save(place, optimize=True)
    size = place.stat().st_size
    assert size <= MAX_BYTES, f"{place} has {size} bytes, more than {MAX_BYTES}"
    sys.stdout.write(f"wrote {place} ({size // 1000} kB)\n")


def _same(old: Image.Image, new: Image.Image) -> bool:
    if old.size != new.size:
        return False
    differs = ImageChops.difference(old, new).convert("L").point(lambda level: 255 * (level > 32))
    return differs.histogram()[255] <= SAME * old.width * old.height


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

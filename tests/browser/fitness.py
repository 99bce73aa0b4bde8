"""Can everybody use this page? axe-core at both widths, light and dark, and nothing runs off."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

Scheme = Literal["light", "dark"]
WIDTHS = {"desktop": (1440, 900), "phone": (390, 844)}
GRAVE = ("serious", "critical")
# A frame would be waited for: what is in it cannot answer.
_AXE = """async () => (await axe.run(
  {resultTypes: ['violations'], iframes: false})).violations"""
# Where a page paints no ground, the browser does, and axe takes it for white even in the dark.
_GROUND = """() => {
  const clear = one => getComputedStyle(one).backgroundColor === 'rgba(0, 0, 0, 0)';
  if ([document.documentElement, document.body].every(clear))
    document.documentElement.style.backgroundColor = 'Canvas';
}"""
_OVERHANGING = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > wide + 1)
    .map(one => one.outerHTML.slice(0, 100));
}"""


def check_axe(page: Page, *, schemes: Sequence[Scheme] = ("light", "dark")) -> None:
    """No serious or critical fault at the width that the page has now."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
        page.evaluate(_GROUND)
    faults = []
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        faults += _faults(page, scheme)
    page.emulate_media(color_scheme="light")
    assert not faults, "\n".join([f"{page.url} keeps people out:", *faults])


def check_fits(page: Page) -> None:
    """The page does not scroll sideways (a table may, in a frame of its own)."""
    overhanging = page.evaluate(_OVERHANGING)
    wide = page.evaluate("() => document.documentElement.clientWidth")
    assert not overhanging, "\n".join([f"{page.url} is wider than {wide}:", *overhanging[:5]])


def check_page(page: Page) -> None:
    """Wide and light, narrow and dark; the page goes back to the width that it had.

    Expect something of the page first: after a key that leads to it, it may not be there yet.
    """
    page.wait_for_load_state()
    before = page.viewport_size
    both: Sequence[tuple[str, Scheme]] = (("desktop", "light"), ("phone", "dark"))
    for size, scheme in both:
        width, height = WIDTHS[size]
        page.set_viewport_size({"width": width, "height": height})
        check_axe(page, schemes=[scheme])
        check_fits(page)
    if before:
        page.set_viewport_size(before)


def _faults(page: Page, scheme: str) -> Iterator[str]:
    width = (page.viewport_size or {"width": 0})["width"]
    for violation in page.evaluate(_AXE):
        if violation["impact"] in GRAVE:
            yield f"at {width} pixels, {scheme}: {_sentence(violation)}"


def _sentence(violation: dict[str, Any]) -> str:
    where = "".join(f"\n    {node['html'][:200]}\n{_why(node)}" for node in violation["nodes"][:5])
    return f"{violation['id']} ({violation['impact']}): {violation['help']}{where}"


def _why(node: dict[str, Any]) -> str:
    return "\n".join(f"      {line}" for line in node.get("failureSummary", "").splitlines())

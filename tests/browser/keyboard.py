"""A page without a mouse: as far as Tab, Enter and the letters go.

keys = Keyboard(page)
keys.fill("E-mail address", "ann@shop.example")
keys.press("Log in")
"""

import re

from playwright.sync_api import Locator, Page

MAX_TABS = 150
_FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const said = one.getAttribute('aria-labelledby');
  const names = [
    one.getAttribute('aria-label'),
    said && said.split(' ').map(id => document.getElementById(id)?.textContent).join(' '),
    ...[...(one.labels || [])].map(label =>
      [...label.childNodes].filter(node => node !== one && !node.contains?.(one))
        .map(node => node.textContent).join(' ') || label.textContent),
    one.matches('input, select, textarea') ? null : one.textContent,
    one.getAttribute('placeholder'), one.getAttribute('title'),
    one.matches('input[type=submit]') ? one.value : null,
  ];
  const name = (names.find(text => text && text.trim()) || '').replace(/\\s+/g, ' ').trim();
  return {
    name, tag: one.tagName.toLowerCase(), type: one.type || '',
    seen: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
      || style.boxShadow !== 'none',
    inside: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
  };
}"""


class Keyboard:
    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, name: str | re.Pattern[str], *, tag: str = "") -> Locator:
        """Tab on until the focus is on what people call `name` (its beginning is enough)."""
        met: list[str] = []
        for _ in range(MAX_TABS):
            here = self.page.evaluate(_FOCUSED)
            if here and _is(here["name"], name) and tag in ("", here["tag"]):
                assert here["seen"], f"who tabs to {here['name']!r} does not see where the focus is"
                assert here["inside"], f"{here['name']!r} has the focus, but is out of sight"
                return self.page.locator(":focus")
            met.append(here["name"] if here else "(the page)")
            self.page.keyboard.press("Tab")
        shown = ", ".join(dict.fromkeys(met))
        raise AssertionError(f"Tab does not come to {name!r}, only to: {shown}")

    def fill(self, name: str | re.Pattern[str], value: str) -> None:
        """Write `value` over what is in a field; in a list, choose what begins so."""
        field = self.to(name)
        if field.evaluate("one => one.tagName") == "SELECT":
            self.page.keyboard.type(value)
            return
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(value)

    def press(self, name: str | re.Pattern[str], *, key: str = "Enter", tag: str = "") -> None:
        """Go to a button or link, and press a key on it."""
        self.to(name, tag=tag)
        self.page.keyboard.press(key)


def _is(shown: str, wanted: str | re.Pattern[str]) -> bool:
    if isinstance(wanted, str):
        return shown.startswith(wanted)
    return wanted.search(shown) is not None

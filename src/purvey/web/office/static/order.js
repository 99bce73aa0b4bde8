// One order. What somebody types in stays as it is when the order changes; the rest follows by itself.

const whole = document.getElementById("order");
const news = document.getElementById("news");
const busy = () => whole?.querySelector("[hx-morph-skip]");

// A panel that opens takes the focus, and is left alone until it closes.
whole?.addEventListener("toggle", (event) => {
  const panel = event.target;
  if (!panel.matches("details.act, details.look")) return;
  panel.toggleAttribute("hx-morph-skip", panel.open);
  if (!panel.open || !panel.matches(".act")) return;
  for (const other of whole.querySelectorAll("details.act[open]")) if (other !== panel) other.open = false;
  panel.querySelector("form :is(input:not([type=hidden]), select, textarea)")?.focus();
}, true);
whole?.addEventListener("input", (event) => {
  event.target.closest("form:not(.panel)")?.setAttribute("hx-morph-skip", "");
});
for (const panel of document.querySelectorAll("details.act[open]")) panel.setAttribute("hx-morph-skip", "");

// Escape closes the panel and gives the focus back to its button.
document.addEventListener("keydown", (event) => {
  const panel = event.key === "Escape" && document.querySelector("details.act[open]");
  if (!panel) return;
  panel.open = false;
  panel.querySelector("summary").focus();
}, true);
document.addEventListener("click", (event) => {
  for (const panel of document.querySelectorAll("details.act[open]")) {
    if (!panel.contains(event.target) && !event.target.closest("dialog")) panel.open = false;
  }
});

// Who changed it while somebody has a form open.
document.addEventListener("htmx:after:swap", () => {
  const lately = document.getElementById("lately");
  if (!lately || !whole || lately.dataset.version === whole.dataset.version) return;
  whole.dataset.version = lately.dataset.version;
  if (!busy()) return;
  const { by, what } = lately.dataset;
  news.querySelector("p").textContent = `Changed by ${by} just now: ${what}. What you typed is still here.`;
  news.hidden = false;
});

// The sheet of an order, quick by keyboard: suggestions (the combobox of WAI-ARIA's APG), Enter goes
// on to the next field, Ctrl+Enter places the order. Without it everything works by buttons.

const order = document.getElementById("order");
const byId = (id) => document.getElementById(id);
const listOf = (box) => byId(box.getAttribute("aria-controls"));
const optionsOf = (box) => [...listOf(box).querySelectorAll("[role=option]")];
const activeOf = (box) => byId(box.getAttribute("aria-activedescendant"));

// Suggestions

function open(box) {
  listOf(box).hidden = !listOf(box).children.length;
  box.setAttribute("aria-expanded", String(!listOf(box).hidden));
}
function close(box) {
  listOf(box).hidden = true;
  box.setAttribute("aria-expanded", "false");
  mark(box, undefined);
}
function mark(box, option) {
  for (const one of optionsOf(box)) one.setAttribute("aria-selected", String(one === option));
  if (!option) { box.removeAttribute("aria-activedescendant"); return; }
  box.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}
function step(box, by) {
  const options = optionsOf(box);
  if (!options.length) return;
  if (listOf(box).hidden) open(box);
  const at = options.indexOf(activeOf(box));
  const next = at < 0 ? (by > 0 ? 0 : options.length - 1) : at + by;
  mark(box, options[(next + options.length) % options.length]);
}
function choose(box, option) {
  byId(box.dataset.value).value = option ? option.dataset.value : "";
  close(box);
  byId(box.dataset.go).click();
}

order.addEventListener("keydown", (event) => {
  const box = event.target.closest("[role=combobox]");
  if (!box || event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step(box, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape" && !listOf(box).hidden) {
    event.preventDefault();
    event.stopPropagation();
    close(box);
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    enter(box);
  }
});
function enter(box) {
  const options = optionsOf(box);
  const chosen = activeOf(box) || (box.id === "f-who" && options.length === 1 ? options[0] : undefined);
  if (chosen) choose(box, chosen);
  else if (box.id === "f-find" && box.value.trim()) choose(box, undefined); // typed whole, or scanned
  else if (!box.value.trim()) goOn(box);
}
order.addEventListener("mousedown", (event) => {
  const option = event.target.closest("[role=option]");
  if (!option) return;
  event.preventDefault();
  choose(document.querySelector(`[aria-controls="${option.parentElement.id}"]`), option);
});
order.addEventListener("focusout", (event) => {
  const box = event.target.closest("[role=combobox]");
  if (box) close(box);
});

// Enter in a field goes on to the next one; Ctrl+Enter places the order from anywhere.

function goOn(from) {
  const named = from.dataset.next && byId(from.dataset.next);
  if (named) { named.focus(); return; }
  const fields = [...order.querySelectorAll("input, select, textarea, #place")].filter(
    (one) => one.type !== "hidden" && one.tabIndex >= 0 && one.offsetParent !== null,
  );
  const next = fields[fields.indexOf(from) + 1];
  next?.focus();
  next?.select?.();
}
order.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.defaultPrevented || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    order.requestSubmit(byId("place"));
  } else if (event.target.matches("input, select")) {
    event.preventDefault();
    goOn(event.target);
  }
});

// What is kept while one writes: requests can overtake each other, so each says which one it is.

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.request.method === "GET" || !order.contains(ctx.sourceElement)) return;
  order.elements.turn.value = Number(order.elements.turn.value) + 1;
  ctx.request.body.set("turn", order.elements.turn.value);
});
document.addEventListener("htmx:after:swap", () => {
  const box = document.activeElement?.closest("[role=combobox]");
  if (box && box.value.trim()) open(box);
  for (const says of order.querySelectorAll(".says")) {
    const field = order.querySelector(`[aria-describedby~="${says.id}"]`);
    if (says.querySelector(".problem")) field?.setAttribute("aria-invalid", "true");
    else field?.removeAttribute("aria-invalid");
  }
  const wanted = byId("focus").querySelector("[data-focus]");
  if (wanted) arrive(wanted);
});
function arrive(wanted) {
  for (const id of ["f-find", "f-sku", "f-who", "f-customer"]) if (byId(id)) byId(id).value = "";
  for (const box of order.querySelectorAll("[role=combobox]")) { listOf(box).replaceChildren(); close(box); }
  byId("focus").replaceChildren();
  const field = byId(wanted.dataset.focus);
  field?.focus();
  field?.select?.();
}

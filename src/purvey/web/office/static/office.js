// What the pages need beyond forms and links: keys, questions before deeds, news, and the connection.
// Every page works without it; with it they are faster.

const field = (target) => target.closest("input, select, textarea, [contenteditable]");
const say = (words) => { document.getElementById("told").textContent = words; };

// Keys: single letters, never while somebody types, never with a modifier.
let going = false;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (field(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const pressed = event.key;
  if (going) {
    going = false;
    const link = document.querySelector(`.side [data-go="${CSS.escape(pressed)}"]`);
    if (link) link.click();
    return;
  }
  if (pressed === "g") { going = true; setTimeout(() => { going = false; }, 1500); return; }
  if (pressed === "?") { document.getElementById("keys").showModal(); return; }
  if (pressed === "j" || pressed === "k") { step(pressed === "j" ? 1 : -1); return; }
  if (pressed === "x") { choose(); return; }
  const owner = document.querySelector(`[data-key="${CSS.escape(pressed)}"]`);
  if (!owner || owner.disabled) return;
  event.preventDefault();
  if (field(owner)) { owner.focus(); owner.select?.(); } else owner.click();
});

// j and k walk the rows of the page's first list; Enter opens the one in focus, x chooses it.
function step(by) {
  const rows = [...document.querySelectorAll("table.rows a.row, [data-rows] a.row")];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.closest("tr, li").contains(document.activeElement));
  rows[Math.min(Math.max(at + by, 0), rows.length - 1)].focus();
}
function choose() {
  document.activeElement.closest("tr, li")?.querySelector("input[type=checkbox]")?.click();
}

// <form data-confirm="Cancel the order?"> asks before it is sent.
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
  if (!question || event.target.dataset.sure) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const dialog = document.getElementById("confirm");
  document.getElementById("confirm-title").textContent = question;
  const { submitter } = event;
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "yes") return;
    event.target.dataset.sure = "1";
    event.target.requestSubmit(submitter);
    delete event.target.dataset.sure;
  }, { once: true });
  dialog.returnValue = "no";
  dialog.showModal();
}, true);

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method === "dialog" || event.target.target) return;
  const { submitter } = event;
  if (!submitter) return;
  setTimeout(() => { submitter.disabled = true; submitter.setAttribute("aria-busy", "true"); });
  setTimeout(() => { submitter.disabled = false; submitter.removeAttribute("aria-busy"); }, 8000);
});
addEventListener("pageshow", () => {
  for (const busy of document.querySelectorAll("button[aria-busy]")) {
    busy.disabled = false;
    busy.removeAttribute("aria-busy");
  }
});

// <button data-copy="text">, and <input data-all="name">: all checkboxes of that name.
document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (!copy) return;
  await navigator.clipboard.writeText(copy.dataset.copy);
  say("Copied.");
});
document.addEventListener("change", (event) => {
  const { all } = event.target.dataset;
  if (!all) return;
  for (const box of document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(all)}"]`)) {
    box.checked = event.target.checked;
  }
});

// Menus close when something else is pressed.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open], details.more[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// The connection: told when it is lost and when it is back.
const lost = document.getElementById("offline");
const connection = (there) => { if (lost) lost.hidden = there; };
addEventListener("offline", () => connection(false));
addEventListener("online", () => connection(true));
document.addEventListener("htmx:error", () => connection(navigator.onLine));
if (!navigator.onLine) connection(false);

// News: one stream per visible tab. Each becomes an event on <body> that htmx can wait for:
//   hx-trigger="changed from:body"            anything happened
//   hx-trigger="changed-1001 from:body"       something happened to order 1001
let stream;
let missed = false;
const LISTEN_AGAIN_MS = 5000; // after an answer that is no stream: the database is away, say
const tell = (name, detail) => document.body.dispatchEvent(new CustomEvent(name, { detail }));
function listen() {
  if (stream || !document.body.dataset.live) return;
  stream = new EventSource(document.body.dataset.live);
  stream.addEventListener("changed", (event) => {
    const news = JSON.parse(event.data);
    tell("changed", news);
    for (const number of news.orders) tell(`changed-${number}`, news);
  });
  stream.onopen = () => { connection(true); if (missed) tell("changed", { orders: [] }); missed = false; };
  stream.onerror = () => {
    missed = true;
    if (stream.readyState !== EventSource.CLOSED) return; // else the browser comes again by itself
    stream = undefined;
    setTimeout(() => { if (!document.hidden) listen(); }, LISTEN_AGAIN_MS);
  };
}
function pause() { stream?.close(); stream = undefined; missed = true; }
document.addEventListener("visibilitychange", () => (document.hidden ? pause() : listen()));
addEventListener("pagehide", pause);
if (!document.hidden) listen();

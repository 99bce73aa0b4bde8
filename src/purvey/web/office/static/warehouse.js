// Scanning: a field that always has the focus, rows that count up, right and wrong that one sees,
// hears and feels. What is scanned goes into the queue first (scan-queue.js); the page counts what
// the server knows (data-done) and what still waits in the queue.

const form = document.getElementById("scanning");
const field = document.getElementById("scan");
const says = document.getElementById("says");
const OK = "OK"; // a printed barcode that says OK presses the main button; so does Enter alone

const rows = () => [...document.querySelectorAll("[data-goods]")];
const codesOf = (row) => JSON.parse(row.dataset.codes).map((code) => code.toLowerCase());
const wanted = (row) => Number(row.dataset.wanted);
function isOf(row, scan) {
  const { shipment, line, stage } = row.dataset;
  return shipment === scan.shipment && line === String(scan.line) && stage === scan.stage;
}
function done(row) {
  return Number(row.dataset.done) + (scanQueue?.waiting() ?? []).filter((scan) => isOf(row, scan)).length;
}

// What is on the page, after anything changed.
function show() {
  for (const row of rows()) {
    const count = Math.min(done(row), wanted(row));
    const shown = row.querySelector("[data-count]");
    if (shown.textContent !== String(count)) shown.textContent = count;
    row.classList.toggle("complete", count >= wanted(row));
  }
  const left = rows().reduce((sum, row) => sum + Math.max(0, wanted(row) - done(row)), 0);
  for (const button of document.querySelectorAll("[data-when-complete]")) {
    button.setAttribute("aria-disabled", left > 0);
    button.dataset.label ??= button.textContent;
    button.textContent = left > 0 ? `${left} left` : button.dataset.label;
  }
  return left;
}

function tellScan(tone, words) {
  if (!says) return;
  says.className = `says ${tone}`;
  says.textContent = words;
  // Two right ones in a row look the same: the flash tells them apart.
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
    says.animate([{ filter: "brightness(1.5) saturate(3)" }, { filter: "none" }], 350);
  }
}

function wrong(words) {
  tellScan("bad", words);
  signals.wrong();
}

function take(raw) {
  const code = raw.trim();
  if (!code || code.toUpperCase() === OK) { goOn(); return; }
  const fits = rows().filter((row) => codesOf(row).includes(code.toLowerCase()));
  const row = fits.find((one) => done(one) < wanted(one));
  if (!row) { wrong(fits.length ? `All of ${code} are scanned already.` : expected(code)); return; }
  const { shipment, line, stage, title, tote } = row.dataset;
  scanQueue.add({ shipment, line: Number(line), stage, code });
  const left = show();
  const into = Number(tote) ? ` into tote ${tote}` : "";
  tellScan("good", `${title}${into}: ${done(row)} of ${wanted(row)}${left ? "" : ". That was all."}`);
  if (left) signals.right(); else signals.complete();
  row.scrollIntoView({ block: "nearest" });
}

function expected(code) {
  const open = [...new Set(rows().filter((row) => done(row) < wanted(row)).map((row) => row.dataset.title))];
  const more = open.length > 3 ? ` or ${open.length - 3} more` : "";
  return `Wrong: ${code}. Expected: ${open.slice(0, 3).join(" or ") || "nothing more"}${more}.`;
}

// The page's main button, unless something is left to scan.
function goOn() {
  const button = document.querySelector("[data-main]");
  if (!button) return;
  if (button.getAttribute("aria-disabled") === "true") { wrong(`Not yet: ${button.textContent} to scan.`); return; }
  button.click();
}

document.addEventListener("click", (event) => {
  if (event.target.closest('[aria-disabled="true"]')) { event.preventDefault(); return; }
  // Another page cannot be had now, and this one would be lost for an error's.
  if (!event.target.closest("main a[href]") || navigator.onLine) return;
  event.preventDefault();
  wrong("No connection: stay on this page, and go on when it is back.");
});

// Forms that build on what was scanned wait until the server knows it.
document.addEventListener("submit", async (event) => {
  const { target, submitter } = event;
  if (!target.matches("[data-after-scans]") || !scanQueue?.size) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  await scanQueue.send();
  if (scanQueue.size) wrong(`${scanQueue.size} scans are not sent yet: go on when the connection is back.`);
  else target.requestSubmit(submitter);
}, true);

document.addEventListener("scans", show);
document.addEventListener("htmx:after:swap", show);
document.addEventListener("scan-answer", ({ detail }) => {
  if (detail.counted) {
    const row = rows().find((one) => isOf(one, detail));
    if (row) row.dataset.done = detail.done;
    return;
  }
  refuse(detail.sentence);
});

// Why the server did not count a scan: it stays until it was read.
function refuse(sentence) {
  const note = document.createElement("div");
  const words = document.createElement("p");
  const button = document.createElement("button");
  note.className = "callout bad";
  words.textContent = sentence;
  button.type = "button";
  button.className = "quiet";
  button.textContent = "I have seen it";
  button.addEventListener("click", () => { note.remove(); field?.focus(); });
  note.append(words, button);
  document.getElementById("refused").append(note);
  wrong(sentence);
}

if (field) {
  const type = document.getElementById("type");
  type.hidden = false;
  type.addEventListener("click", () => {
    const typing = field.inputMode === "none"; // else a phone's keyboard would cover the list
    field.inputMode = typing ? "text" : "none";
    type.setAttribute("aria-pressed", typing);
    field.focus();
  });
  // A scanner types wherever the focus is: nothing of it may be lost, or taken for a page's key.
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
    if (event.target.closest("input, select, textarea, dialog") || (event.key === " " && event.target !== document.body)) return;
    event.stopImmediatePropagation();
    field.focus();
  }, true);
  field.addEventListener("blur", (event) => { if (!event.relatedTarget) setTimeout(() => field.focus({ preventScroll: true })); });
  const scanned = (code) => { if (form.method === "get") { field.value = code; form.requestSubmit(); } else take(code); };
  if (form.method === "post") {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      const code = field.value;
      field.value = "";
      take(code);
    }, true);
  } else {
    form.addEventListener("submit", (event) => {
      if (field.value.trim() && field.value.trim().toUpperCase() !== OK) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      goOn();
    }, true);
  }
  cameraScanner(scanned);
  field.focus({ preventScroll: true });
}
if (says && !says.textContent) says.textContent = says.dataset.start;
show();

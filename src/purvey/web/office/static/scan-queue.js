// Scans that the server has not answered yet. They live in localStorage, so a reload, a dead battery
// or a lost connection takes none away. Each has an id of its own: the server counts it once, however
// often it is sent. They go in the order in which they were made.
//
// Events on document: "scans" (the queue changed), "scan-answer" (detail: the server's answer).

const csrfToken = () => JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRF-Token"];

const scanQueue = (() => {
  const badge = document.getElementById("unsent");
  if (!badge) return undefined;
  const AT_ONCE = 100;
  const AGAIN_MS = 4000;
  const prefix = `purvey-scan:${badge.dataset.who}:`; // scans are sent in the name of who made them
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  let made = 0;
  let sending;
  let trouble = "";

  function keys() {
    const found = [];
    for (let at = 0; at < localStorage.length; at += 1) {
      const key = localStorage.key(at);
      if (key.startsWith(prefix)) found.push(key);
    }
    return found.sort();
  }
  const waiting = () => keys().map((key) => ({ key, ...JSON.parse(localStorage.getItem(key)) }));

  function add(scan) {
    made += 1;
    const when = `${String(Date.now()).padStart(15, "0")}:${String(made).padStart(6, "0")}`;
    const id = crypto.randomUUID ? crypto.randomUUID() : `${when}:${Math.random().toString(36).slice(2)}`;
    localStorage.setItem(prefix + when, JSON.stringify({ id, ...scan }));
    changed();
    send();
  }

  function changed() {
    const left = keys().length;
    badge.dataset.left = left;
    const late = trouble || !navigator.onLine;
    badge.hidden = !left || !late;
    if (!badge.hidden) badge.textContent = `${left} ${left === 1 ? "scan" : "scans"} not sent yet. ${trouble}`;
    tell("scans", left);
  }

  // One sending at a time; returns when nothing is left or something is in the way.
  function send() {
    sending ??= sendAll().finally(() => { sending = undefined; changed(); });
    return sending;
  }

  async function sendAll() {
    for (let scans = waiting(); scans.length; scans = waiting()) {
      const some = scans.slice(0, AT_ONCE);
      const answer = await post(some);
      if (!answer) return;
      trouble = "";
      for (const one of answer.answers) {
        const scan = some.find((x) => x.id === one.id);
        localStorage.removeItem(scan.key);
        tell("scan-answer", { ...one, scan });
      }
      changed();
    }
  }

  async function post(scans) {
    const body = new FormData();
    body.set("scans", JSON.stringify(scans.map(({ id, shipment, stage, code }) => ({ id, shipment, stage, code }))));
    try {
      const answer = await fetch("/warehouse/scans", { method: "POST", body, headers: { "X-CSRF-Token": csrfToken() }, signal: AbortSignal.timeout(10000) });
      if (answer.ok) return await answer.json();
      const out = answer.status === 401 || answer.status === 403;
      trouble = out ? "You are logged out: load the page again and log in. They are kept." : "The server has trouble; they are kept and sent again.";
    } catch {
      trouble = "No connection: they are kept and sent when it is back.";
    }
    return undefined;
  }

  const again = () => { if (keys().length) send(); };
  addEventListener("online", again);
  setInterval(again, AGAIN_MS);
  changed();
  again();
  return { add, waiting, send, get size() { return keys().length; } };
})();

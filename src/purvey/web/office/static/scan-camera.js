// The camera as a scanner. Where the browser cannot read barcodes itself (BarcodeDetector: Chrome on
// Android can, iPhones and Firefox cannot), the server reads a small picture, one at a time.
// A code counts again only after it was out of sight for a moment: two looks have to miss it, so that
// neither a slow network nor one blurred picture makes two pieces of one.

function cameraScanner(found) {
  const button = document.getElementById("camera");
  const view = document.getElementById("view");
  const note = document.getElementById("no-camera");
  if (!button) return;
  const LOOK_MS = 150;
  const GONE_MS = 1200;
  const say = (words) => { note.textContent = words; note.hidden = !words; };
  if (!navigator.mediaDevices) {
    say(isSecureContext
      ? "This device has no camera that the page may use: use a scanner, or type."
      : "The camera can be used over https only: use a scanner, or type.");
    return;
  }
  let detector;
  let stream;
  const nothing = { code: "", at: 0, missed: 0 };
  let last = nothing;
  button.hidden = false;

  // Goes on as long as it is this stream that is looked at.
  async function look(mine) {
    if (stream !== mine) return;
    try {
      const [seen] = await detector.detect(view);
      if (stream !== mine) return;
      say("");
      if (seen) saw(seen.rawValue);
      else last = { ...last, missed: last.missed + 1 };
    } catch (error) {
      if (stream === mine) say(error.message);
    }
    setTimeout(look, LOOK_MS, mine);
  }
  function saw(code) {
    const now = Date.now();
    const wasAway = last.missed > 1 && now - last.at > GONE_MS;
    const same = code === last.code && !wasAway;
    last = { code, at: now, missed: 0 };
    if (!same) found(code);
  }
  function stop() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = undefined;
    last = nothing;
    view.hidden = true;
    say("");
  }
  button.addEventListener("click", async () => {
    if (stream) { stop(); return; }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      detector ??= await ownReader() ?? serversReader();
      view.srcObject = stream;
      view.hidden = false;
      await view.play();
      look(stream);
    } catch {
      stop();
      say("The camera may not be used: allow it in the browser, or use a scanner.");
    }
  });
  addEventListener("pagehide", stop);
}

// The browser's own reader; undefined where there is none, or one that knows no kind of barcode.
async function ownReader() {
  const kinds = await window.BarcodeDetector?.getSupportedFormats().catch(() => []) ?? [];
  return kinds.length ? new BarcodeDetector() : undefined;
}

function serversReader() {
  const SIDE = 800; // pixels: enough for a barcode that fills a third of the picture
  const canvas = document.createElement("canvas");
  return {
    async detect(view) {
      const scale = Math.min(1, SIDE / Math.max(view.videoWidth, view.videoHeight));
      canvas.width = Math.round(view.videoWidth * scale);
      canvas.height = Math.round(view.videoHeight * scale);
      canvas.getContext("2d").drawImage(view, 0, 0, canvas.width, canvas.height);
      const picture = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.8); });
      const body = new FormData();
      body.set("picture", picture, "picture.jpg");
      const answer = await send(body);
      if (!answer.ok) throw new Error("The server does not read the picture: load the page again, or use a scanner.");
      return (await answer.json()).codes.map((rawValue) => ({ rawValue }));
    },
  };
  async function send(body) {
    try {
      return await fetch("/warehouse/pictures", { method: "POST", body, headers: { "X-CSRF-Token": csrfToken() }, signal: AbortSignal.timeout(8000) });
    } catch {
      throw new Error("No connection: this browser's camera needs one. A scanner does not.");
    }
  }
}

// The camera as a scanner, in browsers that can read barcodes themselves (BarcodeDetector).
// A code counts again only after it was out of sight for a moment.

function cameraScanner(found) {
  const button = document.getElementById("camera");
  const view = document.getElementById("view");
  if (!button) return;
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) {
    document.getElementById("no-camera").hidden = false;
    return;
  }
  const LOOK_MS = 150;
  const GONE_MS = 1200;
  const detector = new BarcodeDetector();
  let stream;
  let last = { code: "", at: 0 };
  button.hidden = false;

  async function look() {
    if (!stream) return;
    const [seen] = await detector.detect(view).catch(() => []);
    const now = Date.now();
    if (seen) {
      const same = seen.rawValue === last.code && now - last.at < GONE_MS;
      last = { code: seen.rawValue, at: now };
      if (!same) found(seen.rawValue);
    }
    setTimeout(look, LOOK_MS);
  }
  function stop() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = undefined;
    view.hidden = true;
  }
  button.addEventListener("click", async () => {
    if (stream) { stop(); return; }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      const why = document.getElementById("no-camera");
      why.textContent = "The camera may not be used: allow it in the browser, or use a scanner.";
      why.hidden = false;
      return;
    }
    view.srcObject = stream;
    view.hidden = false;
    await view.play();
    look();
  });
  addEventListener("pagehide", stop);
}

// What a scan sounds and feels like. Tones are made here, no file is loaded; they can be switched off.

const signals = (() => {
  const KEY = "purvey-sound";
  const button = document.getElementById("sound");
  let audio;
  const on = () => localStorage.getItem(KEY) !== "off";

  function tone(frequency, start, seconds) {
    const source = audio.createOscillator();
    const volume = audio.createGain();
    source.frequency.value = frequency;
    volume.gain.setValueAtTime(0.2, audio.currentTime + start);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + start + seconds);
    source.connect(volume).connect(audio.destination);
    source.start(audio.currentTime + start);
    source.stop(audio.currentTime + start + seconds);
  }
  function play(...tones) {
    document.body.dataset.lastSound = on() ? tones.map(([frequency]) => frequency).join(" ") : "off";
    if (!on() || !("AudioContext" in window)) return;
    audio ??= new AudioContext();
    audio.resume();
    for (const [frequency, start, seconds] of tones) tone(frequency, start, seconds);
  }
  function show() {
    if (!button) return;
    button.hidden = false;
    button.setAttribute("aria-pressed", on());
  }
  button?.addEventListener("click", () => { localStorage.setItem(KEY, on() ? "off" : "on"); show(); });
  show();

  return {
    right: () => play([1760, 0, 0.12]),
    complete: () => play([1320, 0, 0.1], [1760, 0.11, 0.1], [2200, 0.22, 0.16]),
    wrong: () => {
      play([220, 0, 0.18], [220, 0.24, 0.22]);
      navigator.vibrate?.([120, 80, 120]);
    },
  };
})();

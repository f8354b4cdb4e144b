// Hands: the mouse, fingers and keys that work the desk.
(() => {
  "use strict";
  const { desk } = Audition;
  const one = (css) => document.querySelector(css);
  const help = one("#help");
  let clicked = null; // the button that a pointer, not a key, gave the focus

  const showHelp = () => { if (help.open) help.close(); else help.showModal(); };

  const keys = {
    " ": () => desk.toggle(),
    ArrowLeft: ({ shiftKey }) => desk.seek(desk.place - (shiftKey ? 5 : 1)),
    ArrowRight: ({ shiftKey }) => desk.seek(desk.place + (shiftKey ? 5 : 1)),
    ArrowUp: () => desk.choose(desk.chosen - 1),
    ArrowDown: () => desk.choose(desk.chosen + 1),
    Home: () => desk.seek(0),
    End: () => desk.seek(desk.piece.span),
    "[": () => desk.step(-1),
    "]": () => desk.step(1),
    l: () => desk.loopSection(desk.loop >= 0 ? desk.loop : desk.lane.markerAt(desk.place)),
    m: () => desk.chosenStem() && desk.mute(desk.chosenStem()),
    s: () => desk.chosenStem() && desk.solo(desk.chosenStem()),
    a: () => desk.clear(),
    g: () => desk.match(!desk.matched),
    "+": () => desk.zoomTo(desk.zoom + 1),
    "-": () => desk.zoomTo(desk.zoom - 1),
    "?": showHelp,
  };
  const stemKeys = ["ArrowUp", "ArrowDown", "m", "s", "a"];

  document.addEventListener("keydown", (event) => {
    if (event.key === "Tab") clicked = null;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (help.open && event.key !== "?") return;
    const { target } = event;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (target.matches("textarea, select, [contenteditable]")) return;
    if (target.matches(".zoom") && key.startsWith("Arrow")) return;
    if (key === " " && target.closest("button, a, summary") && target.closest("button") !== clicked) return; // it presses that
    if (stemKeys.includes(key) && !desk.chosenStem()) return;
    const version = /^[1-9]$/.test(key) ? Number(key) - 1 : -1;
    if (version >= 0) desk.select(version);
    else if (Object.hasOwn(keys, key)) keys[key](event);
    else return;
    event.preventDefault();
  });
  document.addEventListener("keyup", (event) => { // a clicked button is not pressed by the space that plays
    if (event.key === " " && clicked && event.target === clicked) event.preventDefault();
  });
  document.addEventListener("pointerdown", (event) => { clicked = event.target.closest("button"); });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const head = event.target.closest(".stem-head");
    if (!button && head) desk.choose(Number(head.parentElement.dataset.stem));
    if (!button) return;
    const { open, version, marker, mute, solo } = button.dataset;
    if (open !== undefined) desk.open(Number(open));
    else if (version !== undefined) desk.select(Number(version));
    else if (marker !== undefined) desk.loopSection(Number(marker));
    else if (mute !== undefined) desk.mute(mute);
    else if (solo !== undefined) desk.solo(solo);
    else if (button.id === "play") desk.toggle();
    else if (button.id === "to-start") desk.seek(0);
    else if (button.id === "loop") keys.l();
    else if (button.id === "match") desk.match(!desk.matched);
    else if (button.id === "ask" || button.id === "close-help") showHelp();
    const row = button.closest("[data-stem-row]");
    if (row) desk.choose(Number(row.dataset.stem), false);
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-stem-row]");
    if (row) desk.choose(Number(row.dataset.stem), false);
  });

  desk.bar.addEventListener("input", () => desk.seek(Number(desk.bar.value)));
  for (const [kind, on] of [["pointerdown", true], ["pointerup", false], ["pointercancel", false]]) {
    desk.bar.addEventListener(kind, () => { desk.dragging = on; });
  }
  for (const zoom of desk.zooms) zoom.addEventListener("input", () => desk.zoomTo(Number(zoom.value)));

  for (const lane of desk.lanes) {
    const hover = lane.seek.querySelector(".hover");
    const at = (event) => {
      if (event.pointerType === "touch") return;
      const time = lane.timeAt(event);
      hover.hidden = false;
      hover.style.left = `${(100 * time) / lane.piece.span}%`;
      if (event.buttons & 1) desk.seek(time);
    };
    lane.seek.addEventListener("pointerdown", at);
    lane.seek.addEventListener("pointermove", at);
    lane.seek.addEventListener("pointerleave", () => { hover.hidden = true; });
    lane.seek.addEventListener("click", (event) => { if (event.pointerType !== "mouse") desk.seek(lane.timeAt(event)); });
  }

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => desk._show(desk.current, true));
  setInterval(() => { if (document.hidden) desk.engine?.tick(); }, 200);
  desk.open(0);
  desk.zoomTo(1);
})();

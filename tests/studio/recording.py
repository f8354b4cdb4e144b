"""What the page's own graph plays, as samples: offline to the sample, or live while keys are pressed."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from devtools import Tab

SAMPLES_AS_TEXT = """
globalThis.asText = (channels) => channels.map((samples) => {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(text);
});
"""

OFFLINE = """
(async (length, actions) => {
  const { rate } = Audition.data, { desk } = Audition;
  const context = new OfflineAudioContext(2, Math.round(length * rate), rate);
  const stems = await Promise.all(desk.piece.versions.map((_, number) => desk._stems(number)));
  for (let version = 0; version < desk.piece.versions.length; version += 1) await desk._mix(version);
  const engine = await desk.build(context);
  await new Promise((done) => setTimeout(done, 50));
  stems.forEach((loaded, number) => engine.giveStems(number, loaded));
  const due = new Map(), failed = [];
  const at = (time, what) => {
    const quantum = Math.round((time * rate) / 128) * 128;
    due.set(quantum, [...(due.get(quantum) ?? []), what]);
  };
  for (let time = 0.1; time < length - 0.1; time += 0.1) at(time, "engine.tick()");
  for (const [time, what] of actions) at(time, what);
  for (const [frame, whats] of due) {
    context.suspend(frame / rate).then(() => {
      try { for (const what of whats) eval(what); } catch (error) { failed.push(`${frame}: ${error}`); }
      context.resume();
    });
  }
  const heard = await context.startRendering();
  if (failed.length) throw new Error(failed.join("; "));
  return asText([heard.getChannelData(0), heard.getChannelData(1)]);
})
"""

LIVE = """
(async () => {
  const code = `registerProcessor("tape", class extends AudioWorkletProcessor {
    process([input]) {
      this.port.postMessage([currentFrame, ...input.map((side) => side.slice())]);
      return true;
    }
  });`;
  const { desk } = Audition;
  await desk.context.audioWorklet.addModule(`data:text/javascript,${encodeURIComponent(code)}`);
  const tape = new AudioWorkletNode(desk.context, "tape", { channelCount: 2, channelCountMode: "explicit" });
  globalThis.reel = [];
  tape.port.onmessage = ({ data }) => reel.push(data);
  desk.engine.master.connect(tape);
  while (reel.length < 20) await new Promise((done) => setTimeout(done, 10));
  reel.length = 0; // a tape that starts misses some
})()
"""

REWIND = """
(() => {
  const length = reel.length; // the tape still runs
  const strayed = (reel[length - 1][0] - reel[0][0]) / 128 - (length - 1);
  if (Math.abs(strayed) > 4) throw new Error(`the tape missed ${strayed} of ${length} quanta`);
  const unheard = reel.findIndex((quantum) => quantum.length < 2);
  if (unheard >= 0) throw new Error(`nothing came in at ${unheard} of ${length}`);
  const sides = [0, 1].map(() => new Float32Array(128 * length));
  for (let at = 0; at < length; at += 1) {
    const [, ...channels] = reel[at];
    sides.forEach((side, number) => side.set(channels[number] ?? channels[0], 128 * at));
  }
  return asText(sides);
})()
"""
"""The quanta in their order: at times Chromium tells one the frame of the last one."""

Samples = npt.NDArray[np.float32]


def offline(tab: Tab, length_s: float, actions: Sequence[tuple[float, str]]) -> Samples:
    """Return what the engine of the open piece plays; actions are (seconds, JavaScript on `engine`)."""
    tab.run(SAMPLES_AS_TEXT)
    return _samples(tab.run(f"{OFFLINE}({length_s}, {json.dumps(list(actions))})"))


def start_tape(tab: Tab) -> None:
    """Begin to record what the page plays from now on; it must have played before."""
    tab.run(SAMPLES_AS_TEXT)
    tab.run(LIVE)


def stop_tape(tab: Tab) -> Samples:
    """Return what was recorded, two channels; no frame is missing."""
    return _samples(tab.run(REWIND))


def _samples(texts: Any) -> Samples:
    return np.stack([np.frombuffer(base64.b64decode(text), np.float32) for text in texts])

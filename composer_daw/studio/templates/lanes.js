// Lanes: what is to be seen of a piece on one time axis. Nothing in here plays.
(() => {
  "use strict";
  const { bytesOf } = Audition;

  // What wavesurfer takes for a media element: it has the time and no sound.
  class Clock extends EventTarget {
    constructor(duration) {
      super();
      Object.assign(this, { duration, place: 0, paused: true, ended: false, seeking: false, volume: 1, muted: false, playbackRate: 1 });
    }

    get currentTime() { return Math.min(this.place, this.duration); }

    set currentTime(_) { /* it is told the time, and tells nobody */ }

    tell(place) {
      if (place === this.place) return;
      this.place = place;
      this.dispatchEvent(new Event("timeupdate"));
    }

    pause() {}

    play() { return Promise.resolve(); }
  }

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // One waveform, from peaks: highest and lowest sample of each column, as signed bytes.
  class Wave {
    constructor(box, { peaks, duration, peak }, height) {
      const bytes = new Int8Array(bytesOf(peaks).buffer);
      const half = bytes.length / 2;
      const sides = [bytes.subarray(0, half), bytes.subarray(half)].map((side) => Float32Array.from(side, (value) => value / 127));
      this.clock = new Clock(duration);
      this.peak = peak;
      this.shown = WaveSurfer.create({
        container: box, height, peaks: sides, duration, media: this.clock, interact: false,
        cursorWidth: 0, hideScrollbar: true, autoScroll: false, autoCenter: false, ...this.paint(false, 1),
      });
    }

    paint(heard, barHeight) {
      const [waveColor, progressColor] = heard ? ["--wave-body", "--accent"] : ["--wave", "--wave-body"];
      this.look = `${heard} ${barHeight}`;
      return { waveColor: colour(waveColor), progressColor: colour(progressColor), barHeight };
    }

    repaint(heard, barHeight, anew = false) {
      if (!anew && this.look === `${heard} ${barHeight}`) return;
      this.shown.setOptions(this.paint(heard, barHeight));
    }
  }

  class Lanes {
    constructor(section, piece) {
      Object.assign(this, { section, piece, waves: new Map(), rolls: new Map(), lit: new Set(), current: -1 });
      this.scroll = section.querySelector(".lanes");
      this.seek = section.querySelector(".seek");
      this.playhead = section.querySelector(".playhead");
      this.roll = section.querySelector("[data-roll]");
      this.kit = section.querySelector("[data-kit]");
      this.markers = [...section.querySelectorAll("[data-marker]")];
      this.said = section.querySelector(".now");
    }

    // Draw the waveform of a sound once its lane can be seen.
    _wave(key, box, sound, height) {
      if (!box || this.waves.has(key) || !box.clientWidth) return;
      this.waves.set(key, new Wave(box, sound, height));
    }

    // Show one version: its lane lit, its notes, its stems.
    show(current, matched, anew = false) {
      const { section, piece } = this;
      const gains = piece.versions.map(({ gain, peak }) => peak * (matched ? gain : 1));
      const top = Math.max(...gains, 1e-6);
      section.querySelectorAll("[data-row-of]").forEach((row) => { row.hidden = Number(row.dataset.rowOf) !== current; });
      piece.versions.forEach((version, number) => {
        const box = section.querySelector(`[data-wave="${number}"]`);
        box.closest(".row").classList.toggle("heard", number === current);
        this._wave(`${number}`, box, version, 56);
        this.waves.get(`${number}`)?.repaint(number === current, gains[number] / top, anew);
      });
      const { stems } = piece.versions[current];
      const loudest = Math.max(...stems.map(({ peak }) => peak), 1e-6);
      stems.forEach((stem, number) => {
        this._wave(`${current}/${number}`, section.querySelector(`[data-wave="${current}/${number}"]`), stem, 40);
        // the root: a soft stem can still be read beside a loud one
        this.waves.get(`${current}/${number}`)?.repaint(false, Math.sqrt(stem.peak / loudest), anew);
      });
      if (current !== this.current) this._showNotes(current);
      this.current = current;
    }

    _showNotes(current) {
      for (const one of this.lit) one.mark.classList.remove("on");
      this.lit.clear();
      if (!this.rolls.has(current)) this.rolls.set(current, this._unfold(current));
      const { layers, kit } = this.rolls.get(current);
      this.roll?.replaceChildren(...layers);
      this.kit?.replaceChildren(...kit);
    }

    // Take the drawings of a version out of their template; keep its notes sorted by time.
    _unfold(current) {
      const template = this.section.querySelector(`template[data-notes-of="${current}"]`);
      const all = template ? [...template.content.cloneNode(true).querySelectorAll(".layer")] : [];
      const notes = all.flatMap((layer) => [...layer.querySelectorAll(".note")])
        .map((mark) => ({ mark, on: Number(mark.dataset.on), off: Number(mark.dataset.off) }))
        .sort((a, b) => a.on - b.on);
      const longest = Math.max(0, ...notes.map(({ on, off }) => off - on));
      const isKit = (layer) => layer.dataset.percussion === "yes";
      return { notes, longest, layers: all.filter((layer) => !isKit(layer)), kit: all.filter(isKit) };
    }

    // Dim what is not heard.
    dim(audible) {
      for (const layer of this.section.querySelectorAll(".layer[data-stem]")) {
        layer.classList.toggle("silent", !audible(layer.dataset.stem));
      }
    }

    // Put the notes of one stem before the others; "" puts none.
    front(name) {
      const layers = [...this.section.querySelectorAll("[data-roll] .layer[data-stem]")];
      const has = layers.some((layer) => layer.dataset.stem === name);
      for (const layer of layers) {
        layer.classList.toggle("front", has && layer.dataset.stem === name);
        layer.classList.toggle("behind", has && layer.dataset.stem !== name);
      }
      const told = this.section.querySelector(".front-name");
      if (told) told.textContent = has && layers.length > 1 ? `▸ ${name}` : "";
    }

    // Move to a time; `playing` lights the notes that sound.
    place(time, playing) {
      const share = Math.min(1, time / this.piece.span);
      this.playhead.style.left = `${100 * share}%`;
      for (const [key, wave] of this.waves) if (this._isShown(key)) wave.clock.tell(time);
      this._light(playing ? time : -1);
      this._mark(time);
    }

    _isShown(key) { return !key.includes("/") || key.startsWith(`${this.current}/`); }

    _light(time) {
      const known = this.rolls.get(this.current);
      if (!known) return;
      for (const one of this.lit) {
        if (time < one.on || time >= one.off) { one.mark.classList.remove("on"); this.lit.delete(one); }
      }
      if (time < 0) return;
      let low = 0;
      let high = known.notes.length;
      while (low < high) { // the first note that may still sound
        const middle = (low + high) >> 1;
        if (known.notes[middle].on < time - known.longest) low = middle + 1; else high = middle;
      }
      for (let at = low; at < known.notes.length && known.notes[at].on <= time; at += 1) {
        const one = known.notes[at];
        if (time < one.off && !this.lit.has(one)) { one.mark.classList.add("on"); this.lit.add(one); }
      }
    }

    // The section that a time stands in; -1 before the first.
    markerAt(time) { return this.piece.markers.findLastIndex(({ start }) => start <= time + 0.005); }

    _mark(time) {
      const at = this.markerAt(time);
      if (at === this.marked) return;
      this.marked = at;
      this.markers.forEach((marker, number) => marker.classList.toggle("now-here", number === at));
      if (this.said) {
        const { title = "", text = "" } = this.piece.markers[at] ?? {};
        this.said.replaceChildren(Object.assign(document.createElement("b"), { textContent: title }), ` ${text}`);
      }
    }

    looped(index) {
      this.markers.forEach((marker, number) => marker.setAttribute("aria-pressed", String(number === index)));
    }

    // Keep the playhead in view where the axis is wider than the screen.
    reveal() {
      const left = this.seek.offsetLeft;
      const at = this.playhead.offsetLeft;
      const width = this.scroll.clientWidth - left;
      if (at < this.scroll.scrollLeft || at > this.scroll.scrollLeft + width - 8) this.scroll.scrollLeft = at - width / 8;
    }

    timeAt(event) {
      const box = this.seek.getBoundingClientRect();
      return this.piece.span * Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
    }
  }

  Object.assign(Audition, { Lanes });
})();

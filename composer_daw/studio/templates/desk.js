// The desk: buttons, keys and the clock of the page, between the engine and the lanes.
(() => {
  "use strict";
  const { Engine, Lanes, decode } = Audition;
  const STEM_SETS = 2; // versions whose stems are kept decoded: they are large
  const data = JSON.parse(document.getElementById("audition-data").textContent);
  const one = (css, root = document) => root.querySelector(css);
  const all = (css, root = document) => [...root.querySelectorAll(css)];
  const press = (button, on) => button.setAttribute("aria-pressed", String(on));
  const clock = (time) => {
    const tenths = Math.floor(time * 10 + 1e-6);
    return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")}.${tenths % 10}`;
  };

  class Desk {
    constructor() {
      Object.assign(this, { context: null, engine: null, rate: data.rate, matched: true, index: -1, dragging: false, running: false, told: 0 });
      this.sections = all(".audition");
      this.lanes = this.sections.map((section, index) => new Lanes(section, data.pieces[index]));
      this.bar = one("#seek-bar");
      this.button = one("#play");
      this.time = one("#time");
      this.status = one("#status");
      this.zooms = all(".zoom");
    }

    get piece() { return data.pieces[this.index]; }

    get lane() { return this.lanes[this.index]; }

    get section() { return this.sections[this.index]; }

    get playing() { return Boolean(this.engine?.playing) || this.starting; }

    get place() { return this.engine ? this.engine.position : this.idlePlace; }

    open(index) {
      if (index === this.index) return;
      this.engine?.close();
      Object.assign(this, { index, engine: null, starting: false, idlePlace: 0, loop: -1, current: -1, chosen: 0 });
      Object.assign(this, { muted: new Set(), soloed: new Set(), mixes: new Map(), stems: new Map(), wanted: 0 });
      this.sections.forEach((section, number) => { section.hidden = number !== index; });
      all("[data-open]").forEach((button) => press(button, Number(button.dataset.open) === index));
      all("[data-pill]").forEach((pill) => { pill.hidden = Number(pill.dataset.pill) !== index; });
      this.bar.max = this.piece.span;
      one("#loop").hidden = !this.piece.markers.length;
      one("#match").hidden = this.piece.versions.length < 2;
      this.lane.looped(-1);
      this._show(0);
      this._mixed();
      this._draw();
      this._readAhead();
    }

    // --- sounds ---

    // Decode the mixes one after the other, so that the first play and every switch are at once.
    async _readAhead() {
      const { piece } = this;
      for (let version = 0; version < piece.versions.length && piece === this.piece; version += 1) {
        await this._mix(version).catch((error) => this._failed(error));
      }
    }

    _mix(version) {
      const { mixes, rate } = this;
      if (!mixes.has(version)) {
        const { sound } = this.piece.versions[version];
        this._keep(mixes, version, this._decode(sound).then((buffer) => {
          if (mixes === this.mixes && rate === this.rate) this.engine?.give(version, buffer, sound.scale);
          return { buffer, scale: sound.scale };
        }));
      }
      return mixes.get(version);
    }

    // Keep what is being loaded; what fails is let go, so that the next press tries again.
    _keep(loads, version, loading) {
      loads.set(version, loading);
      loading.catch(() => { if (loads.get(version) === loading) loads.delete(version); });
    }

    _stems(version) {
      const { stems } = this;
      if (!stems.has(version)) {
        const ones = this.piece.versions[version].stems;
        this._keep(stems, version, Promise.all(ones.map(async ({ name, sound }) => (
          { name, buffer: await this._decode(sound), scale: sound.scale }))).then((loaded) => {
          if (stems === this.stems) this.engine?.giveStems(version, loaded);
          return loaded;
        }));
        for (const old of stems.keys()) {
          if (stems.size <= STEM_SETS) break;
          if (old === version || old === this.current) continue;
          this.engine?.dropStems(old);
          stems.delete(old);
        }
      }
      return stems.get(version);
    }

    _decode(sound) { return decode({ ...sound, frames: Math.round((sound.frames * this.rate) / data.rate) }, this.rate); }

    _needsStems(version) {
      return this.piece.versions[version].stems.some(({ name }) => !this.audible(name));
    }

    // Wait for what a version needs to sound as the mixer is set; say so where it takes a while.
    async _ready(version) {
      const late = setTimeout(() => this.say("Reading the sound …", true), 150);
      try {
        await this._mix(version);
        if (this._needsStems(version)) await this._stems(version);
      } finally {
        clearTimeout(late);
      }
      if (this.status.textContent.startsWith("Reading")) this.say("");
    }

    _failed(error) {
      this.starting = false;
      this.say(`This sound does not play here: ${error.message ?? error}`, true);
      this._draw();
    }

    // Build the graph of the piece in a context: the page's own, or one that records.
    async build(context, output = context.destination) {
      const engine = new Engine(context, this.piece.versions, this.piece.span, output);
      engine.matched = this.matched;
      if (!this.matched) for (const version of engine.versions) version.match.node.gain.value = version.match.value = 1;
      engine.select(this.current);
      engine.mixer(this.muted, this.soloed);
      for (const [version, loading] of this.stems) engine.giveStems(version, await loading);
      for (const [version, loading] of this.mixes) {
        loading.then(({ buffer, scale }) => engine.give(version, buffer, scale), () => {}); // who asked for it is told
      }
      await this.mixes.get(this.current);
      engine.seek(this.idlePlace);
      engine.setLoop(this.piece.markers[this.loop] ?? null);
      return engine;
    }

    _openContext() {
      if (this.context) return;
      try { this.context = new AudioContext({ sampleRate: data.rate }); } catch { this.context = new AudioContext(); }
      if (navigator.audioSession) navigator.audioSession.type = "playback"; // a phone on silent plays all the same
      if (this.context.sampleRate !== this.rate) {
        this.rate = this.context.sampleRate;
        this.mixes = new Map();
        this.stems = new Map();
      }
    }

    // --- playing ---

    async play() {
      if (this.playing) return;
      this.starting = true;
      const { piece } = this;
      this._openContext();
      this._draw();
      try {
        await Promise.all([this.context.resume(), this._ready(this.current)]);
        if (!this.engine && this.starting && piece === this.piece) {
          const engine = await this.build(this.context);
          if (piece === this.piece) this.engine = engine; else engine.close();
        }
        if (this.starting && piece === this.piece) this.engine.play();
        this._readAhead();
      } catch (error) { this._failed(error); }
      if (piece === this.piece) this.starting = false;
      this._draw();
      this._run();
    }

    pause() {
      this.starting = false;
      this.engine?.pause();
      this._draw();
      this._rest();
    }

    // Let the sound card sleep while nothing plays.
    _rest() {
      clearTimeout(this.resting);
      this.resting = setTimeout(() => { if (!this.playing) this.context?.suspend(); }, 1000);
    }

    toggle() { if (this.playing) this.pause(); else this.play(); }

    seek(time) {
      const to = Math.max(0, Math.min(time, this.piece.span));
      if (this.engine) this.engine.seek(to); else this.idlePlace = to;
      this._draw(to);
      this.lane.reveal();
    }

    async select(version) {
      if (!this.piece.versions[version]) return;
      this.wanted = version;
      const { piece } = this;
      try { await this._ready(version); } catch (error) { this._failed(error); return; }
      if (this.wanted !== version || piece !== this.piece) return;
      this.engine?.select(version);
      this._show(version);
      this.say(`Version ${version + 1}: ${this.piece.versions[version].title}`);
    }

    match(on) {
      this.matched = on;
      this.engine?.match(on);
      press(one("#match"), on);
      this._show(this.current);
      this.say(on ? "Loudness matched" : "True levels");
    }

    // Loop a section and go there, unless it is there already; the same one again: go on without.
    loopSection(index) {
      const on = index !== this.loop && index >= 0;
      this.loop = on ? index : -1;
      const section = on ? this.piece.markers[index] : null;
      if (section && !(this.place >= section.start && this.place < section.end)) this.seek(section.start);
      this.engine?.setLoop(section);
      this.lane.looped(this.loop);
      press(one("#loop"), on);
      this.say(on ? `Looping ${section.title}` : "Loop off");
    }

    step(by) {
      const { markers } = this.piece;
      const here = this.lane.markerAt(this.place);
      const back = by < 0 && here >= 0 && this.place - markers[here].start > 1 ? here : here + by;
      const to = markers[Math.max(0, Math.min(back, markers.length - 1))];
      if (to) this.seek(to.start);
    }

    // --- stems ---

    audible(name) { return this.soloed.size ? this.soloed.has(name) : !this.muted.has(name); }

    async mute(name) { await this._turn(this.muted, name, "muted", "not muted"); }

    async solo(name) { await this._turn(this.soloed, name, "solo", "not solo"); }

    async _turn(set, name, on, off) {
      if (!set.delete(name)) set.add(name);
      this.say(`${name}: ${set.has(name) ? on : off}`);
      await this._remix();
    }

    async clear() {
      this.muted.clear();
      this.soloed.clear();
      this.say("All stems sound");
      await this._remix();
    }

    async _remix() {
      this._mixed();
      try { await this._ready(this.current); } catch (error) { this._failed(error); return; }
      this.engine?.mixer(this.muted, this.soloed);
    }

    _mixed() {
      all("[data-mute]", this.section).forEach((button) => press(button, this.muted.has(button.dataset.mute)));
      all("[data-solo]", this.section).forEach((button) => press(button, this.soloed.has(button.dataset.solo)));
      all("[data-stem-row]", this.section).forEach((row) => row.classList.toggle("silent", !this.audible(row.dataset.stemRow)));
      this.lane.dim((name) => this.audible(name));
    }

    choose(number, show = true) {
      const { stems } = this.piece.versions[this.current];
      if (!stems.length) { this.lane.front(""); return; }
      this.chosen = Math.max(0, Math.min(number, stems.length - 1));
      for (const row of all("[data-stem-row]", this.section)) {
        row.classList.toggle("chosen", !row.hidden && row.dataset.stemRow === stems[this.chosen].name);
      }
      this.lane.front(stems[this.chosen].name);
      if (!show) return;
      one(".stem.chosen", this.section).scrollIntoView({ block: "nearest" });
      this.say(`Stem: ${stems[this.chosen].name}`);
    }

    chosenStem() { return this.piece.versions[this.current].stems[this.chosen]?.name; }

    // --- showing ---

    // Tell everybody, by eye and by ear; what is said stands for a while.
    say(text, lasting = false) {
      this.status.textContent = text;
      clearTimeout(this.hush);
      if (text && !lasting) this.hush = setTimeout(() => this.say(""), 2500);
    }

    zoomTo(zoom) {
      this.zoom = Math.max(1, Math.min(zoom, 8));
      for (const input of this.zooms) input.value = this.zoom;
      document.documentElement.style.setProperty("--zoom", this.zoom);
      this.lane.reveal();
    }

    _show(version, anew = false) {
      this.current = version;
      this.lane.show(version, this.matched, anew);
      all("[data-version]", this.section).forEach((button) => press(button, Number(button.dataset.version) === version));
      all(`[data-pill="${this.index}"] button`).forEach((button, number) => press(button, number === version));
      this.lane.dim((name) => this.audible(name));
      this.choose(this.chosen, false);
    }

    _draw(place = this.place) {
      this.lane.place(place, Boolean(this.engine?.playing));
      if (!this.dragging) this.bar.value = place;
      const now = performance.now();
      if (this.engine?.playing && now - this.told < 95) return;
      this.told = now;
      this.time.textContent = `${clock(place)} / ${clock(this.piece.span)}`;
      const here = this.piece.markers[this.lane.markerAt(place)];
      this.bar.setAttribute("aria-valuetext", `${clock(place)} of ${clock(this.piece.span)}${here ? `, ${here.title}` : ""}`);
      this.button.setAttribute("aria-label", this.playing ? "Pause" : "Play");
      this.button.classList.toggle("playing", this.playing);
    }

    _run() {
      if (this.running) return;
      this.running = true;
      requestAnimationFrame(() => this._frame());
    }

    _frame() {
      this.running = false;
      if (!this.engine) return;
      this.engine.tick();
      const { playing } = this.engine;
      const behind = playing ? this.context.outputLatency || this.context.baseLatency || 0 : 0;
      if (!playing) this.told = 0;
      this._draw(Math.max(0, this.place - behind));
      this.lane.reveal();
      if (playing) this._run(); else this._rest();
    }
  }

  Object.assign(Audition, { data, desk: new Desk() });
})();

// The engine: all versions play in one graph, started at one sample; what is heard is a matter of gains.
// It knows no page: any BaseAudioContext will do. Times are whole samples of the context ("frames").
(() => {
  "use strict";
  const FADE_S = 0.006;
  const AHEAD_S = 0.02; // what is decided now is heard so much later, and everywhere at the same sample
  const SHORTEST_LOOP_S = 0.5;
  const RISE = Float32Array.from({ length: 65 }, (_, at) => 0.5 - 0.5 * Math.cos((Math.PI * at) / 64));

  // A gain that moves along a raised cosine: rising and falling ones add up to one.
  class Fader {
    constructor(context, into, value) {
      this.rate = context.sampleRate;
      this.value = value;
      this.node = context.createGain();
      this.node.gain.value = value;
      this.node.connect(into);
    }

    fade(to, frame) {
      const from = this.value;
      if (to === from) return;
      this.node.gain.setValueCurveAtTime(RISE.map((share) => from + (to - from) * share), frame / this.rate, FADE_S);
      this.value = to;
    }

    // Forget what was to begin at `frame` or later.
    forget(frame, value) {
      this.node.gain.cancelScheduledValues((frame - 0.5) / this.rate);
      this.value = value;
    }
  }

  // One sound of one version: its mix, or a stem.
  class Voice {
    constructor(context, into, buffer, { scale = 1, name = "", on = false }) {
      Object.assign(this, { buffer, scale, name, fader: new Fader(context, into, on ? scale : 0) });
    }

    turn(on, frame) { this.fader.fade(on ? this.scale : 0, frame); }
  }

  // A stretch of playing: from frame `start` on it plays what stands at frame `offset` of the piece.
  class Deck {
    constructor(start, offset) {
      Object.assign(this, { start, offset, end: Infinity, playing: new Map() });
    }

    at(frame) { return this.offset + frame - this.start; }
  }

  class Engine {
    // `versions`: for each a gain (loudness match); sounds come later by `give`. `span`: seconds.
    constructor(context, versions, span, output = context.destination) {
      this.context = context;
      this.rate = context.sampleRate;
      this.fade = Math.ceil(FADE_S * this.rate) + 1;
      this.span = Math.round(span * this.rate);
      this.master = context.createGain();
      this.master.connect(output);
      this.versions = versions.map(({ gain }) => {
        const select = new Fader(context, this.master, 0);
        const match = new Fader(context, select.node, gain);
        return { gain, select, match, mix: null, stems: null };
      });
      Object.assign(this, { current: -1, matched: true, muted: new Set(), soloed: new Set() });
      Object.assign(this, { playing: false, place: 0, decks: [], loop: null, settled: 0 });
    }

    get now() { return this.context.currentTime * this.rate; }

    // Where in the piece it plays, in seconds.
    get position() {
      const frame = this.playing ? this._deck(this.now)?.at(this.now) ?? this.place : this.place;
      return Math.max(0, Math.min(frame, this.span)) / this.rate;
    }

    // The first frame from which something can change, clear of every fade on its way.
    _soon() {
      let frame = Math.max(this.settled, Math.ceil((this.context.currentTime + AHEAD_S) * this.rate));
      for (const deck of this.decks) if (Math.abs(deck.start - frame) < this.fade) frame = deck.start + this.fade;
      this.settled = frame + this.fade;
      return frame;
    }

    // The deck that is heard at a frame.
    _deck(frame) {
      const begun = this.decks.filter((deck) => deck.start <= frame);
      return begun[begun.length - 1] ?? this.decks[0];
    }

    // Take in the mix of a version; `scale` undoes what was turned down when it was encoded.
    give(version, buffer, scale = 1) {
      const one = this.versions[version];
      if (one.mix) return;
      const heard = version === this.current;
      one.mix = new Voice(this.context, one.match.node, buffer, { scale, on: !heard });
      if (heard) this._mix(); else if (this.playing) this._join(one.mix, this._soon());
    }

    // Take in the stems of a version: {name, buffer, scale}; they sound once one is muted or soloed.
    giveStems(version, stems) {
      const one = this.versions[version];
      if (one.stems) return;
      one.stems = stems.map(({ buffer, ...more }) => new Voice(this.context, one.match.node, buffer, more));
      if (version === this.current) this._mix();
    }

    // Let go of the stems of a version that is not heard.
    dropStems(version) { if (version !== this.current) this.versions[version].stems = null; }

    select(version) {
      if (version === this.current) return;
      this.current = version;
      this._mix();
    }

    match(on) {
      this.matched = on;
      const frame = this._soon();
      for (const one of this.versions) one.match.fade(on ? one.gain : 1, frame);
    }

    // Names of stems; what is soloed sounds alone, muted or not.
    mixer(muted, soloed) {
      this.muted = new Set(muted);
      this.soloed = new Set(soloed);
      this._mix();
    }

    audible(name) { return this.soloed.size ? this.soloed.has(name) : !this.muted.has(name); }

    // Whether the version must be heard by its stems.
    needsStems(names) { return names.some((name) => !this.audible(name)); }

    _byStems({ stems }) { return Boolean(stems) && this.needsStems(stems.map(({ name }) => name)); }

    // Set every gain as it should be. First what is heard, or is about to be, is mixed; then the versions cross;
    // then what has left is set back, and stopped.
    _mix() {
      const frame = this._soon();
      const cross = frame + this.fade;
      const after = cross + this.fade;
      this.versions.forEach((one, number) => {
        const heard = number === this.current;
        const byStems = heard && this._byStems(one);
        const from = heard ? frame : after;
        one.select.fade(heard ? 1 : 0, cross);
        one.mix?.turn(!byStems, from);
        if (one.mix) this._join(one.mix, frame);
        for (const stem of one.stems ?? []) {
          if (byStems) this._join(stem, frame); else this._leave(stem, from + this.fade);
          stem.turn(byStems && this.audible(stem.name), from);
        }
      });
      this.settled = after + this.fade;
    }

    // Have a voice play along in all decks, silent as long as its fader is down.
    _join(voice, frame) {
      for (const deck of this.decks) {
        if (deck.playing.has(voice) || deck.end <= frame) continue;
        this._start(deck, voice, Math.max(frame, deck.start));
        if (deck.end !== Infinity) this._stop(deck.playing.get(voice), deck.end);
      }
    }

    _leave(voice, frame) {
      for (const deck of this.decks) {
        deck.playing.get(voice)?.source.stop((Math.max(frame, deck.start) + 1) / this.rate);
        deck.playing.delete(voice);
      }
    }

    _start(deck, voice, frame) {
      const cutIn = frame === deck.start && deck.offset > 0;
      const edge = new Fader(this.context, voice.fader.node, cutIn ? 0 : 1);
      if (cutIn) edge.fade(1, frame);
      const source = this.context.createBufferSource();
      source.buffer = voice.buffer;
      source.connect(edge.node);
      if (deck.at(frame) < voice.buffer.length) source.start(frame / this.rate, deck.at(frame) / this.rate);
      else source.start(frame / this.rate, 0, 0);
      deck.playing.set(voice, { source, edge });
    }

    _stop({ source, edge }, frame) {
      edge.fade(0, frame);
      source.stop((frame + this.fade) / this.rate);
    }

    _begin(start, offset) {
      const deck = new Deck(start, offset);
      this.decks.push(deck);
      for (const one of this.versions) {
        const stems = one === this.versions[this.current] && this._byStems(one) ? one.stems : [];
        for (const voice of one.mix ? [one.mix, ...stems] : stems) this._start(deck, voice, start);
      }
      return deck;
    }

    // End all that plays at a frame; what was to begin after it never does.
    _end(frame) {
      for (const deck of this.decks) {
        if (deck.start >= frame) {
          for (const { source, edge } of deck.playing.values()) { source.stop(0); edge.node.disconnect(); }
        } else if (deck.end >= frame) {
          for (const one of deck.playing.values()) {
            if (deck.end !== Infinity) one.edge.forget(deck.end, 1);
            this._stop(one, frame);
          }
          deck.end = frame;
        }
      }
      this.decks = this.decks.filter((deck) => deck.start < frame && deck.end >= frame);
    }

    // The next time round, planned one pass ahead, to the sample.
    _planLoop() {
      const last = this.decks[this.decks.length - 1];
      if (!this.loop || !last || last.end !== Infinity || last.start > this.now) return;
      if (last.offset > this.loop.end - 2 * this.fade) return; // it began behind the loop, and leaves it alone
      const end = last.start + this.loop.end - last.offset;
      if (end <= this.now + this.fade) { this._restart(this.loop.start); return; } // a browser that slept
      for (const one of last.playing.values()) this._stop(one, end);
      last.end = end;
      this._begin(end, this.loop.start);
    }

    // Go on from a frame of the piece, or from where it is.
    _restart(offset) {
      const frame = this._soon();
      const to = offset ?? this._deck(frame).at(frame);
      this._end(frame);
      this._begin(frame, Math.min(to, this.span));
      this._planLoop();
    }

    play() {
      if (this.playing) return;
      if (this.place >= this.span) this.place = this.loop ? this.loop.start : 0;
      const frame = this._soon();
      this.decks = [];
      this.playing = true;
      this._begin(frame, this.place);
    }

    pause() {
      if (!this.playing) return;
      const frame = this._soon();
      this.place = Math.min(this._deck(frame).at(frame), this.span);
      this._end(frame);
      this.decks = [];
      this.playing = false;
    }

    seek(seconds) {
      const to = Math.max(0, Math.min(Math.round(seconds * this.rate), this.span));
      if (this.playing) this._restart(to); else this.place = to;
    }

    // Go round from `start` to `end` (seconds), or (null) no longer; what is heard goes on without a seam.
    setLoop(loop) {
      const frames = loop && { start: Math.round(loop.start * this.rate), end: Math.round(loop.end * this.rate) };
      this.loop = frames && frames.end - frames.start >= SHORTEST_LOOP_S * this.rate ? frames : null;
      if (this.playing) this._restart();
    }

    // To be called several times a second; tells whether the end was reached just now.
    tick() {
      if (!this.playing) return false;
      this.decks = this.decks.filter((deck) => deck.end + this.fade > this.now);
      this._planLoop();
      if (this._deck(this.now).at(this.now) < this.span) return false;
      this._end(this._soon());
      Object.assign(this, { decks: [], playing: false, place: this.span });
      return true;
    }

    // Take the engine out of its context for good.
    close() {
      this.pause();
      const { master } = this;
      setTimeout(() => master.disconnect(), 100);
    }
  }

  globalThis.Audition = { Engine };
})();

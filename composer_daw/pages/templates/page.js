(() => {
  "use strict";
  const clips = [];
  let latest = null;

  const keepsPlace = (section) => section?.querySelector("[data-keep]")?.checked ?? false;

  class Player {
    constructor(card) {
      this.card = card;
      this.section = card.closest("[data-section]");
      this.audio = card.querySelector("audio");
      this.seek = card.querySelector(".seek");
      this.scroll = card.querySelector(".scroll");
      this.playhead = card.querySelector(".playhead");
      this.hover = card.querySelector(".hover");
      this.span = Number(card.dataset.span);
      this.length = Number(card.dataset.length);
      this.notes = [...card.querySelectorAll(".note")].map((mark) => (
        { mark, on: Number(mark.dataset.on), off: Number(mark.dataset.off) }));
      this.listen();
    }

    listen() {
      const { audio, seek } = this;
      audio.addEventListener("play", () => this.begin());
      audio.addEventListener("pause", () => this.card.classList.remove("playing"));
      for (const kind of ["timeupdate", "seeking", "seeked", "ended"]) audio.addEventListener(kind, () => this.tell());
      audio.addEventListener("error", () => this.fail());
      seek.addEventListener("pointerdown", (event) => { if (event.pointerType !== "touch") this.point(event); });
      seek.addEventListener("pointermove", (event) => { if (event.pointerType !== "touch") this.point(event); });
      seek.addEventListener("click", (event) => this.go(this.timeAt(event)));
      seek.addEventListener("pointerleave", () => { this.hover.hidden = true; });
      seek.addEventListener("keydown", (event) => this.steer(event));
    }

    begin() {
      for (const other of clips) if (other !== this) other.audio.pause();
      if (latest && latest !== this && latest.section === this.section && keepsPlace(this.section)) {
        const place = latest.audio.currentTime;
        if (!latest.audio.ended && place < this.length) this.audio.currentTime = place;
      }
      latest = this;
      this.card.classList.add("playing");
      requestAnimationFrame(() => this.follow());
    }

    follow() {
      this.draw();
      this.reveal();
      if (!this.audio.paused) requestAnimationFrame(() => this.follow());
    }

    draw() {
      const now = this.audio.currentTime;
      this.card.classList.toggle("begun", now > 0);
      this.playhead.style.left = `${Math.min(100, 100 * now / this.span)}%`;
      for (const { mark, on, off } of this.notes) mark.classList.toggle("on", !this.audio.paused && on <= now && now < off);
    }

    tell() {
      this.draw();
      const now = this.audio.currentTime;
      this.seek.setAttribute("aria-valuenow", now.toFixed(1));
      this.seek.setAttribute("aria-valuetext", `${now.toFixed(1)} of ${this.length.toFixed(1)} seconds`);
    }

    go(time) {
      this.audio.currentTime = Math.max(0, Math.min(time, this.length));
      latest = this;
      this.tell();
    }

    toggle() {
      if (this.audio.paused) this.audio.play().catch(() => this.fail()); else this.audio.pause();
    }

    timeAt(event) {
      const box = this.seek.getBoundingClientRect();
      return this.span * Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
    }

    point(event) {
      const time = this.timeAt(event);
      this.hover.hidden = false;
      this.hover.style.left = `${100 * time / this.span}%`;
      this.seek.title = `${time.toFixed(2)} s`;
      if (event.buttons & 1) this.go(time);
    }

    reveal() {
      const edge = this.seek.offsetLeft;
      const at = this.playhead.offsetLeft + edge;
      const { scrollLeft, clientWidth } = this.scroll;
      if (at < scrollLeft + edge || at > scrollLeft + clientWidth - 8) this.scroll.scrollLeft = at - edge - clientWidth / 8;
    }

    steer(event) {
      const step = event.shiftKey ? 5 : 1;
      const moves = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step };
      if (event.key in moves) this.go(this.audio.currentTime + moves[event.key]);
      else if (event.key === "Home") this.go(0);
      else if (event.key === "End") this.go(this.length);
      else if (event.key === "Enter") this.toggle();
      else return;
      event.preventDefault();
    }

    fail() {
      if (!this.audio.error || this.card.querySelector(".failed")) return;
      const note = document.createElement("p");
      note.className = "failed";
      note.setAttribute("role", "alert");
      note.textContent = `This sound does not load: ${this.audio.getAttribute("src")}`;
      this.audio.after(note);
    }
  }

  for (const card of document.querySelectorAll("[data-clip]")) clips.push(new Player(card));

  for (const zoom of document.querySelectorAll("[data-zoom]")) {
    const section = zoom.closest("[data-section]");
    const apply = () => {
      section.style.setProperty("--zoom", zoom.value);
      for (const clip of clips) if (clip.section === section) clip.reveal();
    };
    zoom.addEventListener("input", apply);
    apply();
  }

  const busy = (target) => target.closest("input, textarea, select, button, audio, a, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
    const here = clips.find((clip) => clip.card.contains(event.target)) ?? latest ?? clips[0];
    if (!here) return;
    if (event.key === " " && (latest || event.target.closest("[data-clip]"))) here.toggle();
    else if (/^[1-9]$/.test(event.key)) {
      const wanted = clips.filter((clip) => clip.section === here.section)[Number(event.key) - 1];
      if (!wanted) return;
      wanted.toggle();
      wanted.seek.focus();
    } else return;
    event.preventDefault();
  });

  const compare = (a, b) => (a.number !== null && b.number !== null)
    ? a.number - b.number : a.text.localeCompare(b.text, undefined, { numeric: true });
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    return { number: cell.dataset.sort === "" ? null : Number(cell.dataset.sort), text: cell.textContent };
  };
  for (const table of document.querySelectorAll("[data-sortable]")) {
    const body = table.tBodies[0];
    table.tHead.addEventListener("click", (event) => {
      const heading = event.target.closest("button")?.parentElement;
      if (!heading) return;
      const turn = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", turn === 1 ? "ascending" : "descending");
      const keyed = [...body.rows].map((row) => ({ row, value: valueOf(row, heading.cellIndex) }));
      const missing = (value) => value.text === "–";
      keyed.sort((a, b) => missing(a.value) - missing(b.value) || turn * compare(a.value, b.value));
      body.append(...keyed.map(({ row }) => row));
    });
  }
})();

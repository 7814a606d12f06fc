// The viewer: maps, charts, events and the clock on one page, both live and in a replay file.
"use strict";
(function () {
  const el = Siege.el, number = Siege.number, t = Siege.t, later = Siege.later;
  const SPEEDS = [[1, later("1 day a second")], [2, later("2 days a second")], [5, later("5 days a second")], [10, later("10 days a second")],
    [60, later("as fast as it draws")]];
  const ROUTINE = /^(strike|shelling|unit_|deserted|sortie)/;
  const KEYS = [[later("Space"), later("play or pause")], ["← →", later("a day back or on")], ["N", later("next event")],
    [later("Home End"), later("first or last day")], ["L", later("next layer")], ["D", later("difference of two runs")],
    ["P", later("large type for a projector")], ["K", later("light or dark")], [later("Arrows on the map"), later("move from cell to cell")],
    ["?", later("this list")]];
  const SIGNS = { units: later("Units"), places: later("Places"), strikes: later("Strikes"), names: later("Names") };

  const NARROW = 560;  // pixels: with less room maps stand below each other, and what can be folded away is

  class Viewer {
    // options: live (callbacks requestDay(day), dayShown(day) and themeChanged(dark)), runs (with all their frames).
    constructor(root, options) {
      this.root = root;
      this.live = options.live || null;
      this.runs = [];
      this.names = [];
      this.day = 0;
      this.playing = false;
      this.layer = "holder";
      this.show = { units: true, places: true, strikes: true, names: true };
      this.cell = null;
      this.compare = false;
      this.large = false;
      this.theme = "auto";
      this.fans = null;
      this.drawTimes = [];
      this._build();
      Siege.arrange(this);
      this._listen();
      if (options.runs) this.setRuns(options.runs.map((run, side) => Object.assign({ id: side }, run)));
    }

    // Runs

    // Show some runs, each matched by its id: what is known of a run stays, a head is needed for a new one only.
    setRuns(updates) {
      const before = this.runs;
      const runs = updates.map((update) => this.runOf(update.id) || new Siege.Run(update.head, update.id));
      runs.forEach((run, side) => { for (const frame of updates[side].frames || []) run.add(frame); });
      const names = updates.map((update) => update.name || "");
      const same = before.length === runs.length && runs.every((run, side) => run === before[side]) && names.join() === this.names.join();
      this.runs = runs;
      this.names = names;
      if (same) return;
      if (runs.length < 2) this.compare = false;
      if (before.length && before[0].cells !== runs[0].cells) this.cell = this.hovered = null;
      const other = before.length > 0 && !runs.some((run) => before.includes(run));
      this._setUp();
      if (other) this.play(false);  // nobody plays what was opened just now
      this.goTo(other ? this.end() : this.day);
    }

    runOf(id) { return this.runs.find((run) => run.id === id); }

    // The last day on which every run has a frame or has ended.
    end() {
      if (!this.runs.length) return 0;
      const open = this.runs.filter((run) => !run.over());
      return open.length ? Math.min(...open.map((run) => run.last)) : Math.max(...this.runs.map((run) => run.last));
    }

    over() { return this.runs.length > 0 && this.runs.every((run) => run.over()); }

    // The clock: the next day is requested when the last one is on the screen, never before.

    play(on) {
      if (this.held && on !== false && !this.playing) return;
      this.playing = on === undefined ? !this.playing : on;
      if (this.playing && this.day >= this.end() && this.over()) this.goTo(0);
      this.parts.play.textContent = this.playing ? t("❚❚ Pause") : t("▶ Play");
      this.parts.play.setAttribute("aria-pressed", String(this.playing));
      if (this.playing) this._tick(); else { this.until = null; clearTimeout(this.timer); this._forgetRequest(); this._reportDay(); }
    }

    _tick() {
      clearTimeout(this.timer);
      if (!this.playing) return;
      const wait = Math.max(0, 1000 / this.speed() - (performance.now() - (this.drawnAt || 0)));
      this.timer = setTimeout(() => this.step(1), wait);
    }

    speed() { return this.until && this.hurry ? Infinity : Number(this.parts.speed.value); }

    step(by) {
      const next = this.day + by;
      if (next < 0) return;
      if (next <= this.end()) { this.goTo(next); return; }
      if (this.live && !this.over()) this._request(next);
      else if (this.playing) this.play(false);
    }

    _request(day) {
      if (this.requested === day) return;
      this.requested = day;
      this.live.requestDay(day);
      clearTimeout(this.requestTimer);
      this.requestTimer = setTimeout(() => { if (this.requested === day) { this.requested = null; this._request(day); } }, 15000);
    }

    // Whoever goes somewhere else or pauses wants the day that was requested no more; its frame is kept when it comes.
    _forgetRequest() {
      this.requested = null;
      clearTimeout(this.requestTimer);
    }

    // Called when the days that were requested have come.
    framesArrived() {
      const requested = this.requested;
      this._forgetRequest();
      if (requested !== null && requested !== undefined) this.day = Math.min(requested, this.end());
      this.redraw();
      if (!this.playing) { this._reportDay(); return; }
      if (this.over() && this.day >= this.end()) this.play(false); else this._tick();
    }

    // Go to a day that there is; while it plays it goes on from there.
    goTo(day) {
      this._forgetRequest();
      this.day = Math.max(0, Math.min(day, this.end()));
      this.redraw();
      if (this.playing) this._tick(); else this._reportDay();
    }

    // A view, as the end of an address: #day=60&layer=hunger&difference&large&dark; it may also say scenario and seed.
    openView(hash) {
      const view = new URLSearchParams(hash.replace(/^#/, ""));
      const layers = Array.from(this.parts.layers.options, (option) => option.value);
      if (layers.includes(view.get("layer"))) this.layer = this.parts.layers.value = view.get("layer");
      if (view.has("difference") && this.runs.length > 1) this.compare = true;
      if (view.has("large") && !this.large) this._projector();
      if (view.has("dark") || view.has("light")) this.theme = view.has("dark") ? "dark" : "light";
      if (/^\d{1,6}$/.test(view.get("day") || "")) this.goTo(Number(view.get("day"))); else this.redraw();
      if (!this.live) this._say(this._notOfThisPage(view, layers));
    }

    // What is shown and how, as the end of an address: what a link says beside the state.
    view() {
      return (this.layer === "holder" ? "" : "&layer=" + this.layer) + (this.compare ? "&difference" : "");
    }

    // Why a link cannot be followed on a page that holds its runs, in a sentence; nothing when it can.
    _notOfThisPage(view, layers) {
      const heads = this.runs.map((run) => run.head), scenario = view.get("scenario"), seed = view.get("seed"), day = view.get("day");
      const quoted = (text) => "\u201c" + text.slice(0, 60) + "\u201d";
      if (scenario !== null && !heads.some((head) => head.scenario === scenario)) return t("The link asks for the scenario {scenario}; this page holds {titles}.", { scenario: quoted(scenario), titles: heads.map((head) => t(head.title)).join(t(" and ")) });
      if (seed !== null && !heads.some((head) => String(head.seed) === seed)) return t("The link asks for the seed {seed}; this page holds seed {own}.", { seed: quoted(seed), own: heads[0].seed });
      if (day !== null && !/^\d{1,6}$/.test(day)) return t("The link asks for the day {day}, and a day is a whole number.", { day: quoted(day) });
      if (view.has("layer") && !layers.includes(view.get("layer"))) return t("The link asks for the layer {layer}; this page has {layers}.", { layer: quoted(view.get("layer")), layers: layers.join(", ") });
      return "";
    }

    _say(text) {
      this.parts.problem.textContent = text;
      this.parts.problem.hidden = !text;
    }

    // Whoever is held can look at the days that there are, and play no further.
    hold(on) {
      this.held = Boolean(on);
      this.parts.play.disabled = this.held;
      if (this.held && this.playing) this.play(false);
    }

    // The day on which the reader rests is told after a moment, and at once when something is pressed that may act on it.
    _reportDay() {
      clearTimeout(this.reportTimer);
      this.reportTimer = setTimeout(() => this._tellDay(), 150);
    }

    _tellDay() {
      clearTimeout(this.reportTimer);
      this.reportTimer = null;
      this._speak();
      if (this.live) this.live.dayShown(this.day);
    }

    // What is read aloud: the sentence of a day on which the reader rests, once.
    _speak() {
      const sentence = this.runs.length ? this._sentence() : "";
      if (!this.playing && this.parts.spoken.textContent !== sentence) this.parts.spoken.textContent = sentence;
    }

    // The page

    _build() {
      const button = (text, does, title) => el("button", { type: "button", onclick: does, title: title,
        "aria-label": /[a-z]/i.test(text) ? null : title.replace(/ \(.*/, "") }, text);
      const p = this.parts = {};
      this.root.classList.add("siege");
      this.root.tabIndex = -1;
      p.play = button(t("▶ Play"), () => this.play(), t("Play or pause (space)"));
      p.play.className = "main";
      p.speed = el("select", { "aria-label": t("Speed"), onchange: () => this._tick() },
        ...SPEEDS.map(([value, text]) => el("option", { value: value, selected: value === 5 ? "" : null }, t(text))));
      p.scrub = el("input", { type: "range", min: 0, max: 1, value: 0, "aria-label": t("Day"), class: "scrub",
        oninput: () => { this.play(false); this.goTo(Number(p.scrub.value)); } });
      p.when = el("span", { class: "when" });
      p.layers = el("select", { "aria-label": t("Layer of the map"), onchange: () => { this.layer = p.layers.value; this.redraw(); } });
      p.compare = button(t("Difference"), () => { this.compare = !this.compare; this.redraw(); }, t("Where the two runs differ (D)"));
      p.large = button(t("Large"), () => this._projector(), t("For a projector (P)"));
      p.theme = button(t("Dark"), () => this._theme(), t("Dark or light (K)"));
      p.help = el("dialog", { class: "keys" }, el("h2", {}, t("Keys")),
        el("dl", {}, ...KEYS.flatMap(([key, meaning]) => [el("dt", {}, t(key)), el("dd", {}, t(meaning))])),
        el("form", { method: "dialog" }, el("button", {}, t("Close"))));
      p.maps = el("div", { class: "maps" });
      p.legend = el("div", { class: "legend" });
      p.summary = el("p", { class: "summary" });
      p.spoken = el("p", { class: "spoken", role: "status" });
      p.problem = el("p", { class: "problem", role: "alert", hidden: "" });
      p.heading = this.live ? el("h1", { class: "spoken" }) : null;
      p.note = el("p", { class: "note" });
      p.details = el("div", { class: "details" });
      p.ticker = el("ol", { class: "ticker" });
      p.charts = el("div", { class: "charts" });
      this.changes = new Siege.ChangesPanel(this);
      this.record = new Siege.RecordPanel(this);
      p.toggles = ["units", "places", "strikes", "names"].map((name) => el("label", { class: "toggle" },
        el("input", { type: "checkbox", checked: "", onchange: (event) => { this.show[name] = event.target.checked; this.redraw(); } }),
        t(SIGNS[name])));
      this.root.replaceChildren(...(p.heading ? [p.heading] : []), p.spoken, p.problem,
        el("div", { class: "bar" },
          button("❙◀", () => this.goTo(0), t("First day (Home)")), button("◀", () => { this.play(false); this.step(-1); }, t("A day back (←)")),
          p.play, button("▶❙", () => { this.play(false); this.step(1); }, t("A day on (→)")), p.speed, p.scrub, p.when),
        this._folded(t("What the map shows"), el("div", { class: "bar small" }, el("label", {}, t("Map shows "), p.layers), ...p.toggles,
          p.compare, el("span", { class: "together" }, p.large, p.theme, button("?", () => p.help.showModal(), t("Keys"))))),
        p.panes = el("div", { class: "panes" },
          el("div", { class: "left" }, p.maps, p.summary, this.changes.box, this._folded(t("What the signs mean"), p.legend), p.details),
          el("div", { class: "right" }, p.charts),
          el("div", { class: "events" }, el("h2", {}, t("What happened")), p.ticker)),
        this.record.box, p.note, p.help);
    }

    // Something that is folded away where there is little room, and always open elsewhere.
    _folded(title, content) {
      const box = el("details", { class: "folded", open: "" }, el("summary", {}, title), content);
      (this.folds = this.folds || []).push(box);
      return box;
    }

    _fold() {
      const narrow = this.root.clientWidth < NARROW;
      if (narrow === this.narrow) return;
      this.narrow = narrow;
      this.root.classList.toggle("narrow", narrow);
      for (const box of this.folds) box.open = !narrow;
    }

    _setUp() {
      const head = this.runs[0].head, p = this.parts, mapLabel = (i) => this.runs.length > 1 ? "AB"[i] + ": " + Siege.sentence(this.names[i]) : "";
      p.layers.replaceChildren(el("option", { value: "holder" }, t("who holds what")),
        ...head.shades.map((shade) => el("option", { value: shade.name }, Siege.language === "en" ? shade.label.toLowerCase() : t(shade.label))));
      p.layers.value = this.layer;
      this.maps = this.runs.map((_, side) => this._mapOf(side));
      p.maps.replaceChildren(...this.maps.map((map, side) => el("figure", {},
        el("figcaption", {}, mapLabel(side)), map.canvas)));
      p.compare.hidden = this.runs.length < 2;
      if (p.heading) p.heading.textContent = t(head.title);
      this.charts = head.charts.map((chart) => {
        const canvas = el("canvas", { role: "img", class: "chart" });
        const made = new Siege.LineChart(canvas, chart);
        made.title = el("div", { class: "values" });
        made.box = el("figure", { title: Siege.sentence(chart.description) }, el("figcaption", {}, Siege.term(Siege.CHART_TERMS[chart.name], t(chart.title)), ", ",
          el("span", { class: "unit" }, t(chart.unit))), made.title, canvas);
        canvas.addEventListener("click", (event) => { this.play(false); this.goTo(made.dayAt(event.offsetX)); });
        return made;
      });
      p.charts.replaceChildren(...this.charts.map((chart) => chart.box));
      Siege.fitCharts(this);
      this._note();
    }

    _note() {
      const heads = this.runs.map((run) => run.head);
      const seeds = Array.from(new Set(heads.map((head) => head.seed))).join(t(" and "));
      const which = heads.length > 1
        ? t("Two runs, seed {seeds} (lines of B are dashed); what they differ by is one case, not a measure of the effect: run many seeds", { seeds })
        : t("One run, seed {seeds}, of many possible", { seeds });
      const many = this.fans ? t(" Bands: 80 % of {runs} runs, seeds {seeds}, on each day.", { runs: this.fans.runs, seeds: Siege.sentence(String(this.fans.seeds)) }) : "";
      const known = heads[0].charts.some((chart) => chart.lines.some((line) => line.known.length || line.between.length))
        ? t(" Orange-brown marks: values of the record, with their ranges.") : "";
      this.parts.note.textContent = t(heads[0].title) + ". " + which + "." + many + known +
        t(" A model, not a record; where a place is real, real people suffered.") +
        (heads[0].note ? " " + t(heads[0].note) : "");
    }

    _mapOf(side) {
      const canvas = el("canvas", { tabindex: 0, role: "img", class: "map" });
      const map = new Siege.CityMap(canvas);
      canvas.addEventListener("mousemove", (event) => this._hover(map.cellAt(event.offsetX, event.offsetY), side));
      canvas.addEventListener("mouseleave", () => this._hover(null, side));
      canvas.addEventListener("click", (event) => {
        const cell = map.cellAt(event.offsetX, event.offsetY);
        this.cell = cell === this.cell ? null : cell;
        this.redraw();
      });
      canvas.addEventListener("keydown", (event) => this._moveOnMap(event));
      return map;
    }

    _hover(cell, side) {
      this.hovered = cell;
      this.hoveredSide = side;
      this._details(cell === null ? this.cell : cell, side);
    }

    _moveOnMap(event) {
      const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.runs[0].columns, ArrowDown: this.runs[0].columns };
      if (!(event.key in moves)) return;
      event.preventDefault(); event.stopPropagation();
      const from = this.cell === null ? Math.floor(this.runs[0].cells / 2) : this.cell;
      const to = from + moves[event.key];
      if (to >= 0 && to < this.runs[0].cells) { this.cell = to; this.redraw(); }
    }

    _listen() {
      this.onKey = (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || !this.runs.length) return;
        if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target !== this.parts.scrub) return;
        if (event.key === " " && /^(BUTTON|SUMMARY)$/.test(event.target.tagName)) return;
        if (!this.root.isConnected) return;
        const does = {
          " ": () => this.play(), ArrowLeft: () => { this.play(false); this.step(-1); },
          ArrowRight: () => { this.play(false); this.step(1); }, Home: () => this.goTo(0), End: () => this.goTo(this.end()),
          n: () => Siege.playToEvent(this), l: () => this._nextLayer(), d: () => { if (this.runs.length > 1) { this.compare = !this.compare; this.redraw(); } },
          p: () => this._projector(), k: () => this._theme(), "?": () => this.parts.help.showModal(),
        }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
        if (does) { event.preventDefault(); does(); }
      };
      document.addEventListener("keydown", this.onKey);
      this.onPress = () => { if (this.playing || this.reportTimer) this._tellDay(); };
      document.addEventListener("click", this.onPress, true);
      this.sized = new ResizeObserver(() => { if (this.runs.length) this.redraw(); });
      this.sized.observe(this.root);
      this.onPrint = (event) => { this.printing = event.type === "beforeprint"; if (this.runs.length) this.redraw(); };
      for (const name of ["beforeprint", "afterprint"]) window.addEventListener(name, this.onPrint);
      if (window.matchMedia) {
        window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.runs.length && this.redraw());
      }
    }

    destroy() {
      clearTimeout(this.timer);
      clearTimeout(this.requestTimer);
      clearTimeout(this.reportTimer);
      this.playing = false;
      document.removeEventListener("keydown", this.onKey);
      document.removeEventListener("click", this.onPress, true);
      for (const name of ["beforeprint", "afterprint"]) window.removeEventListener(name, this.onPrint);
      this.sized.disconnect();
    }

    _nextLayer() {
      const names = Array.from(this.parts.layers.options, (option) => option.value);
      this.layer = this.parts.layers.value = names[(names.indexOf(this.layer) + 1) % names.length];
      this.redraw();
    }

    _projector() { this.large = !this.large; this.root.classList.toggle("large", this.large); document.documentElement.classList.toggle("siege-large", this.large); this.redraw(); }

    _theme() { this.theme = Siege.look(this.theme).dark ? "light" : "dark"; this.redraw(); }

    // What the server says of the runs, and of many pairs of them.
    setAccount(account) { for (const panel of [this.changes, this.record]) panel.setAccount(account); }

    setPairs(pairs) { this.changes.setPairs(pairs); }

    setFans(fans) { this.fans = fans; if (this.runs.length) { this._note(); this.redraw(); } }

    // Drawing

    redraw() {
      if (!this.runs.length || !this.runs[0].frames.length) return;
      const began = performance.now(), look = Siege.look(this.printing ? "light" : this.theme), p = this.parts, run = this.runs[0];
      if (this.dark !== look.dark) {
        this.dark = look.dark;
        this.root.classList.toggle("dark", look.dark);
        document.documentElement.classList.toggle("siege-dark", look.dark);
        if (this.live) this.live.themeChanged(look.dark);
      }
      this._fold();
      p.panes.classList.toggle("two", this.runs.length > 1 && !this.compare);
      this._maps(look);
      this._charts(look);
      p.scrub.max = Math.max(1, this.end());
      p.scrub.value = this.day;
      p.when.textContent = t("day {day}", { day: this.day }) + " · " + run.fullDate(this.day);
      p.compare.setAttribute("aria-pressed", String(this.compare));
      p.large.setAttribute("aria-pressed", String(this.large));
      p.theme.setAttribute("aria-pressed", String(look.dark));
      p.summary.textContent = this._sentence();
      Siege.legend(p.legend, this, look);
      this._details(this.hovered === null || this.hovered === undefined ? this.cell : this.hovered, this.hoveredSide);
      for (const panel of [this.changes, this.record]) panel.draw(look);
      Siege.ticker(p.ticker, this.runs, this.day, (event) => ROUTINE.test(event.kind));
      this.drawnAt = performance.now();
      this.drawTimes.push(this.drawnAt - began);
      if (this.drawTimes.length > 500) this.drawTimes.shift();
      Siege.checkUntil(this);
    }

    _maps(look) {
      const wide = this.parts.maps.clientWidth, many = this.runs.length, side = many > 1 && !this.narrow ? Math.floor((wide - 12) / 2) : wide;
      const above = this.narrow || many > 1 ? 0 : this.parts.headline.offsetHeight;
      const high = Math.max(260, window.innerHeight * (many > 1 ? 0.6 : 0.74) - above);
      this.maps.forEach((map, i) => {
        const both = this.compare && many > 1;
        map.canvas.parentElement.hidden = both && i > 0;
        if (both && i > 0) return;
        map.canvas.parentElement.firstChild.textContent = both
          ? t("Difference; A: {first}, B: {second}", { first: Siege.sentence(this.names[0]), second: Siege.sentence(this.names[1]) }) :
          many > 1 ? "AB"[i] + ": " + Siege.sentence(this.names[i]) : "";
        map.draw(this.runs[i], this.day, { look, width: both ? wide : side, height: high, layer: this.layer, show: this.show,
          cell: this.cell, large: this.large, other: both ? this.runs[1] : null });
        map.canvas.setAttribute("aria-label", this._sentenceOf(this.runs[i]));
      });
    }

    _charts(look) {
      for (const chart of this.charts) {
        if (chart.box.hidden) continue;
        Siege.writeGuesses(this, chart);
        const width = Math.max(180, chart.box.clientWidth);
        chart.draw(this.runs, { look, width, height: Math.max(110, Math.min(190, width * 0.44)) * (this.large ? 1.2 : 1),
          day: this.day, large: this.large, fans: this.fans, whole: this._whole() });
        const values = chart.values(this.day), names = this.runs.length > 1 ? ["A ", "B "] : [""];
        chart.title.replaceChildren(...values.map((row) => el("span", { class: "key" },
          ...row.texts.flatMap((text, side) => this._valueOf(row, text, side, names[side])))));
        chart.canvas.setAttribute("aria-label", t(chart.chart.title) + ", " + this.runs[0].fullDate(this.day) + ": " +
          chart.title.textContent);
      }
    }

    // A value with the line it belongs to; only its label may be broken.
    _valueOf(row, text, side, name) {
      const line = el("i", { class: side ? "dash" : "line", style: "border-color:" + row.colour + ";color:" + row.colour },
        row.mark);
      if (side) return [el("span", { class: "figure" }, line, name, el("b", {}, text)), " "];
      return [line, row.label ? row.label + " " : "", el("span", { class: "figure" }, name, el("b", {}, text)), " "];
    }

    // Whether charts show all days of the siege: the record stands in the part that is not filled yet; a lesson keeps it back.
    _whole() {
      return !this.card && this.runs[0].head.charts.some((chart) => chart.lines.some((line) => line.known.length || line.between.length));
    }

    _sentence() { return this.runs.map((run, i) => (this.runs.length > 1 ? "AB"[i] + ": " : "") + this._sentenceOf(run)).join(" "); }

    _sentenceOf(run) {
      const frame = run.at(this.day), value = (name) => run.value(Math.min(this.day, run.last), [name]);
      const pieces = run.pockets(frame).length;
      const ended = this.day >= run.last && frame.ending !== "holding"
        ? t(" The siege ended on day {day}: {ending}.", { day: run.last, ending: t(frame.ending.replace(/_/g, " ")) }) : "";
      const old = frame.mapDay !== frame.day ? t(" The map is that of day {day}.", { day: frame.mapDay }) : "";
      return t("Day {day}: {share} of the ground is held by {side}{parts}; {civilians} in it, {killed} been killed.", { day: Math.min(this.day, run.last),
        share: number(value("garrison_area_share"), true), side: Siege.theSide(run.side(Siege.words.GARRISON)), parts: pieces > 1 ? t(" in {number} pockets", { number: pieces }) : "",
        civilians: Siege.count(value("civilians_in_pocket"), "civilian is", "civilians are"), killed: Siege.count(value("civilians_killed"), "has", "have") }) + ended + old;
    }

    _details(cell, side) { Siege.details(this.parts.details, this, cell, Math.min(side || 0, this.runs.length - 1)); }
  }

  Siege.Viewer = Viewer;
})();

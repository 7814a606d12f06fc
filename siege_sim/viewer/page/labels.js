// What is told in words: the legend, the numbers of a cell, and the events with what brought them about.
"use strict";
(function () {
  const el = Siege.el, number = Siege.number;
  const { POSTURES, STATES, GARRISON, BESIEGER } = Siege.words;

  // A fill as the map has it, of a side or of what became of a cell.
  function swatch(colour, hatch, style) {
    const canvas = el("canvas", { class: "swatch", "aria-hidden": "true" });
    const pen = Siege.pen(canvas, 18, 14);
    pen.fillStyle = hatch ? Siege.hatch(colour, hatch, style || "stripes") : colour;
    pen.fillRect(0, 0, 18, 14);
    return canvas;
  }

  function entry(mark, text) { return el("span", { class: "entry" }, mark && el("span", {}, mark), el("span", {}, text)); }

  // Redrawn only when something that it explains has changed.
  Siege.legend = function (box, stage, look) {
    const key = [stage.layer, stage.compare, stage.compare && stage.maps[0].reach, look.dark, stage.films.length, stage.show.places, stage.films[0].head.title].join();
    if (box.dataset.key === key) return;
    box.dataset.key = key;
    const film = stage.films[0], parts = [];
    if (stage.compare) {
      parts.push(...comparing(stage, look));
    } else if (stage.layer === "holder") {
      const heldBy = (code) => entry(swatch(Siege.sideFill(film, code, look)), "held by " + film.side(code).the);
      parts.push(heldBy(GARRISON), entry(swatch(look.lost, look.lostHatch), "lost since day 0"), heldBy(BESIEGER));
      parts.push(...film.thirdParties().filter((code) => film.holds(code)).map(heldBy));
    } else parts.push(scale(stage, look));
    if (!stage.compare) {
      parts.push(entry("●", "fighters of " + film.side(GARRISON).the),
        entry("■", "of " + film.side(BESIEGER).the + "; hollow: in reserve; with a point: attacking"),
        entry("✷", "heavy strikes of the day"), entry(el("span", { class: "boxed" }), "under assault"));
      if (stage.show.places) {
        const kinds = Array.from(new Set(film.head.facilities.map((place) => place.kind)));
        parts.push(entry("", kinds.map((kind) => film.head.places[kind].symbol + " " + film.head.places[kind].label).join(", ") +
          "; struck through: damaged, crossed out: destroyed"));
      }
    }
    box.replaceChildren(...parts);
  };

  function comparing(stage, look) {
    const film = stage.films[0], garrison = film.side(GARRISON).the;
    if (stage.layer === "holder") {
      return [entry(swatch(Siege.sideFill(film, GARRISON, look)), "held by " + garrison + " in both"),
        entry(swatch(look.oneOnly, look.oneOnlyHatch, "back"), "only in A"),
        entry(swatch(look.otherOnly, look.otherOnlyHatch), "only in B"), entry(swatch(Siege.sideFill(film, BESIEGER, look)), "in neither")];
    }
    const shade = stage.films[0].head.shades.find((one) => one.name === stage.layer);
    const most = shade.unit ? number(stage.maps[0].reach) + " " + shade.unit
      : number(100 * stage.maps[0].reach) + " percentage points";
    const entries = [entry(swatch(look.oneOnlyHatch), most + " less in B than in A"), entry(swatch(look.muted), "alike"),
      entry(swatch(look.otherOnlyHatch), most + " more in B than in A")];
    return stage.layer === "rubble" ? entries : [...entries,
      entry(swatch(look.oneOnly, look.oneOnlyHatch, "back"), "held by " + garrison + " only in A"),
      entry(swatch(look.otherOnly, look.otherOnlyHatch), "only in B")];
  }

  function scale(stage, look) {
    const shade = stage.films[0].head.shades.find((one) => one.name === stage.layer);
    const most = stage.maps[0].most(stage.layer), canvas = el("canvas", { class: "ramp", "aria-hidden": "true" });
    const pen = Siege.pen(canvas, 140, 14);
    for (let x = 0; x < 140; x++) { pen.fillStyle = Siege.shade(look.ramp, x / 139); pen.fillRect(x, 0, 1.5, 14); }
    const percent = shade.unit === "";
    return el("span", { class: "entry" }, el("span", { class: "figure" }, number(0, percent)), canvas, number(most, percent) + " " + shade.unit + " · " + shade.says);
  }

  // The numbers of a cell and the latest events of its quarter.
  Siege.details = function (box, stage, cell, side) {
    if (cell === null || cell === undefined) {
      box.replaceChildren(el("p", { class: "hint" }, "Point at the map for the numbers of a place; click to keep it in view."));
      return;
    }
    const film = stage.films[side], frame = film.at(stage.day), quarter = film.head.quarters[film.quarter[cell]];
    const ground = frame.ground, facts = [["Held by", film.side(ground.holder[cell]).the]];
    for (const shade of film.head.shades) {
      const value = film.share(frame, shade.name, cell);
      if (value !== null) facts.push([shade.label, number(value, shade.unit === "")]);
    }
    if (ground.impacts) facts.push(["Today", ground.impacts[cell] + " heavy strikes, " + (ground.shells ? ground.shells[cell] : 0) + " shells"]);
    if (ground.killed) facts.push(["Civilians killed here", number(ground.killed[cell])], ["Civilians left from here", number(ground.left[cell])]);
    const row = Math.floor(cell / film.columns), column = cell % film.columns;
    box.replaceChildren(
      el("h2", {}, (stage.films.length > 1 ? "AB"[side] + ": " : "") + quarter.name,
        el("span", { class: "unit" }, " " + quarter.sector.replace(/_/g, " ") + ", row " + (row + 1) + ", column " + (column + 1))),
      el("dl", { class: "facts" }, ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
      ...standing(film, frame, cell).map((text) => el("p", {}, text)),
      el("p", {}, whole(film, frame, film.quarter[cell])),
      ...recent(film, stage.day, quarter.name));
  };

  // The numbers of a whole quarter.
  function whole(film, frame, quarter) {
    const cells = film.cellsOf(quarter), ground = frame.ground, held = cells.filter((cell) => ground.holder[cell] === GARRISON);
    const sum = (layer) => number(cells.reduce((total, cell) => total + layer[cell], 0));
    const fates = ground.killed ? "; " + sum(ground.killed) + " killed and " + sum(ground.left) + " left since day 0" : "";
    return "All of " + film.head.quarters[quarter].name + ": " + held.length + " of " + cells.length + " cells held by " + film.side(GARRISON).the + "; " +
      sum(ground.civilians) + " civilians" + fates + ".";
  }

  function standing(film, frame, cell) {
    const lines = [1, 2].map((side) => {
      const here = frame.units.filter((unit) => unit.cell === cell && unit.side === side);
      if (!here.length) return null;
      const fit = here.reduce((sum, unit) => sum + unit.fit, 0);
      const set = Array.from(new Set(here.map((unit) => POSTURES[unit.posture]))).join(", ");
      const names = Array.from(new Set(here.map((unit) => (film.head.factions[unit.faction] || "").replace(/_/g, " ")))).join(", ");
      return film.side(side).heading + ": " + fit + " fit in " + here.length + (here.length > 1 ? " units" : " unit") +
        " (" + set + "; " + names + ").";
    });
    const places = film.head.facilities.map((place, i) => [place, i]).filter(([place]) => place.cell === cell)
      .map(([place, i]) => place.name + (frame.facilities ? " (" + STATES[frame.facilities[i]] + ")" : ""));
    if (places.length) lines.push("Here: " + places.join(", ") + ".");
    return lines.filter(Boolean);
  }

  function recent(film, day, quarter) {
    const until = film.at(day).endEvent, found = [];
    for (let i = until - 1; i >= 0 && found.length < 4; i--) if (film.events[i].where === quarter) found.push(film.events[i]);
    if (!found.length) return [];
    return [el("h3", {}, "Lately in " + quarter), el("ul", {}, ...found.map((event) =>
      el("li", {}, film.shortDate(event.day) + ": " + event.what + " (" + event.cause + ")")))];
  }

  const MOST = 40;

  // The newest events first, alike events of a day in one line; a click tells what brought one about.
  Siege.ticker = function (box, films, day, routine) {
    const key = films.map((film) => film.at(day).endEvent + "/" + film.head.title).join() + day;
    if (box.dataset.key === key) return;
    box.dataset.key = key;
    const lines = [];
    films.forEach((film, side) => {
      const until = film.at(day).endEvent;
      for (let i = until - 1; i >= 0 && lines.length < MOST * (side + 1); i--) {
        const event = film.events[i];
        if (!routine(event)) lines.push({ film, side, event });
      }
    });
    lines.sort((a, b) => b.event.day - a.event.day);
    box.replaceChildren(...lines.slice(0, MOST).map((line) => told(line, films.length > 1)));
    if (!lines.length) box.replaceChildren(el("li", { class: "hint" }, "Nothing yet."));
  };

  function told(line, two) {
    const { film, side, event } = line, chain = film.chain(event);
    const head = el("span", {}, el("b", {}, film.shortDate(event.day) + (two ? " " + "AB"[side] : "") + " "),
      sentence(event.what), el("span", { class: "cause" }, event.cause ? " – " + event.cause : ""));
    if (chain.length < 2) return el("li", {}, head);
    return el("li", {}, el("details", {}, el("summary", {}, head), el("ol", { class: "chain" },
      ...chain.map((step) => el("li", {}, film.shortDate(step.day) + ": " + step.what + (step.cause ? " (" + step.cause + ")" : ""))))));
  }

  function sentence(text) { return text.slice(0, 1).toUpperCase() + text.slice(1); }
})();

// Texts beside the map: the legend, the numbers of a cell, and the events with what brought them about.
"use strict";
(function () {
  const el = Siege.el, number = Siege.number, count = Siege.count, t = Siege.t, side = Siege.theSide;
  const { POSTURES, STATES, NOBODY, GARRISON, BESIEGER } = Siege.words;

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
  Siege.legend = function (box, viewer, look) {
    const key = [viewer.layer, viewer.compare, viewer.compare && viewer.maps[0].reach, look.dark, viewer.runs.length, viewer.show.places, viewer.runs[0].id].join();
    if (box.dataset.key === key) return;
    box.dataset.key = key;
    const run = viewer.runs[0], parts = [];
    if (viewer.compare) {
      parts.push(...comparing(viewer, look));
    } else if (viewer.layer === "holder") {
      const heldBy = (code) => entry(swatch(Siege.sideFill(run, code, look)), t("held by {side}", { side: side(run.side(code)) }));
      parts.push(heldBy(GARRISON), entry(swatch(look.lost, look.lostHatch), t("lost since day 0")), heldBy(BESIEGER));
      parts.push(...thirdPartyEntries(run, look));
    } else parts.push(scale(viewer, look));
    parts.push(...run.nobodysKinds().map((kind) => entry(swatch(Siege.nobodyFill(kind, look)), t(Siege.NOBODYS[kind]))));
    if (!viewer.compare) {
      parts.push(entry("●", t("fighters of {side}", { side: side(run.side(GARRISON)) })),
        entry("■", t("of {side}; hollow: in reserve; with a point: attacking", { side: side(run.side(BESIEGER)) })),
        entry("✷", Siege.term("Heavy impact", t("heavy strikes of the day"))), entry(el("span", { class: "boxed" }), Siege.term("Assault", t("under assault"))));
      if (viewer.show.places) {
        const kinds = Array.from(new Set(run.head.facilities.map((place) => place.kind)));
        parts.push(entry("", t("{places}; struck through: damaged, crossed out: destroyed",
          { places: kinds.map((kind) => run.head.places[kind].symbol + " " + t(run.head.places[kind].label)).join(", ") })));
      }
    }
    box.replaceChildren(...parts);
  };

  function comparing(viewer, look) {
    const run = viewer.runs[0], garrison = side(run.side(GARRISON));
    if (viewer.layer === "holder") {
      return [entry(swatch(Siege.sideFill(run, GARRISON, look)), t("held by {side} in both", { side: garrison })),
        entry(swatch(look.oneOnly, look.oneOnlyHatch, "back"), t("only in A")),
        entry(swatch(look.otherOnly, look.otherOnlyHatch), t("only in B")), entry(swatch(Siege.sideFill(run, BESIEGER, look)), t("in neither")),
        ...thirdPartyEntries(run, look)];
    }
    const shade = viewer.runs[0].head.shades.find((one) => one.name === viewer.layer);
    const most = shade.unit ? count(viewer.maps[0].reach, shade.unit.replace(/s$/, ""), shade.unit)
      : count(100 * viewer.maps[0].reach, "percentage point", "percentage points");
    const entries = [entry(swatch(look.oneOnlyHatch), t("{most} less in B than in A", { most })), entry(swatch(look.muted), t("alike")),
      entry(swatch(look.otherOnlyHatch), t("{most} more in B than in A", { most }))];
    return viewer.layer === "rubble" ? entries : [...entries,
      entry(swatch(look.oneOnly, look.oneOnlyHatch, "back"), t("held by {side} only in A", { side: garrison })),
      entry(swatch(look.otherOnly, look.otherOnlyHatch), t("only in B")), ...thirdPartyEntries(run, look)];
  }

  function thirdPartyEntries(run, look) {
    return run.thirdParties().filter((code) => run.holds(code))
      .map((code) => entry(swatch(Siege.sideFill(run, code, look)), t("held by {side}", { side: side(run.side(code)) })));
  }

  function scale(viewer, look) {
    const shade = viewer.runs[0].head.shades.find((one) => one.name === viewer.layer);
    const most = viewer.maps[0].most(viewer.layer), canvas = el("canvas", { class: "ramp", "aria-hidden": "true" });
    const pen = Siege.pen(canvas, 140, 14);
    for (let x = 0; x < 140; x++) { pen.fillStyle = Siege.shade(look.ramp, x / 139); pen.fillRect(x, 0, 1.5, 14); }
    const percent = shade.unit === "", middle = shade.root ? t("; half way: {number}", { number: number(most / 4, percent) }) : "";
    return el("span", { class: "entry" }, el("span", { class: "figure" }, number(0, percent)), canvas,
      number(most, percent) + " " + t(shade.unit) + middle + " · " + t(shade.description));
  }

  // The numbers of a cell and the latest events of its quarter.
  Siege.details = function (box, viewer, cell, which) {
    if (cell === null || cell === undefined) {
      box.replaceChildren(el("p", { class: "hint" }, t("Point at the map for the numbers of a place; click to keep it in view.")));
      return;
    }
    const run = viewer.runs[which], frame = run.at(viewer.day), quarter = run.head.quarters[run.quarter[cell]];
    const ground = frame.ground, facts = [[t("Held by"), side(run.side(ground.holder[cell]))]];
    if (ground.holder[cell] === NOBODY) {
      box.replaceChildren(el("h2", {}, quarter.name, el("span", { class: "unit" }, " " + t(Siege.NOBODYS[quarter.ground] || ""))),
        el("p", {}, t("Nobody holds it, lives there or crosses it.")), ...recentEvents(run, viewer.day, quarter.name));
      return;
    }
    for (const shade of run.head.shades) {
      const value = run.share(frame, shade.name, cell);
      if (value !== null) facts.push([t(shade.label), number(value, shade.unit === "")]);
    }
    if (ground.impacts) facts.push([t("Today"), count(ground.impacts[cell], "heavy strike", "heavy strikes") + ", " + count(ground.shells ? ground.shells[cell] : 0, "shell", "shells")]);
    if (ground.killed) facts.push([t("Civilians killed here"), number(ground.killed[cell])], [t("Civilians left from here"), number(ground.left[cell])]);
    const row = Math.floor(cell / run.columns), column = cell % run.columns;
    box.replaceChildren(
      el("h2", {}, (viewer.runs.length > 1 ? "AB"[which] + ": " : "") + quarter.name,
        el("span", { class: "unit" }, " " + t("{sector}, row {row}, column {column}", { sector: t(quarter.sector.replace(/_/g, " ")), row: row + 1, column: column + 1 }))),
      el("dl", { class: "facts" }, ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
      ...occupants(run, frame, cell).map((text) => el("p", {}, text)),
      el("p", {}, quarterTotals(run, frame, run.quarter[cell])),
      ...recentEvents(run, viewer.day, quarter.name));
  };

  // The numbers of a whole quarter.
  function quarterTotals(run, frame, quarter) {
    const cells = run.cellsOf(quarter), ground = frame.ground, held = cells.filter((cell) => ground.holder[cell] === GARRISON);
    const total = (layer) => cells.reduce((so, cell) => so + layer[cell], 0), sum = (layer) => number(total(layer));
    const fates = ground.killed ? t("; {killed} killed and {left} left since day 0", { killed: sum(ground.killed), left: sum(ground.left) }) : "";
    return t("All of {quarter}: {held} of {cells} held by {side}; {civilians}{fates}.", { quarter: run.head.quarters[quarter].name, held: held.length,
      cells: count(cells.length, "cell", "cells"), side: side(run.side(GARRISON)), civilians: count(total(ground.civilians), "civilian", "civilians"), fates });
  }

  function occupants(run, frame, cell) {
    const lines = [1, 2].map((code) => {
      const here = frame.units.filter((unit) => unit.cell === cell && unit.side === code);
      if (!here.length) return null;
      const fit = here.reduce((sum, unit) => sum + unit.fit, 0);
      const set = Array.from(new Set(here.map((unit) => t(POSTURES[unit.posture])))).join(", ");
      const names = Array.from(new Set(here.map((unit) => t((run.head.factions[unit.faction] || "").replace(/_/g, " "))))).join(", ");
      return t("{side}: {fit} fit in {units} ({postures}; {names}).", { side: Siege.headSide(run.side(code)), fit,
        units: count(here.length, "unit", "units"), postures: set, names });
    });
    const places = run.head.facilities.map((place, i) => [place, i]).filter(([place]) => place.cell === cell)
      .map(([place, i]) => Siege.sentence(place.name) + (frame.facilities ? " (" + t(STATES[frame.facilities[i]]) + ")" : ""));
    if (places.length) lines.push(t("Here: {places}.", { places: places.join(", ") }));
    return lines.filter(Boolean);
  }

  function recentEvents(run, day, quarter) {
    const until = run.at(day).endEvent, found = [];
    for (let i = until - 1; i >= 0 && found.length < 4; i--) if (run.events[i].where === quarter) found.push(run.events[i]);
    if (!found.length) return [];
    return [el("h3", {}, t("Lately in {quarter}", { quarter })), el("ul", {}, ...found.map((event) =>
      el("li", {}, run.shortDate(event.day) + ": " + Siege.sentence(event.what) + " (" + Siege.sentence(event.cause) + ")")))];
  }

  const MOST = 40;

  // The newest events first, alike events of a day in one line; a click tells what brought one about.
  Siege.ticker = function (box, runs, day, routine) {
    const key = runs.map((run) => run.at(day).endEvent + "/" + run.id).join() + day;
    if (box.dataset.key === key) return;
    box.dataset.key = key;
    const lines = [];
    runs.forEach((run, side) => {
      const until = run.at(day).endEvent;
      for (let i = until - 1; i >= 0 && lines.length < MOST * (side + 1); i--) {
        const event = run.events[i];
        if (!routine(event)) lines.push({ run, side, event });
      }
    });
    lines.sort((a, b) => b.event.day - a.event.day);
    box.replaceChildren(...lines.slice(0, MOST).map((line) => eventItem(line, runs.length > 1)));
    if (!lines.length) box.replaceChildren(el("li", { class: "hint" }, t("Nothing yet.")));
  };

  function eventItem(line, two) {
    const { run, side: which, event } = line, chain = run.chain(event);
    const head = el("span", {}, el("b", {}, run.shortDate(event.day) + (two ? " " + "AB"[which] : "") + " "),
      sentence(Siege.sentence(event.what)), el("span", { class: "cause" }, event.cause ? " – " + Siege.sentence(event.cause) : ""));
    if (chain.length < 2) return el("li", {}, head);
    return el("li", {}, el("details", {}, el("summary", {}, head), el("ol", { class: "chain" },
      ...chain.map((step) => el("li", {}, run.shortDate(step.day) + ": " + Siege.sentence(step.what) + (step.cause ? " (" + Siege.sentence(step.cause) + ")" : ""))))));
  }

  function sentence(text) { return text.slice(0, 1).toUpperCase() + text.slice(1); }
})();

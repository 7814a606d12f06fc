// What changed: two runs row by row on the day that is shown, when they part, many pairs of them, and the record.
"use strict";
(function () {
  const el = Siege.el, number = Siege.number, t = Siege.t, said = Siege.sentence;

  function signed(value) {
    const text = number(value);
    return value > 0 && text !== "0" ? "+" + text : text;
  }

  function row(cells, tag) {
    return el("tr", {}, ...cells.map((cell, place) => el(place && !tag ? "td" : "th", { scope: tag ? "col" : place ? null : "row" }, cell)));
  }

  function table(caption, heads, rows) {
    return el("table", {}, el("caption", {}, caption), el("thead", {}, row(heads, "th")), el("tbody", {}, ...rows.map((cells) => row(cells))));
  }

  // Endings and how often each came about.
  function listed(endings) { return endings.split(", ").map((one) => one.replace(/^(.*) (\d+)$/, (_, ending, often) => said(ending) + " " + often)).join(", "); }

  // How a run stands on a day, in words.
  function ending(run, day) {
    const frame = run.at(day);
    return frame.ending === "holding" ? t("still held") : t(frame.ending.replace(/_/g, " "));
  }

  class ChangesPanel {
    constructor(viewer) {
      this.viewer = viewer;
      this.account = this.pairs = null;
      this.chosen = "civilians_killed";
      this.parts = { changes: el("ul", {}), table: el("div", {}), parting: el("div", {}), pairs: el("div", { class: "pairs" }) };
      this.box = el("section", { class: "changes", "aria-label": t("What changed?"), hidden: "" }, el("h2", {}, t("What changed?")),
        this.parts.changes, el("div", { class: "beside" }, el("div", {}, this.parts.table, this.parts.parting), this.parts.pairs));
    }

    // What the server says of the runs: what B changes, and when they part.
    setAccount(account) { this.account = account; this._words(); }

    // What the server says of many pairs of them.
    setPairs(pairs) { this.pairs = pairs; this._pairs(); }

    // Called with every day that is drawn.
    draw(look) {
      const two = this.viewer.runs.length > 1, ids = this.viewer.runs.map((run) => run.id).join(), relit = this.look !== look;
      this.look = look;
      this.box.hidden = !two;
      if (!two) return;
      if (this.ids !== ids) { this.ids = ids; this._words(); this._pairs(); }
      this._table();
      if (relit) this._gaps();
    }

    _words() {
      const own = this.account && this.account.runs.join() === this.ids ? this.account : { changes: [], parting: [] };
      this.parts.changes.replaceChildren(...own.changes.map((text) => el("li", {}, said(text))));
      this.parts.parting.replaceChildren(...own.parting.map((text) => el("p", {}, said(text))));
    }

    _table() {
      const viewer = this.viewer, [first, second] = viewer.runs, day = viewer.day, rows = [];
      const states = viewer.runs.map((run) => ending(run, day));
      rows.push([t("Ending"), ...states, states[0] === states[1] ? t("the same") : t("not the same")]);
      const ends = viewer.runs.map((run) => run.at(day).ending !== "holding" ? run.last : null);
      rows.push([t("Day of the end"), ...ends.map((end) => number(end)), ends.includes(null) ? "-" : signed(ends[1] - ends[0])]);
      for (const entry of first.head.compared || []) {
        const values = [first, second].map((run) => run.value(Math.min(day, run.last), entry.outcomes));
        rows.push([t(entry.label), ...values.map((value) => number(value)), values.includes(null) ? "-" : signed(values[1] - values[0])]);
      }
      this.parts.table.replaceChildren(table(t("To day {day}, this pair of runs", { day }), ["", "A", "B", t("Difference")], rows));
    }

    _pairs() {
      const live = this.viewer.live, pairs = this.pairs, parts = [];
      const focused = this.parts.pairs.contains(document.activeElement) && document.activeElement.tagName;
      if (!live || !live.playPairs) return;
      if (pairs && pairs.running) {
        parts.push(el("p", { role: "status" }, pairs.waiting ? t("Other runs are played on this server; these wait for their turn.") :
          pairs.left ? t("{done} of {planned} runs, {left} left", { done: pairs.done, planned: pairs.planned, left: said(pairs.left) })
            : t("{done} of {planned} runs; how long it takes is known after the first", { done: pairs.done, planned: pairs.planned })),
          el("progress", { max: pairs.planned, value: pairs.done, "aria-label": t("Runs done") }),
          el("button", { type: "button", onclick: () => live.stopPairs() }, t("Stop the pairs")));
      } else {
        parts.push(el("p", {}, t("One pair is one case, not a measure of the effect. Many pairs play A and B on the same seeds, in the background; you can go on meanwhile.")),
          el("button", { type: "button", onclick: () => live.playPairs() }, pairs ? t("20 pairs again") : t("20 pairs")));
      }
      if (pairs && pairs.error) parts.push(el("p", { role: "alert" }, said(pairs.error)));
      if (pairs && pairs.rows) parts.push(...this._found(pairs));
      this.parts.pairs.replaceChildren(...parts);
      if (focused === "BUTTON") this.parts.pairs.querySelector("button").focus({ preventScroll: true });
      this._gaps();
    }

    _found(pairs) {
      const rows = [[t("Day of the end"), "end_day"], ...this.viewer.runs[0].head.compared.map((entry) => [t(entry.label), entry.name])]
        .filter(([, name]) => pairs.rows[name]).map(([label, name]) => [label, pairs.rows[name]]);
      const made = table(t("Means of {pairs} pairs to their ends, seeds {seeds}", { pairs: pairs.pairs, seeds: said(pairs.seeds) }), ["", "A", "B", Siege.term("Confidence interval", t("Difference (95 % interval)")), t("B is")],
        rows.map(([label, one]) => [label, said(one.before), said(one.after), said(one.difference) + " (" + said(one.between) + ")", said(one.way)]));
      const choice = el("select", { "aria-label": t("Difference that is drawn"), onchange: (event) => { this.chosen = event.target.value; this._gaps(); } },
        ...this.viewer.runs[0].head.compared.map((entry) => el("option", { value: entry.name, selected: entry.name === this.chosen ? "" : null }, t(entry.label))));
      this.gaps = el("canvas", { role: "img" });
      return [made, el("p", {}, "A: " + listed(pairs.endings[0]) + ". B: " + listed(pairs.endings[1]) + ". " + said(pairs.endings[2].replace(/^t/, "T")) + "."),
        el("p", {}, t("B less A, day by day: "), choice), this.gaps,
        el("p", { class: "hint" }, t("Line: the middle of the pairs; band: eight in ten of them. In brackets: in how many of ever more pairs it would be so (95 % interval). The same bands of A and B (dashed) lie in the charts."))];
    }

    // The band of the pairs' differences, day by day.
    _gaps() {
      const pairs = this.pairs, canvas = this.gaps, found = pairs && pairs.rows && pairs.rows[this.chosen];
      if (!found || !canvas || !canvas.isConnected || !this.look) return;
      const wide = Math.max(220, Math.min(this.box.clientWidth - 24, 620)), high = 130, left = 58, low = 20, look = this.look;
      const known = found.middle.map((value, day) => day).filter((day) => found.middle[day] !== null);
      const least = Math.min(0, ...known.map((day) => found.low[day])), most = Math.max(0, ...known.map((day) => found.high[day]));
      const span = most - least || 1, x = (day) => left + day / Math.max(1, pairs.days) * (wide - left - 8);
      const y = (value) => 8 + (most - value) / span * (high - low - 12), pen = Siege.pen(canvas, wide, high);
      pen.clearRect(0, 0, wide, high);
      pen.font = "11.5px system-ui, 'DejaVu Sans', sans-serif"; pen.fillStyle = look.faint; pen.strokeStyle = look.rule;
      pen.textAlign = "right"; pen.textBaseline = "middle";
      for (const value of new Set([least, 0, most])) {
        pen.beginPath(); pen.moveTo(left, y(value)); pen.lineTo(wide - 8, y(value)); pen.stroke();
        if (value === 0 || Math.abs(y(value) - y(0)) > 12) pen.fillText(signed(value), left - 5, y(value));
      }
      pen.textBaseline = "alphabetic";
      pen.fillText(t("day {day}", { day: pairs.days }), wide - 8, high - 5);
      pen.textAlign = "left"; pen.fillText(t("day {day}", { day: 0 }), left, high - 5);
      pen.fillStyle = look.lines[0]; pen.globalAlpha = 0.25;
      pen.beginPath();
      known.forEach((day) => pen.lineTo(x(day), y(found.high[day])));
      known.slice().reverse().forEach((day) => pen.lineTo(x(day), y(found.low[day])));
      pen.closePath(); pen.fill(); pen.globalAlpha = 1;
      pen.strokeStyle = look.lines[0]; pen.lineWidth = 2;
      pen.beginPath(); known.forEach((day) => pen.lineTo(x(day), y(found.middle[day]))); pen.stroke();
      const end = known[known.length - 1];
      canvas.setAttribute("aria-label", t("B less A on day {day}: middle of the pairs {middle}, eight in ten between {low} and {high}",
        { day: end, middle: signed(found.middle[end]), low: signed(found.low[end]), high: signed(found.high[end]) }));
    }
  }

  // The record and the runs side by side, for scenarios that have a record.
  class RecordPanel {
    constructor(viewer) {
      this.viewer = viewer;
      this.summary = el("summary", {}, t("Against the record"));
      this.content = el("div", {});
      this.box = el("details", { class: "record", hidden: "" }, this.summary, this.content);
    }

    setAccount(account) { this.account = account; this._show(); }

    draw() {
      const ids = this.viewer.runs.map((run) => run.id).join();
      if (this.ids !== ids) { this.ids = ids; this._show(); }
    }

    _show() {
      const own = this.account && this.account.runs.join() === this.ids ? this.account.record : null;
      this.box.hidden = !own;
      if (!own) return;
      const names = this.viewer.runs.length > 1 ? ["A", "B"] : [t("Model")], held = (one) => one.inside === null ? "-" : said(one.text) + (one.inside ? " ✓" : " ✗");
      const counts = names.map((name, side) => {
        const known = own.rows.filter((one) => one.runs[side].inside !== null);
        return (names.length > 1 ? name + " " : "") + t("{inside} of {known}", { inside: known.filter((one) => one.runs[side].inside).length, known: known.length });
      });
      this.summary.textContent = t("Against the record: {counts} in range", { counts: counts.join(", ") });
      this.content.replaceChildren(el("p", {}, t("{record}. ✓ lies in the record's range, ✗ does not, - is not known yet. One run shows chance too; a scorecard takes many.", { record: own.title })),
        table(t("To day {day}", { day: this.account.day }), ["", Siege.term("Record", t("Record")), ...names],
          own.rows.map((one) => [el("span", { title: one.source + " (" + one.confidence + ")" }, t(one.topic) + ": " + t(one.title) + (one.unit ? ", " + t(one.unit) : "")),
            said(one.record), ...one.runs.map(held)])));
    }
  }

  Siege.ChangesPanel = ChangesPanel;
  Siege.RecordPanel = RecordPanel;
})();

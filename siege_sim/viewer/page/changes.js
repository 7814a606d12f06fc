// What changed: two runs row by row on the day that is shown, when they part, many pairs of them, and the record.
"use strict";
(function () {
  const el = Siege.el, number = Siege.number;

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

  // How a run stands on a day, in words.
  function ending(run, day) {
    const frame = run.at(day);
    return frame.ending === "holding" ? "still held" : frame.ending.replace(/_/g, " ");
  }

  class ChangesPanel {
    constructor(viewer) {
      this.viewer = viewer;
      this.account = this.pairs = null;
      this.chosen = "civilians_killed";
      this.parts = { changes: el("ul", {}), table: el("div", {}), parting: el("div", {}), pairs: el("div", { class: "pairs" }) };
      this.box = el("section", { class: "changes", "aria-label": "What changed?", hidden: "" }, el("h2", {}, "What changed?"),
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
      this.parts.changes.replaceChildren(...own.changes.map((text) => el("li", {}, text)));
      this.parts.parting.replaceChildren(...own.parting.map((text) => el("p", {}, text)));
    }

    _table() {
      const viewer = this.viewer, [first, second] = viewer.runs, day = viewer.day, rows = [];
      const states = viewer.runs.map((run) => ending(run, day));
      rows.push(["Ending", ...states, states[0] === states[1] ? "the same" : "not the same"]);
      const ends = viewer.runs.map((run) => run.at(day).ending !== "holding" ? run.last : null);
      rows.push(["Day of the end", ...ends.map((end) => number(end)), ends.includes(null) ? "-" : signed(ends[1] - ends[0])]);
      for (const entry of first.head.compared || []) {
        const values = [first, second].map((run) => run.value(Math.min(day, run.last), entry.outcomes));
        rows.push([entry.label, ...values.map((value) => number(value)), values.includes(null) ? "-" : signed(values[1] - values[0])]);
      }
      this.parts.table.replaceChildren(table("To day " + day + ", this pair of runs", ["", "A", "B", "Difference"], rows));
    }

    _pairs() {
      const live = this.viewer.live, pairs = this.pairs, parts = [];
      const focused = this.parts.pairs.contains(document.activeElement) && document.activeElement.tagName;
      if (!live || !live.playPairs) return;
      if (pairs && pairs.running) {
        parts.push(el("p", { role: "status" }, pairs.waiting ? "Other runs are played on this server; these wait for their turn." :
          pairs.done + " of " + pairs.planned + " runs" + (pairs.left ? ", " + pairs.left + " left" : "; how long it takes is known after the first")),
          el("progress", { max: pairs.planned, value: pairs.done, "aria-label": "Runs done" }),
          el("button", { type: "button", onclick: () => live.stopPairs() }, "Stop the pairs"));
      } else {
        parts.push(el("p", {}, "One pair is one case, not a measure of the effect. Many pairs play A and B on the same seeds, in the background; you can go on meanwhile."),
          el("button", { type: "button", onclick: () => live.playPairs() }, pairs ? "20 pairs again" : "20 pairs"));
      }
      if (pairs && pairs.error) parts.push(el("p", { role: "alert" }, pairs.error));
      if (pairs && pairs.rows) parts.push(...this._found(pairs));
      this.parts.pairs.replaceChildren(...parts);
      if (focused === "BUTTON") this.parts.pairs.querySelector("button").focus({ preventScroll: true });
      this._gaps();
    }

    _found(pairs) {
      const rows = [["Day of the end", "end_day"], ...this.viewer.runs[0].head.compared.map((entry) => [entry.label, entry.name])]
        .filter(([, name]) => pairs.rows[name]).map(([label, name]) => [label, pairs.rows[name]]);
      const made = table("Means of " + pairs.pairs + " pairs to their ends, seeds " + pairs.seeds, ["", "A", "B", "Difference (95 % interval)", "B is"],
        rows.map(([label, one]) => [label, one.before, one.after, one.difference + " (" + one.between + ")", one.way]));
      const choice = el("select", { "aria-label": "Difference that is drawn", onchange: (event) => { this.chosen = event.target.value; this._gaps(); } },
        ...this.viewer.runs[0].head.compared.map((entry) => el("option", { value: entry.name, selected: entry.name === this.chosen ? "" : null }, entry.label)));
      this.gaps = el("canvas", { role: "img" });
      return [made, el("p", {}, "A: " + pairs.endings[0] + ". B: " + pairs.endings[1] + ". " + pairs.endings[2].replace(/^t/, "T") + "."),
        el("p", {}, "B less A, day by day: ", choice), this.gaps,
        el("p", { class: "hint" }, "Line: the middle of the pairs; band: eight in ten of them. In brackets: in how many of ever more pairs it would be so (95 % interval). The same bands of A and B (dashed) lie in the charts.")];
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
      pen.fillText("day " + pairs.days, wide - 8, high - 5);
      pen.textAlign = "left"; pen.fillText("day 0", left, high - 5);
      pen.fillStyle = look.lines[0]; pen.globalAlpha = 0.25;
      pen.beginPath();
      known.forEach((day) => pen.lineTo(x(day), y(found.high[day])));
      known.slice().reverse().forEach((day) => pen.lineTo(x(day), y(found.low[day])));
      pen.closePath(); pen.fill(); pen.globalAlpha = 1;
      pen.strokeStyle = look.lines[0]; pen.lineWidth = 2;
      pen.beginPath(); known.forEach((day) => pen.lineTo(x(day), y(found.middle[day]))); pen.stroke();
      const end = known[known.length - 1];
      canvas.setAttribute("aria-label", "B less A on day " + end + ": middle of the pairs " + signed(found.middle[end]) +
        ", eight in ten between " + signed(found.low[end]) + " and " + signed(found.high[end]));
    }
  }

  // The record and the runs side by side, for scenarios that have a record.
  class RecordPanel {
    constructor(viewer) {
      this.viewer = viewer;
      this.summary = el("summary", {}, "Against the record");
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
      const names = this.viewer.runs.length > 1 ? ["A", "B"] : ["Model"], said = (one) => one.inside === null ? "-" : one.text + (one.inside ? " ✓" : " ✗");
      const counts = names.map((name, side) => {
        const known = own.rows.filter((one) => one.runs[side].inside !== null);
        return (names.length > 1 ? name + " " : "") + known.filter((one) => one.runs[side].inside).length + " of " + known.length;
      });
      this.summary.textContent = "Against the record: " + counts.join(", ") + " in range";
      this.content.replaceChildren(el("p", {}, own.title + ". ✓ lies in the record's range, ✗ does not, - is not known yet. One run shows chance too; a scorecard takes many."),
        table("To day " + this.account.day, ["", "Record", ...names],
          own.rows.map((one) => [el("span", { title: one.source + " (" + one.confidence + ")" }, one.topic + ": " + one.title + (one.unit ? ", " + one.unit : "")),
            one.record, ...one.runs.map(said)])));
    }
  }

  Siege.ChangesPanel = ChangesPanel;
  Siege.RecordPanel = RecordPanel;
})();

// What a reader of a lesson has guessed: drawn on the charts, and held against what happened in the runs.
"use strict";
(function () {
  const number = Siege.number, t = Siege.t;

  // The first day on which an outcome is below or above a bound; null for none so far.
  function firstDay(mark, run) {
    const values = run.curve([mark.outcome]).values;
    const passed = (value) => value !== null && (mark.below !== null ? value < mark.below : value > mark.above);
    const day = values.findIndex(passed);
    return day < 0 ? null : day;
  }

  // The line of a chart that a guess is about.
  function lineOf(chart, mark) {
    return chart.lines.findIndex((line) => line.outcomes.length === 1 && line.outcomes[0] === mark.outcome);
  }

  function share(chart, mark) { return chart.percent ? mark.value / 100 : mark.value; }

  // The guesses that belong on a chart.
  Siege.guessesOn = function (chart, marks) { return (marks || []).filter((mark) => lineOf(chart, mark) >= 0); };

  // The last day that a chart must reach for its guesses.
  Siege.dayOfGuesses = function (chart, marks) {
    return Math.max(0, ...Siege.guessesOn(chart, marks).map((mark) => mark.kind === "day" ? mark.value : mark.day || 0));
  };

  // A guess and what came of it, in words; a run of which it is not yet known is left out.
  Siege.guessText = function (chart, mark, runs) {
    const shown = (value) => number(value, chart.percent) + (chart.percent || !/^(persons|days|kcal|fighters)$/.test(chart.unit) ? "" : " " + t(chart.unit));
    const guess = mark.kind === "day" ? t("day {day}", { day: mark.value }) : t("{value} on day {day}", { value: shown(share(chart, mark)), day: mark.day });
    const found = runs.map((run, side) => {
      const name = runs.length > 1 ? "AB"[side] + ": " : "";
      if (mark.kind === "day") {
        const day = firstDay(mark, run);
        return day !== null ? name + t("day {day}", { day }) : run.over() ? name + t("not at all") : null;
      }
      const day = run.over() ? Math.min(mark.day, run.last) : mark.day;
      return day > run.last ? null : name + shown(run.value(day, [mark.outcome]));
    }).filter(Boolean);
    if (!found.length) return t("Your guess: {guess}.", { guess });
    return t(runs.length > 1 ? Siege.later("Your guess: {guess}. In these runs: {found}.") : Siege.later("Your guess: {guess}. In this run: {found}."), { guess, found: found.join(", ") });
  };

  // A day is an upright line, a number a diamond on its day; what lies above the chart is pointed at.
  Siege.drawGuess = function (chart, mark) {
    const pen = chart.pen, look = chart.options.look, size = chart.type;
    const day = mark.kind === "day" ? mark.value : mark.day, x = chart.x(day);
    const floor = chart.options.height - chart.edge.bottom;
    const text = t("your guess"), wide = pen.measureText(text).width + size;
    pen.save();
    pen.strokeStyle = pen.fillStyle = look.guess; pen.lineWidth = 2;
    pen.font = "600 " + size * 0.92 + "px system-ui, 'DejaVu Sans', sans-serif";
    let y = chart.edge.top + size * 0.4, beside = "";
    if (mark.kind === "day") {
      pen.setLineDash([3, 3]);
      pen.beginPath(); pen.moveTo(x, chart.edge.top * 0.4); pen.lineTo(x, floor); pen.stroke();
    } else {
      const value = share(chart.chart, mark), above = value > chart.most;
      y = above ? chart.edge.top + size * 0.5 : chart.y(value);
      beside = above ? " \u2191" : "";
      const half = size * 0.5;
      pen.beginPath();
      for (const [dx, dy] of [[0, -1], [1, 0], [0, 1], [-1, 0]]) pen.lineTo(x + dx * half, y + dy * half);
      pen.closePath(); pen.stroke();
    }
    const left = x + wide > chart.options.width;
    pen.setLineDash([]); pen.textBaseline = "middle"; pen.textAlign = left ? "right" : "left";
    pen.lineJoin = "round"; pen.lineWidth = 3; pen.strokeStyle = look.halo;
    const at = x + (left ? -1 : 1) * size * 0.8;
    pen.strokeText(text + beside, at, y); pen.fillText(text + beside, at, y);
    pen.restore();
  };

  // The highest value that a chart has to show for its guesses: one far above everything else is only pointed at.
  Siege.mostOfGuesses = function (chart, marks, most) {
    const values = Siege.guessesOn(chart, marks).filter((mark) => mark.kind === "number").map((mark) => share(chart, mark));
    return Math.max(0, ...values.filter((value) => value <= 3 * most));
  };
})();

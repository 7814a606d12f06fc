// Charts over the days: one run or two, what a record knows, and the fan of many runs.
"use strict";
(function () {
  function ticks(most, count) {
    const raw = most / count, size = Math.pow(10, Math.floor(Math.log10(raw)));
    const step = [1, 2, 2.5, 5, 10].map((part) => part * size).find((part) => part >= raw);
    const made = [];
    for (let value = 0; value <= most * 1.0001; value += step) made.push(value);
    return made;
  }

  function short(value, percent) {
    if (percent) return Math.round(100 * value) + " %";
    if (value >= 1e6) return Siege.t("{number}m", { number: Siege.plain(value / 1e6) });
    return value >= 10000 ? Siege.t("{number}k", { number: Siege.plain(value / 1000) }) : value.toLocaleString(Siege.locale);
  }

  const MARKS = ["\u25cf", "\u25a0", "\u25b2", "\u25c6"];  // of the lines of one chart, beside their colours

  const DASH = [7, 4];  // of lines of B

  // What a line is called: a text of the program, or the label of a side.
  function lineLabel(line) { return Siege.t(line.label); }

  class LineChart {
    constructor(canvas, chart) { this.canvas = canvas; this.chart = chart; }

    // options: look, width, height, day, large, fans (by outcomes), names (of the runs)
    draw(runs, options) {
      this.runs = runs;
      this.options = options;
      this.type = options.large ? 15 : 11.5;
      this.days = this._days();
      this.edge = { left: this.type * 3.6, right: 10, top: this.type * 0.9, bottom: this.type * 1.9 };
      this.pen = Siege.pen(this.canvas, options.width, options.height);
      this.pen.clearRect(0, 0, options.width, options.height);
      this.most = this._most();
      this._makeRoom();
      this._frame();
      this.chart.lines.forEach((line, i) => this._line(line, i));
      if (this.chart.lines.length > 1) this._labels(); else if (this.runs.length > 1) this._letters();
      this._cursor();
      for (const mark of this.marks || []) Siege.drawGuess(this, mark);
    }

    // Room for the numbers at the left, which are longer in some languages.
    _makeRoom() {
      this.pen.font = this.type + "px system-ui, 'DejaVu Sans', sans-serif";
      if (Siege.language !== "en") this.edge.left = Math.max(this.edge.left, ...ticks(this.most, 3).map((value) => this.pen.measureText(short(value, this.chart.percent)).width + 8));
    }

    _days() {
      const longest = Math.max(...this.runs.map((run) => this.options.whole ? run.head.days : run.over() ? run.last : Math.min(run.head.days, run.last + 15)));
      const fans = this.options.fans;
      return Math.max(longest, fans ? fans.days : 0, 10, Siege.dayOfGuesses(this.chart, this.marks));
    }

    _key(line) { return line.outcomes.join("+"); }

    _most() {
      let most = 0;
      for (const line of this.chart.lines) {
        for (const run of this.runs) most = Math.max(most, run.curve(line.outcomes).most);
        for (const entry of line.known) if (entry.day <= this.days) most = Math.max(most, entry.high || entry.low || 0);
        for (const row of line.between) if (row[0] <= this.days) most = Math.max(most, row[2]);
        for (const side of [0, 1]) {
          const fan = this._fan(line, side);
          if (fan) most = Math.max(most, ...fan.high.filter((value) => value !== null));
        }
      }
      most = Math.max(most, Siege.mostOfGuesses(this.chart, this.marks, most));
      return most > 0 ? most * 1.05 : 1;
    }

    // The fan of a line for A (side 0) or B, if there is one.
    _fan(line, side) {
      const lines = this.options.fans && this.options.fans.sides[side];
      return lines ? lines[this._key(line)] : null;
    }

    x(day) { return this.edge.left + day / this.days * (this.options.width - this.edge.left - this.edge.right); }

    y(value) {
      const high = this.options.height - this.edge.top - this.edge.bottom;
      return this.options.height - this.edge.bottom - value / this.most * high;
    }

    dayAt(x) {
      const wide = this.options.width - this.edge.left - this.edge.right;
      return Math.round((x - this.edge.left) / wide * this.days);
    }

    _frame() {
      const pen = this.pen, look = this.options.look;
      pen.font = this.type + "px system-ui, 'DejaVu Sans', sans-serif";
      pen.fillStyle = look.faint; pen.strokeStyle = look.rule; pen.lineWidth = 1;
      pen.textBaseline = "middle"; pen.textAlign = "right";
      for (const value of ticks(this.most, 3)) {
        const y = this.y(value);
        pen.beginPath(); pen.moveTo(this.edge.left, y); pen.lineTo(this.options.width - this.edge.right, y); pen.stroke();
        pen.fillText(short(value, this.chart.percent), this.edge.left - 5, y);
      }
      pen.textBaseline = "alphabetic";
      const step = [7, 14, 28, 56, 112, 224, 448].find((days) =>
        (this.x(days) - this.x(0)) > this.type * 6) || 896;
      for (let day = 0; day <= this.days; day += step) {
        pen.textAlign = day === 0 ? "left" : this.x(day) > this.options.width - this.type * 3 ? "right" : "center";
        pen.fillText(this.runs[0].shortDate(day), this.x(day), this.options.height - this.type * 0.45);
      }
    }

    _line(line, i) {
      const pen = this.pen, look = this.options.look;
      for (const side of [0, 1]) this._drawFan(line, look.lines[i], side);
      this._known(line);
      this.runs.forEach((run, side) => {
        pen.strokeStyle = this.colour(i);
        pen.lineWidth = (this.options.large ? 3.2 : 2.2) * (side ? 0.9 : 1);
        pen.setLineDash(side ? DASH : []);
        pen.beginPath();
        const values = run.curve(line.outcomes).values;
        let down = false;
        for (let day = 0; day < values.length; day++) {
          const value = values[day];
          if (value === null) { down = false; continue; }
          if (down) pen.lineTo(this.x(day), this.y(value)); else pen.moveTo(this.x(day), this.y(value));
          down = true;
        }
        pen.stroke();
        pen.setLineDash([]);
        if (this.chart.lines.length > 1) this._marks(values, i);
      });
    }

    // A mark on every so many days, not on the same day as other lines have theirs.
    _marks(values, i) {
      const pen = this.pen, every = Math.max(1, Math.ceil(this.type * 5 / (this.x(1) - this.x(0))));
      pen.fillStyle = this.colour(i);
      pen.font = this.type * 0.8 + "px 'DejaVu Sans', system-ui, sans-serif";
      pen.textAlign = "center"; pen.textBaseline = "middle";
      for (let day = Math.floor(every * (i + 0.5) / this.chart.lines.length); day < values.length; day += every) {
        if (values[day] !== null) pen.fillText(MARKS[i % MARKS.length], this.x(day), this.y(values[day]));
      }
      pen.textBaseline = "alphabetic";
    }

    // The name of each line at its end, where there is room; names that would lie on each other are set apart.
    _labels() {
      const pen = this.pen, size = this.type * 0.92, right = this.options.width - 2, run = this.runs[0];
      pen.font = "600 " + size + "px system-ui, 'DejaVu Sans', sans-serif";
      pen.textAlign = "left"; pen.textBaseline = "middle"; pen.lineJoin = "round"; pen.lineWidth = 3;
      const ends = this.chart.lines.map((line, i) => ({ i, text: lineLabel(line), value: run.value(run.last, line.outcomes) }))
        .filter((end) => end.value !== null && end.text).sort((one, other) => other.value - one.value);
      let above = -Infinity;
      const lowest = this.options.height - this.edge.bottom - size / 2;
      ends.forEach((end, place) => {
        const rest = (ends.length - 1 - place) * size * 1.1;
        const y = Math.max(above + size * 1.1, Math.min(this.y(end.value) - size * 0.8, lowest - rest));
        const x = Math.min(this.x(run.last) + 6, right - pen.measureText(end.text).width);
        above = y;
        pen.strokeStyle = this.options.look.halo; pen.strokeText(end.text, x, y);
        pen.fillStyle = this.colour(end.i); pen.fillText(end.text, x, y);
      });
      pen.textBaseline = "alphabetic";
    }

    // A and B at the ends of their lines, set apart where they would lie on each other.
    _letters() {
      const pen = this.pen, size = this.type * 0.92, line = this.chart.lines[0];
      pen.font = "600 " + size + "px system-ui, 'DejaVu Sans', sans-serif";
      pen.textAlign = "left"; pen.textBaseline = "middle"; pen.lineJoin = "round"; pen.lineWidth = 3;
      const ends = this.runs.map((run, side) => ({ text: "AB"[side], day: run.last, value: run.value(run.last, line.outcomes) }))
        .filter((end) => end.value !== null).map((end) => Object.assign(end, { x: Math.min(this.x(end.day) + 5, this.options.width - size), y: this.y(end.value) }));
      if (ends.length > 1 && Math.abs(ends[0].y - ends[1].y) < size && Math.abs(ends[0].x - ends[1].x) < size) ends[1].x -= size * 1.6;
      for (const end of ends) {
        pen.strokeStyle = this.options.look.halo; pen.strokeText(end.text, end.x, end.y);
        pen.fillStyle = this.colour(0); pen.fillText(end.text, end.x, end.y);
      }
      pen.textBaseline = "alphabetic";
    }

    // A band of many runs and its middle; the band of B has a dashed edge, so that both can lie on each other.
    _drawFan(line, colour, side) {
      const fan = this._fan(line, side), pen = this.pen;
      if (!fan) return;
      const known = fan.low.map((value, day) => day).filter((day) => fan.low[day] !== null && fan.high[day] !== null);
      if (!known.length) return;
      pen.globalAlpha = side ? 0.1 : 0.22; pen.fillStyle = colour;
      pen.beginPath();
      known.forEach((day) => pen.lineTo(this.x(day), this.y(fan.high[day])));
      known.slice().reverse().forEach((day) => pen.lineTo(this.x(day), this.y(fan.low[day])));
      pen.closePath(); pen.fill();
      pen.globalAlpha = 0.8; pen.strokeStyle = colour; pen.lineWidth = 1.2; pen.setLineDash([2, 3]);
      pen.beginPath();
      known.forEach((day) => pen.lineTo(this.x(day), this.y(fan.middle[day])));
      pen.stroke();
      if (side) for (const edge of [fan.low, fan.high]) {
        pen.setLineDash(DASH);
        pen.beginPath();
        known.forEach((day) => pen.lineTo(this.x(day), this.y(edge[day])));
        pen.stroke();
      }
      pen.setLineDash([]); pen.globalAlpha = 1;
    }

    _known(line) {
      const pen = this.pen, look = this.options.look, cap = this.type * 0.3;
      pen.strokeStyle = look.record; pen.fillStyle = look.record; pen.lineWidth = 2;
      for (const entry of line.known) {
        if (entry.day < 0 || entry.day > this.days) continue;
        const x = this.x(entry.day), low = entry.low === null ? 0 : entry.low;
        const high = entry.high === null ? this.most : entry.high;
        if (low === high) {
          pen.beginPath();
          for (const [dx, dy] of [[0, -1], [1, 0], [0, 1], [-1, 0]]) pen.lineTo(x + dx * cap * 1.3, this.y(low) + dy * cap * 1.3);
          pen.closePath(); pen.fill();
          continue;
        }
        pen.beginPath();
        pen.moveTo(x, this.y(low)); pen.lineTo(x, this.y(high));
        pen.moveTo(x - cap, this.y(low)); pen.lineTo(x + cap, this.y(low));
        pen.moveTo(x - cap, this.y(high)); pen.lineTo(x + cap, this.y(high));
        pen.stroke();
      }
      if (line.between.length) {
        const rows = line.between.filter((row) => row[0] <= this.days);
        pen.globalAlpha = 0.9; pen.lineWidth = 1.2;
        for (const side of [1, 2]) {
          pen.beginPath();
          rows.forEach((row) => pen.lineTo(this.x(row[0]), this.y(row[side])));
          pen.stroke();
        }
        pen.globalAlpha = 1;
      }
    }

    _cursor() {
      const pen = this.pen, look = this.options.look, x = this.x(this.options.day);
      pen.strokeStyle = look.ink; pen.lineWidth = 1;
      pen.beginPath(); pen.moveTo(x, this.edge.top * 0.4); pen.lineTo(x, this.options.height - this.edge.bottom); pen.stroke();
      this.chart.lines.forEach((line, i) => this.runs.forEach((run, side) => {
        const value = run.value(Math.min(this.options.day, run.last), line.outcomes);
        if (value === null) return;
        pen.beginPath(); pen.arc(x, this.y(value), this.type * 0.28, 0, 7);
        pen.fillStyle = side ? look.paper : this.colour(i); pen.strokeStyle = this.colour(i); pen.lineWidth = 1.5;
        pen.fill(); pen.stroke();
      }));
    }

    // The colour of a line says what it counts, in A and B alike; lines of B are dashed, its points hollow.
    colour(line) { return this.options.look.lines[line]; }

    // The numbers of a day: a row for each line, with its colour, name and value on each run.
    values(day) {
      return this.chart.lines.map((line, i) => ({
        colour: this.colour(i), label: lineLabel(line),
        mark: this.chart.lines.length > 1 ? MARKS[i % MARKS.length] : "",
        texts: this.runs.map((run) => Siege.number(run.value(Math.min(day, run.last), line.outcomes), this.chart.percent)),
      }));
    }
  }

  Siege.LineChart = LineChart;
})();

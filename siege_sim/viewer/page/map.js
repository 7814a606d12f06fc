// The map: who holds what, the front, units, places, today's strikes; or one layer, or how two runs differ.
"use strict";
(function () {
  const { NOBODY, GARRISON, BESIEGER, THIRD_PARTY, NOBODY_THERE } = Siege.words;
  // The next of 0.01, 0.02, 0.05, 0.1, ... that is no less.
  function roundUp(value) {
    let step = 0.01;
    for (let i = 0; step < value; i++) step = [1, 2, 5][(i + 1) % 3] * Math.pow(10, Math.floor((i + 1) / 3)) / 100;
    return step;
  }

  class CityMap {
    constructor(canvas) {
      this.canvas = canvas;
      this.steps = {};  // how far each name stepped aside on the day that was drawn last
    }

    // Draw a day of a run. options: look, size, layer, show {units, places, strikes, names}, other (a second run to
    // compare with), cell (marked), large (large type).
    draw(run, day, options) {
      this.run = run;
      this.frame = run.at(day);
      this.options = options;
      this.unit = Math.max(4, Math.min(options.width / run.columns, options.height / run.rows));
      this.width = this.unit * run.columns;
      this.height = this.unit * run.rows;
      const pen = this.pen = Siege.pen(this.canvas, this.width, this.height);
      pen.clearRect(0, 0, this.width, this.height);
      if (!this.frame.ground.holder) return;
      if (options.other) this._difference(options.other, day);
      else this._ground();
      this._borders();
      if (!options.other) this._pressed();
      this._front();
      const places = options.show.places && !options.other ? this._places() : [];
      const units = options.show.units && !options.other ? this._units() : [];
      this.marks = [...places, ...units];
      if (options.show.names) this._names();  // below what stands on the map, which a name must not hide
      for (const place of places) this._place(place);
      for (const unit of units) this._unit(unit);
      if (options.show.strikes && !options.other) this._strikes();
      this._pockets();
      this._scale();
      if (options.cell !== null && options.cell !== undefined) this._mark(options.cell);
    }

    _square(cell) {
      return [cell % this.run.columns * this.unit, Math.floor(cell / this.run.columns) * this.unit, this.unit + 0.5,
        this.unit + 0.5];
    }

    _fill(cell, colour) { this.pen.fillStyle = colour; this.pen.fillRect(...this._square(cell)); }

    _ground() {
      const look = this.options.look, layer = this.options.layer;
      for (let cell = 0; cell < this.run.cells; cell++) {
        if (this._nobodys(cell)) this._fill(cell, Siege.nobodyFill(this.run.kindOf(cell), look));
        else this._fill(cell, layer === "holder" ? this._held(cell, look) : this._shaded(cell, layer, look));
      }
    }

    _nobodys(cell) { return this.frame.ground.holder[cell] === NOBODY; }

    _held(cell, look) {
      const holder = this.frame.ground.holder[cell], first = this.run.heldAtFirst(cell);
      if (holder === GARRISON) return first || this.run.kindOf(cell) === "bridge" ? Siege.sideFill(this.run, holder, look) : Siege.hatch(look.regained, look.regainedHatch, "dots");
      if (first) return Siege.hatch(look.lost, look.lostHatch, "stripes");
      return Siege.sideFill(this.run, holder, look);
    }

    _shaded(cell, layer, look) {
      const held = this.frame.ground.holder[cell] === GARRISON;
      const value = this.run.share(this.frame, layer, cell);
      if ((!held && layer !== "rubble") || value === null) return look.muted;
      const share = value / this.most(layer), shade = this.run.head.shades.find((entry) => entry.name === layer);
      return Siege.shade(look.ramp, shade.root ? Math.sqrt(share) : share);
    }

    // The largest value of the colour scale: all for shares, the most on day 0 for people.
    most(layer) {
      const shade = this.run.head.shades.find((entry) => entry.name === layer);
      if (!shade || shade.unit === "") return 1;
      const first = this.run.frames[0].ground[layer];
      return Math.max(1, first.reduce((most, value) => Math.max(most, value), 0) * shade.step);
    }

    _difference(other, day) {
      const look = this.options.look, there = other.at(day), layer = this.options.layer;
      const gaps = this._gaps(other, there, layer);
      this.reach = gaps && roundUp(gaps.reduce((most, gap) => Math.max(most, Math.abs(gap || 0)), 0));
      for (let cell = 0; cell < this.run.cells; cell++) {
        const one = this.frame.ground.holder[cell] === GARRISON, two = there.ground.holder[cell] === GARRISON;
        if (gaps && gaps[cell] !== null) {
          this._fill(cell, this._more(gaps[cell], look));
          if (this.frame.ground.holder[cell] >= THIRD_PARTY) this._fill(cell, Siege.sidePattern(this.frame.ground.holder[cell], look));
        }
        else if (one && two) this._fill(cell, gaps ? look.muted : Siege.sideFill(this.run, GARRISON, look));
        else if (one) this._fill(cell, Siege.hatch(look.oneOnly, look.oneOnlyHatch, "back"));
        else if (two) this._fill(cell, Siege.hatch(look.otherOnly, look.otherOnlyHatch, "stripes"));
        else if (this._nobodys(cell)) this._fill(cell, Siege.nobodyFill(this.run.kindOf(cell), look));
        else this._fill(cell, Siege.sideFill(this.run, Math.max(this.frame.ground.holder[cell], BESIEGER), look));
      }
    }

    // By how much a layer is larger in the other run, by cell; null where it cannot be compared, nothing for no layer.
    _gaps(other, there, layer) {
      if (layer === "holder") return null;
      const held = (frame, cell) => frame.ground.holder[cell] === GARRISON;
      return Array.from({ length: this.run.cells }, (_, cell) => {
        if (layer !== "rubble" && !(held(this.frame, cell) && held(there, cell))) return null;
        const one = this.run.share(this.frame, layer, cell), two = other.share(there, layer, cell);
        return one === null || two === null ? null : two - one;
      });
    }

    _more(gap, look) {
      return Siege.shade([look.oneOnlyHatch, look.oneOnly, look.muted, look.otherOnly, look.otherOnlyHatch],
        0.5 + 0.5 * gap / this.reach);
    }

    _edges(apart, colour, width, dashes) {
      const pen = this.pen, { columns, rows } = this.run, u = this.unit;
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.setLineDash(dashes || []);
      pen.lineCap = "square";
      pen.beginPath();
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          const cell = r * columns + c;
          if (c + 1 < columns && apart(cell, cell + 1)) { pen.moveTo((c + 1) * u, r * u); pen.lineTo((c + 1) * u, (r + 1) * u); }
          if (r + 1 < rows && apart(cell, cell + columns)) { pen.moveTo(c * u, (r + 1) * u); pen.lineTo((c + 1) * u, (r + 1) * u); }
        }
      }
      pen.stroke();
      pen.setLineDash([]);
    }

    _borders() {
      const quarter = this.run.quarter, holder = this.frame.ground.holder, look = this.options.look;
      const inside = (a, b) => holder[a] === GARRISON && holder[b] === GARRISON;
      this._edges((a, b) => quarter[a] !== quarter[b] && !inside(a, b), look.quarterOut, 1);
      this._edges((a, b) => quarter[a] !== quarter[b] && inside(a, b), look.quarter, 1.2);
    }

    _front() {
      const holder = this.frame.ground.holder, look = this.options.look, width = Math.max(1.8, this.unit / 9);
      const between = (one, other) => (a, b) =>
        (holder[a] === one && holder[b] === other) || (holder[a] === other && holder[b] === one);
      this._edges(between(GARRISON, BESIEGER), look.front, width);
      for (const party of this.run.thirdParties()) {
        this._edges(between(GARRISON, party), look.front, width * 0.75, [width * 2, width * 2]);
      }
    }

    _pressed() {
      const pressed = this.frame.ground.pressed;
      if (!pressed) return;
      const pen = this.pen, u = this.unit, inset = Math.max(2, u / 8);
      pen.strokeStyle = this.options.look.record;
      pen.lineWidth = Math.max(1.5, u / 12);
      for (let cell = 0; cell < pressed.length; cell++) {
        if (!pressed[cell]) continue;
        const [x, y] = this._square(cell);
        pen.strokeRect(x + inset, y + inset, u - 2 * inset, u - 2 * inset);
      }
    }

    // One symbol a side and cell: its area grows with the fighters; hollow in reserve, ringed when attacking.
    _units() {
      const groups = new Map();
      for (const unit of this.frame.units) {
        const key = unit.cell * 4 + unit.side;
        const group = groups.get(key) || { cell: unit.cell, side: unit.side, fit: 0, reserve: true, attacks: false };
        group.fit += unit.fit;
        group.reserve = group.reserve && unit.posture === 1;
        group.attacks = group.attacks || unit.posture === 2;
        groups.set(key, group);
      }
      return Array.from(groups.values(), (group) => {
        const [x, y] = this._square(group.cell);
        return Object.assign(group, { x: x + this.unit / 2, y: y + this.unit / 2,
          r: Math.min(0.36, 0.09 + 0.011 * Math.sqrt(group.fit)) * this.unit });
      });
    }

    _unit(group) {
      const pen = this.pen, look = this.options.look, u = this.unit, { x: cx, y: cy, r } = group, colour = group.side === GARRISON ? look.garrisonUnit : look.besiegerUnit;
      const path = () => {
        pen.beginPath();
        if (group.side === GARRISON) pen.arc(cx, cy, r, 0, 7); else pen.rect(cx - r * 0.9, cy - r * 0.9, r * 1.8, r * 1.8);
      };
      path();
      pen.lineWidth = Math.max(2.4, u / 9);
      pen.strokeStyle = look.unitEdge;
      pen.stroke();
      if (!group.reserve) { pen.fillStyle = colour; pen.fill(); }
      pen.lineWidth = Math.max(1.2, u / 18);
      pen.strokeStyle = colour;
      pen.stroke();
      if (group.attacks) {
        pen.beginPath();
        pen.moveTo(cx, cy - r - u * 0.2); pen.lineTo(cx - u * 0.13, cy - r * 0.85); pen.lineTo(cx + u * 0.13, cy - r * 0.85);
        pen.closePath();
        pen.fillStyle = colour; pen.fill();
      }
    }

    _strikes() {
      const impacts = this.frame.ground.impacts;
      if (!impacts) return;
      const pen = this.pen, look = this.options.look, u = this.unit;
      for (let cell = 0; cell < impacts.length; cell++) {
        if (!impacts[cell]) continue;
        const [x, y] = this._square(cell), r = Math.min(0.5, 0.22 + 0.06 * impacts[cell]) * u;
        pen.beginPath();
        for (let i = 0; i < 16; i++) {
          const far = i % 2 ? r * 0.45 : r, angle = i * Math.PI / 8;
          pen.lineTo(x + u * 0.7 + far * Math.cos(angle), y + u * 0.3 + far * Math.sin(angle));
        }
        pen.closePath();
        pen.fillStyle = look.strike; pen.strokeStyle = look.strikeEdge;
        pen.lineWidth = 1; pen.fill(); pen.stroke();
      }
    }

    _places() {
      const u = this.unit, size = Math.max(9, u * 0.42), seen = {}, found = [];
      if (u < 14) return found;
      this.run.head.facilities.forEach((place, i) => {
        const letter = this.run.head.places[place.kind].symbol, taken = seen[place.cell] = (seen[place.cell] || 0) + 1;
        if (taken > 4) return;
        const [x, y] = this._square(place.cell), spot = taken - 1;
        const left = x + 1 + (spot % 2) * (u - size - 2), top = y + u - size - 1 - Math.floor(spot / 2) * (u - size - 2);
        found.push({ x: left + size / 2, y: top + size / 2, r: size / 2, left, top, size, letter,
          state: this.frame.facilities ? this.frame.facilities[i] : 0 });
      });
      return found;
    }

    _place({ left, top, size, letter, state }) {
      const pen = this.pen, look = this.options.look, working = state === 0;
      pen.globalAlpha = state === 3 ? 0.35 : 0.95;
      pen.fillStyle = working ? look.paper : look.muted;
      pen.strokeStyle = working ? look.ink : look.faint;
      pen.lineWidth = 1;
      pen.beginPath();
      pen.rect(left, top, size, size);
      pen.fill(); pen.stroke();
      pen.fillStyle = working ? look.ink : look.faint;
      pen.font = "bold " + Math.round(size * 0.8) + "px sans-serif";
      pen.textAlign = "center"; pen.textBaseline = "middle";
      pen.fillText(letter, left + size / 2, top + size / 2 + 0.5);
      if (state === 1 || state === 2) {
        pen.strokeStyle = look.record; pen.lineWidth = Math.max(1.2, size / 8);
        pen.beginPath();
        pen.moveTo(left, top + size); pen.lineTo(left + size, top);
        if (state === 2) { pen.moveTo(left, top); pen.lineTo(left + size, top + size); }
        pen.stroke();
      }
      pen.globalAlpha = 1;
    }

    _write(text, x, y, size, align) {
      const pen = this.pen, look = this.options.look;
      pen.font = "600 " + size + "px system-ui, 'DejaVu Sans', sans-serif";
      pen.textAlign = align || "center"; pen.textBaseline = "middle";
      pen.lineJoin = "round"; pen.lineWidth = size / 3.2;
      pen.strokeStyle = look.halo; pen.strokeText(text, x, y);
      pen.fillStyle = look.ink; pen.fillText(text, x, y);
    }

    _names() {
      const size = Math.max(9, Math.min(this.unit * 0.44, this.options.large ? 22 : 15)), taken = [], pen = this.pen;
      const centres = this.run.centres || (this.run.centres = this.run.head.quarters.map((quarter, i) => {
        const cells = this.run.cellsOf(i);
        return { name: quarter.ground === "outside" ? "" : quarter.name, cells: cells.length, inside: quarter.holder === "garrison",
          at: cells.length ? this.run.centre(cells) : null };
      }).filter((entry) => entry.at && entry.name).sort((a, b) => b.inside - a.inside || b.cells - a.cells));
      for (const entry of centres) {
        if (!entry.inside && entry.cells < 12) continue;
        pen.font = "600 " + size + "px system-ui, 'DejaVu Sans', sans-serif";
        const half = pen.measureText(entry.name).width / 2;
        const x = Math.max(half + 2, Math.min(entry.at.x * this.unit, this.width - half - 2));
        const inside = (step) => Math.abs(entry.at.y * this.unit + step * size - this.height / 2) < (this.height - size) / 2;
        const steps = [0, 0.8, -0.8, 1.4, -1.4, 2.2, -2.2].filter((step) => inside(step) && !taken.some((box) =>
          Math.abs(box.x - x) < box.half + half + 3 && Math.abs(box.y - entry.at.y * this.unit - step * size) < size * 1.05));
        if (!steps.length) continue;
        const step = this._step(entry.name, steps, (one) => this._under(x, entry.at.y * this.unit + one * size, half, size / 2));
        const y = entry.at.y * this.unit + step * size;
        taken.push({ x, y, half });
        this._write(entry.name, x, y, size);
      }
    }

    // How far a name steps aside: as before while nothing hides it there, since units move and a name should not jump about.
    _step(name, steps, hidden) {
      const before = this.steps[name];
      if (steps.includes(before) && !hidden(before)) return before;
      const counts = steps.map(hidden);
      return this.steps[name] = steps[counts.indexOf(Math.min(...counts))];
    }

    // How many places and units a name would lie under.
    _under(x, y, half, high) {
      return this.marks.filter((mark) => Math.abs(mark.x - x) < half + mark.r && Math.abs(mark.y - y) < high + mark.r).length;
    }

    _pockets() {
      const pieces = this.run.pockets(this.frame), pen = this.pen, look = this.options.look;
      if (pieces.length < 2 || this.options.other) return;
      pieces.forEach((piece, i) => {
        const { x, y } = this.run.centre(piece), r = Math.max(8, this.unit * 0.42);
        pen.beginPath(); pen.arc(x * this.unit, y * this.unit, r, 0, 7);
        pen.fillStyle = look.paper; pen.fill();
        pen.strokeStyle = look.ink; pen.lineWidth = 1.5; pen.stroke();
        this._write(String(i + 1), x * this.unit, y * this.unit, r * 1.15);
      });
    }

    _scale() {
      const metres = [50, 100, 200, 500, 1000, 2000, 5000, 10000]
        .filter((length) => length <= 0.25 * this.run.columns * this.run.head.cell_size_m).pop() || 50;
      const long = metres / this.run.head.cell_size_m * this.unit, pen = this.pen, look = this.options.look;
      const right = this.width - 10, base = this.height - 10, size = this.options.large ? 15 : 11;
      pen.strokeStyle = look.halo; pen.lineWidth = 6;
      pen.beginPath(); pen.moveTo(right - long, base); pen.lineTo(right, base); pen.stroke();
      pen.strokeStyle = look.ink; pen.lineWidth = 2.5; pen.stroke();
      this._write(metres >= 1000 ? metres / 1000 + " km" : metres + " m", right - long / 2, base - size, size);
      this._write(Siege.t("N ↑"), right - size * 0.8, base - 2.6 * size, size);
    }

    _mark(cell) {
      const [x, y] = this._square(cell), pen = this.pen, look = this.options.look;
      pen.strokeStyle = look.paper; pen.lineWidth = 4; pen.strokeRect(x, y, this.unit, this.unit);
      pen.strokeStyle = look.ink; pen.lineWidth = 2; pen.strokeRect(x, y, this.unit, this.unit);
    }

    cellAt(x, y) {
      const column = Math.floor(x / this.unit), row = Math.floor(y / this.unit);
      if (!this.run || column < 0 || row < 0 || column >= this.run.columns || row >= this.run.rows) return null;
      return row * this.run.columns + column;
    }
  }

  Siege.CityMap = CityMap;
})();

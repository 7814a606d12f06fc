// A run on the page: its head, and a frame for each day. docs/dashboard.md describes the format.
"use strict";
(function () {
  const later = Siege.later;
  const NOBODY_THERE = 255;
  const NOBODY = 0, GARRISON = 1, BESIEGER = 2, THIRD_PARTY = 3;  // further third parties have the numbers above
  const POSTURES = [later("holding"), later("in reserve"), later("assaulting")];
  const STATES = [later("working"), later("damaged"), later("destroyed"), later("outside the pocket"), later("closed")];
  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December"];
  const WIDE = { civilians: 2, killed: 2, left: 2, defenders: 2 };
  const GROUND = ["holder", "civilians", "hunger", "danger", "rubble", "entrenchment", "impacts", "shells", "pressed",
    "killed", "left", "defenders"];

  function unpack(text, bytes) {
    const raw = atob(text);
    const octets = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) octets[i] = raw.charCodeAt(i);
    if (bytes !== 2) return octets;
    const wide = new Uint16Array(octets.length / 2);
    for (let i = 0; i < wide.length; i++) wide[i] = octets[2 * i] + 256 * octets[2 * i + 1];
    return wide;
  }

  class Run {
    // id: what tells it from every other run of its page.
    constructor(head, id) {
      if (head.format !== 2) throw new Error("this page draws frames of format 2, not " + head.format);
      this.head = head;
      this.id = id;
      this.rows = head.rows;
      this.columns = head.columns;
      this.cells = head.rows * head.columns;
      this.quarter = unpack(head.quarter, 2);
      this.frames = [];
      this.events = [];
      this.curves = {};
      this.column = {};
      head.outcomes.forEach((outcome, i) => { this.column[outcome.name] = i; });
    }

    get last() { return this.frames.length - 1; }

    // A frame follows the one before; a day without a map of its own keeps the last one that is known.
    add(frame) {
      if (frame.day !== this.frames.length) return false;
      const before = this.frames[this.last];
      const own = frame.holder !== undefined;
      const made = { day: frame.day, ending: frame.ending, values: frame.values, ground: {},
        mapDay: own ? frame.day : before ? before.mapDay : frame.day };
      for (const name of GROUND) {
        if (frame[name] !== undefined) made.ground[name] = unpack(frame[name], WIDE[name]);
        else if (before && !own) made.ground[name] = before.ground[name];
      }
      made.units = frame.units !== undefined ? this._units(frame.units) : [];
      made.hasUnits = frame.units !== undefined;
      made.facilities = frame.facilities !== undefined ? unpack(frame.facilities) : null;
      made.firstEvent = this.events.length;
      for (const event of frame.events) this.events.push(Object.assign({ day: frame.day }, event));
      made.endEvent = this.events.length;
      this.frames.push(made);
      return true;
    }

    _units(text) {
      const table = unpack(text, 2), units = [];
      for (let i = 0; i < table.length; i += 4) {
        const what = table[i + 2];
        units.push({ cell: table[i], fit: table[i + 1], side: what & 3, posture: (what >> 2) & 7,
          faction: what >> 5, cohesion: table[i + 3] / 1000 });
      }
      return units;
    }

    // The frame of a day; of the last day there is when the run was over before.
    at(day) { return this.frames[Math.max(0, Math.min(day, this.last))]; }

    over() {
      const frame = this.frames[this.last];
      return !!frame && (frame.ending !== "holding" || frame.day >= this.head.days);
    }

    value(day, outcomes) {
      if (day < 0 || day > this.last) return null;
      return this.curve(outcomes).values[day];
    }

    // The values of a line on all days so far, and the largest of them; only new days are added up.
    curve(outcomes) {
      const key = outcomes.join("+"), curve = this.curves[key] || (this.curves[key] = { values: [], most: 0 });
      for (let day = curve.values.length; day <= this.last; day++) {
        const value = this._sum(this.frames[day].values, outcomes);
        curve.values.push(value);
        if (value !== null) curve.most = Math.max(curve.most, value);
      }
      return curve;
    }

    _sum(values, outcomes) {
      let sum = 0;
      for (const name of outcomes) {
        const value = values[this.column[name]];
        if (value === null || value === undefined) return null;
        sum += value;
      }
      return sum;
    }

    share(frame, name, cell) {
      const layer = frame.ground[name];
      if (!layer) return null;
      const raw = layer[cell];
      if (name === "hunger" && raw === NOBODY_THERE) return null;
      const shade = this.head.shades.find((entry) => entry.name === name);
      return raw * (shade ? shade.step : 1);
    }

    // The side with a code: its name, and what it and its ground are called.
    side(code) {
      return code === NOBODY ? { name: "nobody", the: later("nobody"), heading: later("Nobody"), colour: null } : this.head.sides[code - 1];
    }

    // Whether a side held ground on day 0.
    holds(code) { return this.head.quarters.some((quarter) => quarter.holder === this.side(code).name); }

    // The codes of the third parties.
    thirdParties() { return this.head.sides.map((_, i) => i + 1).filter((code) => code >= THIRD_PARTY); }

    // The kind of a cell's ground, and the kinds that nobody holds or may come to hold.
    kindOf(cell) { return this.head.quarters[this.quarter[cell]].ground || ""; }

    nobodysKinds() {
      const kinds = new Set(this.head.quarters.map((quarter) => quarter.ground));
      return Object.keys(Siege.NOBODYS).filter((kind) => kinds.has(kind));
    }

    heldAtFirst(cell) { return this.frames[0].ground.holder[cell] === GARRISON; }

    // The pieces of the pocket, corners connecting, largest first; scraps of fewer than three cells are left out.
    pockets(frame) {
      if (frame.pieces) return frame.pieces;
      const holder = frame.ground.holder, seen = new Uint8Array(this.cells), pieces = [];
      for (let start = 0; start < this.cells; start++) {
        if (seen[start] || holder[start] !== GARRISON) continue;
        const piece = [start];
        seen[start] = 1;
        for (let i = 0; i < piece.length; i++) {
          for (const next of this.around(piece[i])) {
            if (!seen[next] && holder[next] === GARRISON) { seen[next] = 1; piece.push(next); }
          }
        }
        if (piece.length >= 3) pieces.push(piece);
      }
      frame.pieces = pieces.sort((one, other) => other.length - one.length);
      return frame.pieces;
    }

    around(cell) {
      const row = Math.floor(cell / this.columns), column = cell % this.columns, near = [];
      for (let r = Math.max(row - 1, 0); r <= Math.min(row + 1, this.rows - 1); r++) {
        for (let c = Math.max(column - 1, 0); c <= Math.min(column + 1, this.columns - 1); c++) {
          if (r !== row || c !== column) near.push(r * this.columns + c);
        }
      }
      return near;
    }

    // The middle of the cell nearest to the centre of some cells.
    centre(cells) {
      let x = 0, y = 0;
      for (const cell of cells) { x += cell % this.columns; y += Math.floor(cell / this.columns); }
      x /= cells.length; y /= cells.length;
      let best = cells[0], nearest = Infinity;
      for (const cell of cells) {
        const far = (cell % this.columns - x) ** 2 + (Math.floor(cell / this.columns) - y) ** 2;
        if (far < nearest) { nearest = far; best = cell; }
      }
      return { x: best % this.columns + 0.5, y: Math.floor(best / this.columns) + 0.5 };
    }

    cellsOf(quarter) {
      const cells = [];
      for (let i = 0; i < this.cells; i++) if (this.quarter[i] === quarter) cells.push(i);
      return cells;
    }

    date(day) {
      const when = new Date(this.head.start + "T00:00:00Z");
      when.setUTCDate(when.getUTCDate() + day);
      return when;
    }

    fullDate(day) {
      const when = this.date(day);
      return Siege.calendar(when, false) || when.getUTCDate() + " " + MONTHS[when.getUTCMonth()] + " " + when.getUTCFullYear();
    }

    shortDate(day) {
      const when = this.date(day);
      return Siege.calendar(when, true) || when.getUTCDate() + " " + MONTHS[when.getUTCMonth()].slice(0, 3);
    }

    // An event and the earlier ones that led to it, the earliest first.
    chain(event) {
      const steps = [event];
      while (steps[0].because !== null && steps[0].because !== undefined && steps.length < 50) {
        const earlier = this.events[steps[0].because];
        if (!earlier || earlier.number !== steps[0].because) break;
        steps.unshift(earlier);
      }
      return steps;
    }
  }

  Siege.Run = Run;
  Siege.words = { POSTURES, STATES, NOBODY, GARRISON, BESIEGER, THIRD_PARTY, NOBODY_THERE };

  // The rule for numbers, with the same operations as in results/numbers.py, which explains it.
  function figures(size) {
    if (size < 1e-9) return "0";
    let places = 0;
    while (size * 10 ** places < 100 && places < 11) places++;
    return halfUp(size, places);
  }

  function halfUp(size, places) {
    const rounded = Math.floor(size * 10 ** places + 0.5) / 10 ** places;
    return rounded.toLocaleString(Siege.locale, { maximumFractionDigits: places });
  }

  function share(size) {
    const text = figures(size), rest = 100 - size;
    let places = 1;
    if (text !== "100" || rest < 1e-9) return text;
    while (rest * 10 ** places < 1 && places < 11) places++;
    return halfUp(size, places);
  }

  function written(size) {
    if (size < 999999.5) return figures(size);
    return size >= 999.5e6 ? Siege.t("{number} billion", { number: figures(size / 1e9) }) : Siege.t("{number} million", { number: figures(size / 1e6) });
  }

  Siege.number = function (value, percent) {
    if (value === null || value === undefined || !isFinite(value)) return "-";
    const size = Math.abs(value), text = percent ? share(100 * size) + " %" : written(size);
    return (value < 0 && /[1-9]/.test(text) ? "-" : "") + text;
  };
})();

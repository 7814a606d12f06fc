// How things look: colours that can be told apart by hue and by lightness, on light and on dark ground.
"use strict";
(function () {
  const LIGHT = {
    dark: false, paper: "#ffffff", ink: "#1a1a1a", faint: "#5c5c5c", rule: "#dcdcdc", halo: "rgba(255,255,255,.85)",
    garrison: "#3d9e82", lost: "#f2a47f", lostHatch: "#7a3010", besieger: "#f0ece3",
    thirdParties: [["#e3bd4f", "#7d5f00", "dots"], ["#b9a3d6", "#4b2f75", "stripes"], ["#9cc9e8", "#1f5a86", "back"],
      ["#d8d8d8", "#5a5a5a", "dots"]], water: "#bccbd6", rough: "#e4e2de", roughHatch: "#a29d94", cut: "#4a5a66", regained: "#8fd0ba", regainedHatch: "#0b4a38",
    quarter: "rgba(255,255,255,.8)", quarterOut: "rgba(90,80,60,.22)", front: "#1a1a1a",
    garrisonUnit: "#0b3d2e", besiegerUnit: "#2b4f9e", unitEdge: "#ffffff", strike: "#1a1a1a", strikeEdge: "#ffd23f",
    record: "#c4500a", guess: "#6a3fb5", ramp: ["#fff6df", "#fdca78", "#ef8350", "#b83a5b", "#4d1260"], muted: "#ece9e2",
    oneOnly: "#7cc3ee", oneOnlyHatch: "#00507d", otherOnly: "#f2a47f", otherOnlyHatch: "#7a3010",
    lines: ["#0b6e57", "#0072b2", "#8a5a00", "#a03a7c"],
  };
  const DARK = {
    dark: true, paper: "#191816", ink: "#f0eee9", faint: "#b0aca3", rule: "#45433e", halo: "rgba(20,19,17,.85)",
    garrison: "#2f8f73", lost: "#8a4a2a", lostHatch: "#f0b08f", besieger: "#34322d",
    thirdParties: [["#927323", "#f0d890", "dots"], ["#6a5590", "#d9c8f5", "stripes"], ["#3f6d8c", "#c4e4ff", "back"],
      ["#5d5a53", "#d8d4c8", "dots"]], water: "#2a3a47", rough: "#2b2925", roughHatch: "#6b665c", cut: "#a9bccb", regained: "#5fb39a", regainedHatch: "#e0fff5",
    quarter: "rgba(255,255,255,.35)", quarterOut: "rgba(255,255,255,.12)", front: "#ffffff",
    garrisonUnit: "#c9f5e6", besiegerUnit: "#9cc4ff", unitEdge: "#101010", strike: "#ffffff", strikeEdge: "#c4500a",
    record: "#ff9a5c", guess: "#d9c2ff", ramp: ["#2a1836", "#6d2463", "#c04f57", "#f39a56", "#fff1c9"], muted: "#2a2825",
    oneOnly: "#2f6f98", oneOnlyHatch: "#bfe4ff", otherOnly: "#9a5530", otherOnlyHatch: "#ffd0b5",
    lines: ["#6fd3b5", "#7cc3ee", "#e6b84f", "#e79ac9"],
  };

  // How ground of a side is filled: in the scenario's colour where it gives one.
  Siege.sideFill = function (run, code, look) {
    const { NOBODY, GARRISON, BESIEGER, THIRD_PARTY } = Siege.words;
    if (code === NOBODY) return look.paper;
    const own = run.side(code).colour;
    if (code < THIRD_PARTY) return own || (code === GARRISON ? look.garrison : look.besieger);
    const [colour, hatch, style] = look.thirdParties[(code - THIRD_PARTY) % look.thirdParties.length];
    return Siege.hatch(own || colour, hatch, style);
  };

  // The pattern of a third party alone, to lie over another fill.
  Siege.sidePattern = function (code, look) {
    const [, hatch, style] = look.thirdParties[(code - Siege.words.THIRD_PARTY) % look.thirdParties.length];
    return Siege.hatch("#00000000", hatch, style);
  };

  // What ground that nobody holds is called, by its kind; a bridge is nobody's while it is cut.
  Siege.NOBODYS = { water: Siege.later("water"), bridge: Siege.later("bridge, cut"), impassable: Siege.later("impassable ground"), outside: Siege.later("outside the city") };

  // How it is filled; what lies outside the city is left blank.
  Siege.nobodyFill = function (kind, look) {
    if (kind === "water") return look.water;
    if (kind === "bridge") return Siege.hatch(look.water, look.cut, "stripes");
    return kind === "impassable" ? Siege.hatch(look.rough, look.roughHatch, "back") : look.paper;
  };

  Siege.look = function (theme) {
    const dark = theme === "dark" ||
      (theme !== "light" && window.matchMedia && window.matchMedia("(prefers-color-scheme: dark)").matches);
    return dark ? DARK : LIGHT;
  };

  function channels(colour) { return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16)); }

  // A colour on a ramp of colours, for a share from 0 to 1.
  Siege.shade = function (ramp, share) {
    const place = Math.max(0, Math.min(share, 1)) * (ramp.length - 1), low = Math.min(Math.floor(place), ramp.length - 2);
    const one = channels(ramp[low]), other = channels(ramp[low + 1]), part = place - low;
    return "rgb(" + one.map((value, i) => Math.round(value + part * (other[i] - value))).join(",") + ")";
  };

  // A fill with stripes, so that its colour is not the only sign.
  const hatches = {};
  Siege.hatch = function (ground, stripes, style) {
    const key = ground + stripes + style;
    if (hatches[key]) return hatches[key];
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.fillStyle = ground;
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = pen.fillStyle = stripes;
    pen.lineWidth = 1;
    pen.globalAlpha = 0.75;
    pen.beginPath();
    if (style === "dots") { pen.arc(4, 4, 1, 0, 7); pen.fill(); }
    else if (style === "back") { pen.moveTo(-2, -2); pen.lineTo(10, 10); pen.stroke(); }
    else { pen.moveTo(-2, 10); pen.lineTo(10, -2); pen.stroke(); }
    hatches[key] = pen.createPattern(tile, "repeat");
    return hatches[key];
  };

  // A canvas that is sharp on every screen; returns its pen, in CSS pixels.
  Siege.pen = function (canvas, width, height) {
    const ratio = window.devicePixelRatio || 1;
    const wide = Math.round(width * ratio), high = Math.round(height * ratio);
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide; canvas.height = high;
      canvas.style.width = width + "px"; canvas.style.height = height + "px";
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    return pen;
  };

  // An element with attributes and children; text is only ever text.
  Siege.el = function (tag, attributes) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    for (const child of Array.prototype.slice.call(arguments, 2)) {
      if (child !== null && child !== undefined) element.append(child);
    }
    return element;
  };
})();

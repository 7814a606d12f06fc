// What stands above the map: four large numbers, the sentence of the day, and what a story has come to; and a menu.
"use strict";
(function () {
  const el = Siege.el, later = Siege.later;
  const NUMBERS = [["garrison_area_share", later("ground held"), true], ["civilians_in_pocket", later("people inside"), false],
    ["civilians_killed", later("civilians killed"), false], ["food_days_left", later("days of food"), false]];

  // Arrange what the viewer has built: numbers and sentence above the map, signs in a menu, key events on the bar.
  Siege.arrange = function (viewer) {
    const p = viewer.parts, numbers = el("dl", { class: "numbers" });
    p.headline = el("div", { class: "day-head" });
    p.maps.before(p.headline);
    p.headline.append(numbers, p.summary);
    const signs = el("div", {});
    p.toggles[0].before(el("details", { class: "menu" }, el("summary", {}, Siege.t("Signs")), signs));
    signs.append(...p.toggles);
    viewer.root.querySelector(".bar").classList.add("sticky");
    viewer.followers = [];
    Siege.addStory(viewer);
    let narrow = null;
    viewer.followers.push(() => {
      if (narrow !== viewer.narrow) {
        narrow = viewer.narrow;
        if (narrow) p.maps.after(p.headline); else p.maps.before(p.headline);
        if (narrow) p.compare.before(p.speed); else p.nextEvent.after(p.speed);
      }
      numbers.replaceChildren(...NUMBERS.filter(([name]) => name in viewer.runs[0].column).map((about) => numberOf(viewer, about)));
    });
  };

  function numberOf(viewer, [name, label, percent]) {
    const texts = viewer.runs.map((run) => Siege.number(run.value(Math.min(viewer.day, run.last), [name]), percent));
    const values = texts.length > 1 ? texts.map((text, side) => el("span", {}, el("small", {}, "AB"[side] + " "), text + " ")) : texts;
    return el("div", {}, el("dt", {}, Siege.t(label)), el("dd", {}, ...values));
  }
})();

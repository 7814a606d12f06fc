// A card of a lesson beside the viewer: only its charts, the guess drawn on them, and a step that is played to its day.
"use strict";
(function () {
  const el = Siege.el;

  // Play on until something is the case, at full speed if there is hurry; whoever pauses or goes elsewhere ends it.
  Siege.playUntil = function (viewer, reached, hurry) {
    viewer.until = null;
    if (!viewer.playing) viewer.play(true);
    viewer.until = reached;
    viewer.hurry = Boolean(hurry);
  };

  // Called whenever a day was drawn: end a play that was to end here.
  Siege.checkUntil = function (viewer) {
    for (const follow of viewer.followers || []) follow();
    if (viewer.until && (viewer.until() || (viewer.over() && viewer.day >= viewer.end()))) {
      viewer.until = null;
      if (viewer.playing) viewer.play(false);
    }
    const card = viewer.card, task = card && card.task;
    if (!task || task.done || !task.started || !dayReached(viewer, task)) return;
    task.done = true;
    viewer.live.taskDone(card.serial);
  };

  function dayReached(viewer, task) {
    return task.go_to === null || viewer.day >= task.go_to || (viewer.over() && viewer.day >= viewer.end());
  }

  // Show what belongs to a card; its task waits until the page has the runs that it is about.
  Siege.showCard = function (viewer, card) {
    const given = card && card.serial !== undefined ? card : null;
    const before = viewer.card;
    viewer.card = given;
    if (given && before && before.serial === given.serial) { given.task = before.task; return; }
    if (given && !Object.keys(given.task || {}).length) given.task = null;
    Siege.fitCharts(viewer);
    Siege.tryTask(viewer);
    if (viewer.runs.length) viewer.redraw();
  };

  Siege.tryTask = function (viewer) {
    const task = viewer.card && viewer.card.task;
    if (!task || task.started || String(viewer.runs.map((run) => run.id)) !== String(task.runs)) return;
    task.started = true;
    if (task.layer) viewer.layer = viewer.parts.layers.value = task.layer;
    viewer.compare = Boolean(task.difference && viewer.runs.length > 1);
    if (task.go_to === null) { viewer.redraw(); return; }
    viewer.play(false);
    if (viewer.end() >= task.go_to || viewer.over()) viewer.goTo(task.go_to);
    else { viewer.goTo(viewer.end()); Siege.playUntil(viewer, () => viewer.day >= task.go_to, true); }
  };

  // Hide the charts that the card does not need, and write its guess under the one that it is drawn on.
  Siege.fitCharts = function (viewer) {
    const wanted = viewer.card && viewer.card.charts.length ? viewer.card.charts : null;
    for (const chart of viewer.charts || []) {
      chart.box.hidden = wanted !== null && !wanted.includes(chart.chart.name);
      chart.marks = viewer.card ? Siege.guessesOn(chart.chart, viewer.card.marks) : [];
      if (!chart.guess) chart.box.append(chart.guess = el("p", { class: "guess" }));
      chart.guess.hidden = !chart.marks.length;
    }
  };

  Siege.writeGuesses = function (viewer, chart) {
    if (!chart.marks || !chart.marks.length) return;
    const text = chart.marks.map((mark) => Siege.guessText(chart.chart, mark, viewer.runs)).join(" ");
    if (chart.guess.textContent !== text) chart.guess.textContent = text;
  };
})();

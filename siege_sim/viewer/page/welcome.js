// The first minute on a live page: what this is, where and when it plays, and two buttons.
"use strict";
(function () {
  const el = Siege.el, t = Siege.t;

  // Shown above a siege that has not been watched yet; gone once somebody plays, goes elsewhere or takes a lesson.
  Siege.addWelcome = function (viewer, lesson, takeLesson) {
    const title = el("h2", {}), when = el("p", { class: "begins" });
    const watch = el("button", { type: "button", class: "main", onclick: () => { viewer.play(true); viewer.parts.play.focus(); } }, t("Watch the siege"));
    const take = el("button", { type: "button", onclick: takeLesson }, t("Take lesson 1"));
    take.title = lesson;
    const box = el("section", { class: "welcome", "aria-label": t("Welcome") }, title,
      el("p", {}, t("In a siege, an armed force surrounds a place, so that people, food and arms hardly come in or out any more. " +
        "This page plays one possible course of it day by day: who holds which ground, what people eat, who is killed and who leaves. " +
        "It is a model, not a record.")),
      when, el("p", {}, watch, " ", lesson ? take : null));
    viewer.root.querySelector(".bar").before(box);
    viewer.watched = new Set();
    const follow = () => {
      const run = viewer.runs[0];
      if (!run) { box.hidden = true; return; }
      if (viewer.day > 0 || viewer.playing || viewer.card || viewer.runs.length > 1) viewer.watched.add(run.id);
      box.hidden = viewer.watched.has(run.id);
      if (box.hidden || box.dataset.run === String(run.id)) return;
      box.dataset.run = run.id;
      title.textContent = t(run.head.title);
      when.textContent = t("It begins on {date} and is played for {days} days at most.", { date: run.fullDate(0), days: run.head.days });
    };
    box.hidden = true;
    (viewer.followers = viewer.followers || []).push(follow);
  };
})();

// Story mode: plays to the next key event, says what happened and why, and waits. Key events are ticks on the bar of days.
"use strict";
(function () {
  const el = Siege.el, t = Siege.t;
  const KEY = new RegExp("^(quarter_lost|pocket_|ordered_withdrawal|group_|deal_|agreement|armed_group|aid_convoy|convoy_|" +
    "airdrop|pause|ceasefire_began|crossings_opened|road_|food_ended|siege_broken|relief_|reinforcements|outside_|medical_|" +
    "assault_began|hospital_destroyed|evacuated|change|posture|first_)");
  const MOST = 3;

  // The key events of a day of a run, each kind and place once; the first ground that is lost is one.
  Siege.keyEvents = function (run, day) {
    if (day > run.last || day < 1) return [];
    const frame = run.at(day), found = [];
    for (let i = frame.firstEvent; i < frame.endEvent; i++) {
      const event = run.events[i];
      if (event.kind === "ground_lost" && run.firstLoss === undefined) run.firstLoss = event.number;
      if (KEY.test(event.kind) || event.number === run.firstLoss) found.push(event);
    }
    return found;
  };

  function keyEventsOn(viewer, day) {
    return viewer.runs.flatMap((run, side) => Siege.keyEvents(run, day).map((event) => ({ run, side, event })));
  }

  Siege.addStory = function (viewer) {
    const p = viewer.parts;
    p.story = el("div", { class: "story", hidden: "" });
    p.headline.append(p.story);
    p.nextEvent = el("button", { type: "button", title: t("Play to the next event (N)"), onclick: () => Siege.playToEvent(viewer) }, t("Next event"));
    p.speed.before(p.nextEvent);
    p.ticks = el("span", { class: "ticks", "aria-hidden": "true" });
    const track = el("span", { class: "track" });
    p.scrub.replaceWith(track);
    track.append(p.scrub, p.ticks);
    viewer.followers.push(() => { drawTicks(viewer); if (viewer.told !== viewer.day) p.story.hidden = true; });
  };

  Siege.playToEvent = function (viewer) {
    if (viewer.over() && viewer.day >= viewer.end()) { viewer.goTo(0); }
    const from = viewer.day;
    Siege.playUntil(viewer, () => {
      if (viewer.day <= from) return false;
      const events = keyEventsOn(viewer, viewer.day);
      if (events.length) tell(viewer, events);
      return events.length > 0;
    });
  };

  // What happened and why, in the words of the events.
  function tell(viewer, events) {
    const p = viewer.parts, more = events.length - MOST;
    viewer.told = viewer.day;
    p.story.replaceChildren(...events.slice(0, MOST).map(({ run, side, event }) => lineOf(viewer, run, side, event)),
      ...(more > 0 ? [el("p", {}, t("And {more} more under “What happened”.", { more }))] : []));
    p.story.hidden = false;
    p.story.scrollIntoView({ block: "nearest" });
  }

  function lineOf(viewer, run, side, event) {
    const before = event.because === null || event.because === undefined ? null : run.events.find((one) => one.number === event.because);
    const name = viewer.runs.length > 1 ? "AB"[side] + ": " : "", what = Siege.sentence(event.what);
    return el("p", {}, el("b", {}, run.shortDate(event.day) + ": "), name + what.slice(0, 1).toUpperCase() + what.slice(1) + ".",
      event.cause ? el("span", { class: "cause" }, before ? t(" Why: {cause}; before it, on {date}, {what}.", { cause: Siege.sentence(event.cause),
        date: run.shortDate(before.day), what: Siege.sentence(before.what) }) : t(" Why: {cause}.", { cause: Siege.sentence(event.cause) })) : null);
  }

  function drawTicks(viewer) {
    const p = viewer.parts, run = viewer.runs[0], most = Number(p.scrub.max);
    const key = run.id + "/" + run.last + "/" + most;
    if (p.ticks.dataset.key === key) return;
    p.ticks.dataset.key = key;
    const days = Array.from({ length: Math.min(run.last, most) }, (_, i) => i + 1).filter((day) => Siege.keyEvents(run, day).length);
    p.ticks.replaceChildren(...days.map((day) => el("i", { style: "left:calc(8px + (100% - 16px) * " + day / most + ")" })));
  }
})();

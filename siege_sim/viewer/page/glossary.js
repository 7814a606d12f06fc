// Terms that are explained where they stand: with the pointer over them, on focus, and by a tap. Escape puts it away.
"use strict";
(function () {
  const el = Siege.el;
  const SLOW = 250;  // milliseconds in which the pointer can move onto the explanation

  Siege.glossary = Siege.glossary || {};  // by term: its meaning in English
  // Charts whose headings are terms.
  Siege.CHART_TERMS = { area: "Pocket", fates: "Displaced, left, evacuated", dead: "Excess deaths", eaten: "kcal", condemnation: "Condemnation",
    impacts: "Heavy impact" };

  // A text that is explained; the text alone where the glossary does not have the term.
  Siege.term = function (term, text) {
    const meaning = Siege.glossary[term];
    return meaning ? el("span", { role: "button", tabindex: 0, class: "siege-term", "data-meaning": Siege.t(meaning) }, text) : text;
  };

  let tip = null, shown = null, timer = null;

  function box() {
    if (!tip) {
      tip = el("div", { class: "siege-meaning", id: "siege-meaning", role: "tooltip", hidden: "" });
      tip.addEventListener("mouseenter", () => clearTimeout(timer));
      tip.addEventListener("mouseleave", later);
    }
    if (!tip.isConnected) document.body.append(tip);
    return tip;
  }

  function show(term) {
    clearTimeout(timer);
    if (shown === term) return;
    put();
    shown = term;
    const made = box();
    made.textContent = term.dataset.meaning;
    made.hidden = false;
    place();
    term.setAttribute("aria-describedby", made.id);
  }

  // Below the term, or above it where there is no room.
  function place() {
    if (!shown) return;
    if (!shown.isConnected) { put(); return; }
    const made = box(), at = shown.getBoundingClientRect(), wide = document.documentElement.clientWidth;
    made.style.left = Math.max(8, Math.min(at.left, wide - made.offsetWidth - 8)) + "px";
    const below = at.bottom + 4 + made.offsetHeight <= window.innerHeight;
    made.style.top = (below ? at.bottom + 4 : Math.max(4, at.top - made.offsetHeight - 4)) + "px";
  }

  function later() { clearTimeout(timer); timer = setTimeout(put, SLOW); }

  // Put the explanation away.
  function put() {
    clearTimeout(timer);
    if (shown) shown.removeAttribute("aria-describedby");
    shown = null;
    if (tip) tip.hidden = true;
  }

  function onKey(event) {
    const term = termOf(event), again = term && (event.key === "Enter" || event.key === " ");
    if (!again && !(shown && event.key === "Escape")) return;
    event.preventDefault(); event.stopPropagation();
    if (again) show(term); else put();
  }

  const termOf = (event) => event.target instanceof Element ? event.target.closest(".siege-term") : null;

  // Listens once for all terms of the page, also for those in texts that come later.
  if (!window.siegeTerms) {
    window.siegeTerms = true;
    for (const name of ["mouseover", "focusin", "click"]) {
      document.addEventListener(name, (event) => { const term = termOf(event); if (term) show(term); else if (name === "click" && event.target !== tip) put(); }, true);
    }
    document.addEventListener("mouseout", (event) => { if (shown && termOf(event) === shown && document.activeElement !== shown) later(); }, true);
    document.addEventListener("focusout", (event) => { if (termOf(event) === shown) later(); }, true);
    document.addEventListener("keydown", onKey, true);
    document.addEventListener("scroll", place, true);
  }
})();

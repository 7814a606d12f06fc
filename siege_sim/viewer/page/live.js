// The viewer on a live page: it requests frames, the server sends them, and never more than one request is open.
// Storage may be full or switched off; then nothing is remembered.
function recall(storage, name) {
  try { return storage.getItem(name) || ""; } catch (error) { return ""; }
}

// What the frame draws anew without names, or with states of what has no role.
function nameFrame() {
  for (const menu of document.querySelectorAll(".v-app-bar__nav-icon:not([aria-label])")) menu.setAttribute("aria-label", Siege.t("Lessons and levers"));
  for (const panel of document.querySelectorAll("div.v-expansion-panel[aria-expanded]")) panel.removeAttribute("aria-expanded");
}

// What the frame of the page lacks: zoom, names, and a short way past what stands beside the siege.
function makeAccessible(viewer) {
  const view = document.querySelector("meta[name=viewport]");
  if (view) view.setAttribute("content", "width=device-width, initial-scale=1");
  nameFrame();
  viewer.frame = new MutationObserver(nameFrame);
  viewer.frame.observe(document.body, { childList: true, subtree: true, attributeFilter: ["aria-expanded"] });
  const skip = Siege.el("a", { href: "#", class: "siege-skip", onclick: (event) => {
    event.preventDefault();
    viewer.parts.play.focus();
  } }, Siege.t("To the siege"));
  document.body.prepend(skip);
}

function remember(name, text) {
  for (const storage of [sessionStorage, localStorage]) {
    try { storage.setItem(name, text); } catch (error) { continue; }
  }
}

// The end of the address, if it says a state or a teacher's secret; then it is taken off, so that to load the page again keeps what was done.
function takeHash() {
  const hash = location.hash, values = new URLSearchParams(hash.replace(/^#/, ""));
  if (!values.toString()) return { link: "", teacher: "", view: "" };
  history.replaceState(null, "", location.pathname + location.search);
  const teacher = values.get("teacher") || "";
  values.delete("teacher");
  return { link: values.toString() ? hash.slice(0, MOST_LINK + 1) : "", teacher: teacher, view: hash };
}

// The language that the reader has chosen, else that of the server, else the first that the browser wishes and that there is.
function wishedLanguage(given) {
  const known = ["en", ...Object.keys(Siege.catalogues)];
  const wishes = [recall(localStorage, "siege-language"), given, ...(navigator.languages || []).map((one) => one.slice(0, 2))];
  return wishes.find((one) => known.includes(one)) || "en";
}

// The choice of a language, at the foot of the page; the page is loaded again and comes back to its day.
function addLanguages(viewer) {
  const option = (code, name) => Siege.el("option", { value: code, lang: code, selected: code === Siege.language ? "" : null }, name);
  const select = Siege.el("select", { onchange: () => {
    try { localStorage.setItem("siege-language", select.value); } catch (error) { return; }
    location.reload();
  } }, option("en", "English"), ...Object.values(Siege.catalogues).map((one) => option(one.language, one.name)));
  viewer.parts.note.after(Siege.el("p", { class: "languages" }, Siege.el("label", {}, Siege.t("Language"), " ", select)));
}

const MOST_LINK = 8000;  // characters; of a longer link just enough is sent to be refused

module.exports = {
  mounted() {
    // A tab keeps what it shows; a new one begins where the one before it in this browser was left.
    const own = recall(sessionStorage, "siege-tab"), kept = own ? sessionStorage : localStorage;
    const tab = own || Array.from(crypto.getRandomValues(new Uint8Array(16)),
      (byte) => byte.toString(16).padStart(2, "0")).join("");
    const last = own ? "" : recall(localStorage, "siege-tab"), saved = recall(kept, "siege-saved");
    this.dayBefore = Number(recall(kept, "siege-day"));
    remember("siege-tab", tab);
    Siege.speak(wishedLanguage(this.language));
    this.viewer = new Siege.Viewer(this.$refs.viewer, {
      live: { requestDay: (day) => { if (!window.siegePaused) this.request(day); }, dayShown: (day) => { this.saveDay(); this.day_shown(day); },
        playPairs: () => this.play_pairs(), stopPairs: () => this.stop_pairs(),
        taskDone: (serial) => this.task_done(serial), themeChanged: (dark) => { this.$vuetify.theme.dark = dark; } },
    });
    window.siegeViewer = this.viewer;
    Siege.addWelcome(this.viewer, this.first_lesson, () => this.take_lesson());
    Siege.showCard(this.viewer, JSON.parse(JSON.stringify(this.card)));
    addLanguages(this.viewer);
    makeAccessible(this.viewer);
    this.saveDay = () => { if (this.viewer.runs.length) remember("siege-day", String(this.viewer.day)); };
    window.addEventListener("pagehide", this.saveDay);
    const hash = takeHash();
    this.follow = (event) => { const next = takeHash(); if (next.link) { this.view = next.view; this.open_link(next.link); } };
    window.addEventListener("hashchange", this.follow);
    this.view = hash.view;
    this.connect({ tab: tab, last: last, saved: saved, day: this.dayBefore, width: window.innerWidth, language: Siege.language, link: hash.link, teacher: hash.teacher });
  },
  destroyed() {
    this.viewer.frame.disconnect();
    document.querySelectorAll(".siege-skip").forEach((link) => link.remove());
    this.saveDay();
    window.removeEventListener("pagehide", this.saveDay);
    window.removeEventListener("hashchange", this.follow);
    this.viewer.destroy();
  },
  watch: {
    revision() { this.request(0); },  // what is new, and no day more
    saved() { if (this.saved) remember("siege-saved", this.saved); },
    fans() { this.viewer.setFans(this.fans); },
    card() { Siege.showCard(this.viewer, JSON.parse(JSON.stringify(this.card))); },
    account() { this.viewer.setAccount(this.account); },
    pairs() { this.viewer.setPairs(this.pairs); },
    frames_update() { this.apply(this.frames_update); },
  },
  methods: {
    request(day) {
      this.request_frames({ day: day, have: this.viewer.runs.map((run) => [run.id, run.frames.length]) });
    },
    apply(update) {
      if (!update) return;
      const viewer = this.viewer;
      if (update.runs.some((run) => !run.head && !viewer.runOf(run.id))) {  // sent for runs that were shown meanwhile
        this.request_frames({ day: viewer.day, have: [] });
        return;
      }
      viewer.setRuns(update.runs);
      viewer.framesArrived();
      if (this.dayBefore !== null) viewer.goTo(this.view ? viewer.end() : this.dayBefore);
      this.dayBefore = null;
      if (this.view) { viewer.openView(this.view.replace(/(^#?|&)day=[^&]*/, "$1")); this.view = ""; }
      viewer.hold(window.siegePaused);
      Siege.tryTask(viewer);
    },
  },
};

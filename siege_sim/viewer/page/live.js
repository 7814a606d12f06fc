// The viewer on a live page: it requests frames, the server sends them, and never more than one request is open.
module.exports = {
  mounted() {
    const tab = sessionStorage.getItem("siege-tab") || Array.from(crypto.getRandomValues(new Uint8Array(16)),
      (byte) => byte.toString(16).padStart(2, "0")).join("");
    sessionStorage.setItem("siege-tab", tab);
    this.dayBefore = Number(sessionStorage.getItem("siege-day") || 0);
    this.viewer = new Siege.Viewer(this.$refs.viewer, {
      live: { requestDay: (day) => this.request(day), dayShown: (day) => this.day_shown(day),
        themeChanged: (dark) => { this.$vuetify.theme.dark = dark; } },
    });
    window.siegeViewer = this.viewer;
    this.saveDay = () => sessionStorage.setItem("siege-day", String(this.viewer.day));
    window.addEventListener("pagehide", this.saveDay);
    this.connect({ tab: tab, width: window.innerWidth });
  },
  destroyed() {
    window.removeEventListener("pagehide", this.saveDay);
    this.viewer.destroy();
  },
  watch: {
    revision() { this.request(0); },  // what is new, and no day more
    fans() { this.viewer.setFans(this.fans); },
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
      if (this.dayBefore !== null) { viewer.goTo(this.dayBefore); this.dayBefore = null; }
    },
  },
};

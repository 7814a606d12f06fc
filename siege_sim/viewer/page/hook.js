// Between the stage and the server: the page asks, the server answers, and never more than one question is open.
module.exports = {
  mounted() {
    const tab = sessionStorage.getItem("siege-tab") || Array.from(crypto.getRandomValues(new Uint8Array(16)),
      (byte) => byte.toString(16).padStart(2, "0")).join("");
    sessionStorage.setItem("siege-tab", tab);
    this.numbers = [];
    this.before = Number(sessionStorage.getItem("siege-day") || 0);
    this.stage = new Siege.Stage(this.$refs.stage, {
      live: { want: (day) => this.ask(day), look: (day) => this.look(day),
        darkened: (dark) => { this.$vuetify.theme.dark = dark; } },
    });
    window.siegeStage = this.stage;
    this.leaves = () => sessionStorage.setItem("siege-day", String(this.stage.day));
    window.addEventListener("pagehide", this.leaves);
    this.hello({ tab: tab, width: window.innerWidth });
  },
  destroyed() {
    window.removeEventListener("pagehide", this.leaves);
    this.stage.destroy();
  },
  watch: {
    changed() { this.ask(this.stage.day); },
    fans() { this.stage.setFans(this.fans); },
    news() { this.take(this.news); },
  },
  methods: {
    ask(day) {
      const have = this.stage.films.map((film, side) => [this.numbers[side], film.frames.length]);
      this.want({ day: day, have: have });
    },
    take(news) {
      if (!news) return;
      const stage = this.stage;
      let lost = false;
      news.runs.forEach((run, side) => {
        if (this.numbers[side] !== run.run) {
          if (!run.head) { lost = true; return; }
          this.numbers[side] = run.run;
          stage.open(side, run.head, run.name, run.frames);
        } else stage.add(side, run.frames);
      });
      if (stage.films.length > news.runs.length) {
        this.numbers.length = news.runs.length;
        stage.close(news.runs.length);
      }
      if (lost) { this.numbers = []; this.ask(stage.day); return; }
      stage.arrived();
      if (this.before !== null) { stage.goTo(this.before); this.before = null; }
    },
  },
};

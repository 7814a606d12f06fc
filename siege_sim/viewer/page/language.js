// The language of the page: texts from a catalogue, numbers and dates as it writes them. English needs no catalogue.
"use strict";
var Siege = window.Siege || (window.Siege = {});

(function () {
  const ENGLISH = { language: "en", direction: "ltr", texts: {}, patterns: [] };
  const FORMS = ["zero", "one", "two", "few", "many", "other"];  // in the order in which catalogues have them
  let own = withTextsAlone(ENGLISH), patterns = null, small = null, told = new Map();

  Siege.catalogues = Siege.catalogues || {};  // by language; what is not there falls back to English
  Siege.language = "en";
  Siege.locale = "en-GB";

  // Show the page in a language from now on; one that is not there is English.
  Siege.speak = function (language) {
    own = withTextsAlone(Siege.catalogues[language] || ENGLISH);
    patterns = small = null;
    told = new Map();
    Siege.language = own.language;
    Siege.locale = own.language === "en" ? "en-GB" : own.language;
    document.documentElement.lang = own.language;
    document.documentElement.dir = own.direction;
  };

  // A catalogue whose texts are found by their names alone, and not by those that every object has.
  function withTextsAlone(given) { return Object.assign({}, given, { texts: Object.assign(Object.create(null), given.texts) }); }

  // A fixed text in the language of the page, with values in the place of {names}; its English where there is none.
  Siege.t = function (text, values) { return filled(own.texts[text] || text, values); };

  // A text that is shown in the language of the page later on, by t.
  Siege.later = function (text) { return text; };

  function filled(text, values) {
    return values ? text.replace(/\{(\w+)\}/g, (whole, name) => name in values ? String(values[name]) : whole) : text;
  }

  // A number with what it counts: one of it is called otherwise than many.
  Siege.count = function (value, one, many) {
    const number = Siege.number(value), alone = number === "1" || number === "-1", forms = own.texts[one + "|" + many];
    if (!forms) return number + " " + (alone ? one : many);
    const rules = new Intl.PluralRules(own.language), known = rules.resolvedOptions().pluralCategories;
    const place = FORMS.filter((form) => known.includes(form)).indexOf(rules.select(alone ? 1 : Math.abs(value || 0)));
    return number + " " + forms[Math.min(place, forms.length - 1)];
  };

  // A sentence that the server or the model has put together in English, by the pattern that it follows.
  Siege.sentence = function (sentence) {
    if (own.language === "en" || !sentence) return sentence;
    if (!told.has(sentence)) told.set(sentence, sentenceOf(sentence, 0));
    return told.get(sentence);
  };

  function sentenceOf(sentence, depth) {
    const known = own.texts[sentence] || own.texts[sentence.slice(0, 1).toLowerCase() + sentence.slice(1)] || own.texts[sentence.replace(/^the /, "")];
    if (typeof known === "string") return known;
    if (depth > 6) return figures(sentence);
    patterns = patterns || own.patterns.map(([pattern, text]) => [new RegExp("^(?:" + pattern + ")$", "s"), text]);
    for (const [pattern, text] of patterns) {
      const found = pattern.exec(sentence);
      if (!found) continue;
      const names = Array.from(text.matchAll(/\{(\w+)\}/g), (match) => match[1]);
      return filled(own.texts[text], Object.fromEntries(names.map((name, i) => [name, sentenceOf(found[i + 1], depth + 1)])));
    }
    const parts = sentence.split("; ");
    return parts.length > 1 ? parts.map((part) => sentenceOf(part, depth + 1)).join("; ") : inSmall(sentence) || figures(sentence);
  }

  // What is known with a capital letter, written without it.
  function inSmall(text) {
    if (!small) small = new Map(Object.keys(own.texts).map((known) => [known.toLowerCase(), own.texts[known]]));
    const found = small.get(text.toLowerCase());
    return typeof found === "string" ? found : "";
  }

  // Numbers of an English sentence, with the signs of the language.
  function figures(text) {
    return text.replace(/(^|[^\w.,-])([-+]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?![\w.,-]*\d)/g, (whole, before, sign, size, rest) => {
      const written = size.replace(/,/g, own.group) + (rest ? own.decimal + rest.slice(1) : "");
      return before + sign + (rest || size.includes(",") ? written : size);
    });
  }

  // A number without more figures than it has, and without signs between thousands.
  Siege.plain = function (value) { return value.toLocaleString(Siege.locale, { useGrouping: false, maximumFractionDigits: 10 }); };

  // A day of the calendar, in full or short; nothing in English, which has its own way.
  Siege.calendar = function (when, short) {
    if (own.language === "en") return "";
    return new Intl.DateTimeFormat(own.language, { day: "numeric", month: short ? "short" : "long", year: short ? undefined : "numeric", timeZone: "UTC" }).format(when);
  };

  // What a side is called in a sentence, and at the beginning of a line.
  Siege.theSide = function (side) {
    const label = side.the.replace(/^the /, "");
    return own.texts[label] || side.the;
  };

  Siege.headSide = function (side) {
    const text = own.texts[side.the.replace(/^the /, "")];
    return text ? text.slice(0, 1).toUpperCase() + text.slice(1) : side.heading;
  };
})();

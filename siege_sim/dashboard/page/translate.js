// A text in the language of the page, with values in the place of {names}.
function translate(text, values) {
  return (this.texts[text] || text).replace(/\{(\w+)\}/g, (whole, name) => values && name in values ? String(values[name]) : whole);
}

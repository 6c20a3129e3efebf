"use strict";
window.greencover = {
  // Show a box at one scale in both directions; `least` metres at the least.
  fit(map, x0, y0, x1, y1, least) {
    const ratio = map.inner_width && map.inner_height ? map.inner_width / map.inner_height : 1.3;
    let width = Math.max((x1 - x0) * (least ? 1.6 : 1), least);
    let height = Math.max((y1 - y0) * (least ? 1.6 : 1), least);
    if (width < height * ratio) width = height * ratio; else height = width / ratio;
    const x = (x0 + x1) / 2, y = (y0 + y1) / 2;
    map.x_range.setv({start: x - width / 2, end: x + width / 2});
    map.y_range.setv({start: y - height / 2, end: y + height / 2});
  },
  keepScale(map) {
    if (!map.inner_width || !map.inner_height) return;
    const r = map.x_range, s = map.y_range;
    if (!map._greencover_shown) {
      map._greencover_shown = true;
      this.fit(map, r.start, s.start, r.end, s.end, 0);
      return;
    }
    const half = (s.end - s.start) / 2 * map.inner_width / map.inner_height;
    const x = (r.start + r.end) / 2;
    r.setv({start: x - half, end: x + half});
  },
  model(name) {
    for (const doc of (window.Bokeh ? window.Bokeh.documents : [])) {
      const found = doc.get_model_by_name(name);
      if (found) return found;
    }
    return null;
  },
  // The map back in view after a click in a table far below it.
  showMap() {
    document.querySelector(".map")?.scrollIntoView({block: "start"});
  },
  // All elements, those in shadow roots too.
  everything(root, found = []) {
    for (const element of root.querySelectorAll("*")) {
      found.push(element);
      if (element.shadowRoot) this.everything(element.shadowRoot, found);
    }
    return found;
  },
  // A finger that moves up or down scrolls the page past the map.
  letFingersPass() {
    for (const element of this.everything(document))
      if (element.classList.contains("bk-events")) element.style.touchAction = "pan-y";
  },
  // Arrows move the map, + and - zoom it, 0 shows all of it.
  steer(event) {
    const map = this.model("map"), steps = {ArrowLeft: [-1, 0], ArrowRight: [1, 0],
      ArrowUp: [0, 1], ArrowDown: [0, -1]};
    const zoom = {"+": 0.7, "=": 0.7, "-": 1 / 0.7}[event.key];
    if (!map || event.ctrlKey || event.metaKey || event.altKey) return;
    const x = map.x_range, y = map.y_range, w = x.end - x.start, h = y.end - y.start;
    if (event.key === "0") map.reset.emit();
    else if (zoom) {
      const cx = (x.start + x.end) / 2, cy = (y.start + y.end) / 2;
      this.fit(map, cx - w * zoom / 2, cy - h * zoom / 2, cx + w * zoom / 2, cy + h * zoom / 2, 0);
    } else if (steps[event.key]) {
      const [dx, dy] = steps[event.key].map((step) => step / 5);
      x.setv({start: x.start + dx * w, end: x.end + dx * w});
      y.setv({start: y.start + dy * h, end: y.end + dy * h});
    } else return;
    event.preventDefault();
  },
  // The label of a key, in the language of the page.
  say(group, key) {
    const words = this.data("words")[group][key];
    if (!words) return key;
    const place = this.languages().indexOf(document.documentElement.dataset.lang);
    return place >= 0 ? words[place]
      : words[0] === words[1] ? words[0] : words[0] + " " + words[1];
  },
  // The two languages of the page.
  languages() { return document.documentElement.dataset.languages.split(" "); },
  data(id) {
    this.read = this.read || {};
    if (!this.read[id]) this.read[id] = JSON.parse(document.getElementById(id).textContent);
    return this.read[id];
  },
  speak(lang) {
    document.documentElement.dataset.lang = lang;
    const shown = this.languages().includes(lang) ? lang : this.languages()[0];
    document.documentElement.lang = shown;
    for (const button of document.querySelectorAll("[data-set-lang]"))
      button.setAttribute("aria-pressed", String(button.dataset.setLang === lang));
    for (const [name, column] of Object.entries(this.data("gap-columns"))) {
      const model = this.model(name);
      if (model) { model.field = column[lang][1]; model.title = column[lang][0]; }
    }
    for (const [name, tips] of Object.entries(this.data("tips"))) {
      const hover = this.model(name);
      if (hover) hover.tooltips = tips[lang];
    }
    const names = this.model("townships names");
    if (names) names.glyph.text = {field: shown};
    for (const option of document.querySelectorAll("option[data-words]"))
      option.textContent = JSON.parse(option.dataset.words)[lang];
  },
};
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-set-lang]"))
    button.addEventListener("click", () => window.greencover.speak(button.dataset.setLang));
  for (const box of document.querySelectorAll("[data-layers]"))
    box.addEventListener("change", () => {
      for (const name of JSON.parse(box.dataset.layers)) {
        const model = window.greencover.model(name);
        if (model) model.visible = box.checked;
      }
    });
  document.querySelector(".map-frame")
    ?.addEventListener("keydown", (event) => window.greencover.steer(event));
  const whenDrawn = () => {
    if (!window.greencover.model("map")?.inner_width) { setTimeout(whenDrawn, 50); return; }
    // Until now there was no map whose names could be said in the language of the page.
    if (document.documentElement.dataset.lang !== "both")
      window.greencover.speak(document.documentElement.dataset.lang);
    window.greencover.letFingersPass();
    window.greencover.tables.start();
  };
  whenDrawn();
  // Text on the canvas was drawn before the font was there.
  document.fonts.ready.then(() => {
    const lang = document.documentElement.dataset.lang;
    if (lang !== "both") window.greencover.speak(lang);
    const names = window.greencover.model("townships names");
    if (names) names.glyph.change.emit();
  });
});

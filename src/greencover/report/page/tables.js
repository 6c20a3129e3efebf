"use strict";
// Tables of the page: found, filtered, sorted, taken away as CSV, and shared by a link.
window.greencover.tables = {
  FILTERS: ["q", "verdict", "grade", "side", "evidence"],
  state: {q: "", verdict: "", grade: "", side: "", evidence: "", sort: ""},
  // Text of which a spreadsheet would make a formula gets an apostrophe, as in all other outputs.
  asText(text) {
    if (text.length < 2 || !/^[=+\-@\t\r＝＋－＠]/.test(text)) return text;
    return /^[+-](\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? text : "'" + text;
  },
  csv(rows) {
    const cell = (text) => '"' + this.asText(String(text ?? "")).replaceAll('"', '""') + '"';
    return "\ufeff" + rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
  },
  readFragment(text) {
    const given = new URLSearchParams(text.replace(/^#/, ""));
    for (const key of Object.keys(this.state)) this.state[key] = given.get(key) || "";
    return given.get("lang") || "";
  },
  fragment() {
    const kept = new URLSearchParams();
    for (const [key, value] of Object.entries(this.state)) if (value) kept.set(key, value);
    const lang = document.documentElement.dataset.lang;
    if (lang !== this.opened) kept.set("lang", lang);
    return kept.toString();
  },
  share() {
    const words = this.fragment();
    try { history.replaceState(null, "", words ? "#" + words : location.pathname + location.search); }
    catch { location.hash = words; }
  },
  // A key that a row does not have is no reason to hide it.
  wanted(row) {
    const {q, ...keys} = this.state;
    if (q && !row.find.includes(q.trim().toLocaleLowerCase())) return false;
    return ["verdict", "grade", "side", "evidence"].every((key) =>
      !keys[key] || row[key] === undefined || row[key].split("|").includes(keys[key]));
  },
  wantedGaps(source) {
    const d = source.data, count = d.gap_id.length, all = [];
    for (let k = 0; k < count; k++) all.push(this.wanted({
      find: [d.gap_id[k], d.road[k], d.township[k]].join(" ").toLocaleLowerCase(),
      grade: d.grade_key[k], side: d.side_key[k], evidence: d.evidence_key?.[k]}));
    return all;
  },
  apply() {
    let shown = 0, total = 0;
    for (const row of document.querySelectorAll("tr[data-find]")) {
      const fits = row.classList.contains("total") || this.wanted({...row.dataset});
      row.hidden = !fits; total += 1; shown += fits;
    }
    const table = window.greencover.model("gap table");
    if (table) {
      const fits = this.wantedGaps(table.source);
      total += fits.length; shown += fits.filter(Boolean).length;
      table.view.filter.change.emit();
    }
    const told = document.getElementById("found");
    if (told) told.textContent = shown === total ? "" : `${shown} / ${total}`;
    this.share();
  },
  figure(cell) {
    const given = cell?.dataset.value;
    return given === undefined ? (cell ? cell.innerText.trim() : "") : given === "" ? NaN : Number(given);
  },
  sort(name, place, order) {
    const table = document.querySelector(`table[data-name="${CSS.escape(name)}"]`);
    if (!table?.tHead?.rows[0].cells[place]) return;
    const body = table.tBodies[0], rows = [...body.rows];
    const free = rows.filter((row) => !row.classList.contains("total"));
    free.sort((a, b) => {
      const x = this.figure(a.cells[place]), y = this.figure(b.cells[place]);
      if (typeof x === "number" && typeof y === "number")
        return Number.isNaN(x) - Number.isNaN(y) || order * (x - y) || 0;
      return order * String(x).localeCompare(String(y), document.documentElement.lang, {numeric: true});
    });
    body.append(...free, ...rows.filter((row) => row.classList.contains("total")));
    for (const cell of table.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
    table.tHead.rows[0].cells[place].setAttribute("aria-sort", order > 0 ? "ascending" : "descending");
    this.state.sort = [name, place, order].join(":");
  },
  restoreSort() {
    const [name, place, order] = this.state.sort.split(":");
    if (name) this.sort(name, Number(place), Number(order) < 0 ? -1 : 1);
  },
  rowsOf(name) {
    const words = (cell) => [...cell.childNodes].map((node) => node.innerText ?? node.textContent)
      .join(" ").replace(/\s+/g, " ").trim();
    const gaps = window.greencover.model("gap table");
    if (name === "gaps" && gaps) {
      const fits = this.wantedGaps(gaps.source), d = gaps.source.data;
      return [gaps.columns.map((c) => c.title), ...fits.flatMap((fit, k) =>
        fit ? [gaps.columns.map((c) => d[c.field][k])] : [])];
    }
    const table = document.querySelector(`table[data-name="${CSS.escape(name)}"]`);
    return [...table.rows].filter((row) => !row.hidden).map((row) => [...row.cells].map(words));
  },
  download(name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([this.csv(this.rowsOf(name))], {type: "text/csv"}));
    link.download = name + ".csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  },
  // Zoom to a unit, and bring the map back into view.
  goTo(level, code) {
    const g = window.greencover, map = g.model("map"), source = g.model(level)?.data_source;
    const k = source ? source.data.code.indexOf(code) : -1;
    if (k < 0) return;
    const d = source.data;
    g.fit(map, d.minx[k], d.miny[k], d.maxx[k], d.maxy[k], 300);
    g.showMap();
  },
  start() {
    this.opened = document.documentElement.dataset.lang;
    const lang = this.readFragment(location.hash);
    if (document.querySelector(`[data-set-lang="${CSS.escape(lang)}"]`)) window.greencover.speak(lang);
    for (const key of this.FILTERS) {
      const field = document.getElementById("find-" + key);
      if (!field) continue;
      field.value = this.state[key];
      if (field.value !== this.state[key]) this.state[key] = field.value = "";
      field.addEventListener("input", () => { this.state[key] = field.value; this.apply(); });
    }
    for (const button of document.querySelectorAll("[data-csv]"))
      button.addEventListener("click", () => this.download(button.dataset.csv));
    for (const button of document.querySelectorAll("[data-unit]"))
      button.addEventListener("click", () => this.goTo(button.dataset.level, button.dataset.unit));
    for (const button of document.querySelectorAll("th button.sort"))
      button.addEventListener("click", () => {
        const head = button.closest("th"), falls = head.getAttribute("aria-sort") === "descending";
        this.sort(button.closest("table").dataset.name, head.cellIndex, falls ? 1 : -1);
        this.share();
      });
    for (const button of document.querySelectorAll("[data-set-lang]"))
      button.addEventListener("click", () => this.share());
    this.restoreSort();
    this.apply();
  },
};

"""What has to be seen without colors of ours: https://www.w3.org/TR/css-color-adjust-1/#forced

In forced colors backgrounds and shadows are gone: a control shows by its border, what is chosen by a line or a mark, the
parts of a chart by strokes or colors that they keep.
"""

from tests.browser.rings import RINGS

FORCED = """() => {
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().width > 1;
  const name = (one) => `${one.localName}.${[...one.classList].join(".")} "${(one.innerText || one.getAttribute("aria-label") || one.name || "").trim().slice(0, 30)}"`;
  const found = [];
  const line = (style, side) => style[`border${side}Style`] !== "none" && parseFloat(style[`border${side}Width`]) >= 1 && style[`border${side}Color`] !== style.backgroundColor;
  const framed = (one) => { const style = getComputedStyle(one); return ["Top", "Bottom", "Left", "Right"].every((side) => line(style, side)); };
  const pressed = "button, a.btn, select, textarea, input:not([type=hidden], [type=radio], [type=checkbox], [type=file])";
  for (const one of document.querySelectorAll(pressed)) if (shown(one) && !framed(one)) found.push(`without a border: ${name(one)}`);
  // What is chosen among several looks otherwise than the rest, by more than a background or a shadow.
  const drawn = (one) => { const style = getComputedStyle(one); return ["borderTopWidth", "borderBottomWidth", "borderTopColor", "borderBottomColor", "outlineStyle", "textDecorationLine", "fontWeight", "color", "forcedColorAdjust"].map((each) => style[each]).join(); };
  for (const one of document.querySelectorAll("nav [aria-current]")) {
    const other = [...one.closest("ul")?.querySelectorAll("a:not([aria-current])") ?? []].find(shown);
    if (shown(one) && other && drawn(one) === drawn(other)) found.push(`chosen looks like the rest: ${name(one)}`);
  }
  for (const one of document.querySelectorAll("main input:checked, main option:checked")) {
    const box = one.closest("label");
    if (one.localName === "input" && !shown(one) && box && shown(box)) {
      const other = [...box.parentElement.querySelectorAll("label")].find((each) => each !== box && !each.querySelector(":checked"));
      if (other && drawn(box) === drawn(other)) found.push(`chosen looks like the rest: ${name(box)}`);
    }
  }
  // The parts of a chart, and what names them.
  const canvas = getComputedStyle(document.body).backgroundColor;
  for (const chart of document.querySelectorAll("svg.chart")) {
    if (!shown(chart)) continue;
    const series = ["series-1", "series-2", "series-3"].map((each) => chart.querySelector(`.${each}`)).filter(Boolean);
    const looks = series.map((each) => { const style = getComputedStyle(each); return [style.fill, style.stroke, style.strokeDasharray, style.fillOpacity].join(); });
    if (new Set(looks).size < looks.length) found.push(`series look alike: ${looks}`);
    for (const each of series) { const { fill, stroke } = getComputedStyle(each); if (fill === canvas && (stroke === "none" || stroke === canvas)) found.push("a bar has the color of what is behind it"); }
  }
  // The color of the nearest thing around it that has one: the code that a phone scans keeps its own.
  const behind = (one) => {
    const { backgroundColor } = getComputedStyle(one);
    const isClear = backgroundColor === "transparent" || /[,/] *0[)]$/.test(backgroundColor);
    return isClear && one.parentElement ? behind(one.parentElement) : isClear ? canvas : backgroundColor;
  };
  for (const one of document.querySelectorAll("svg:not(.chart)")) {
    if (!shown(one)) continue;
    const parts = [...one.querySelectorAll("path, rect, circle, line")];
    const back = behind(one);
    if (parts.length && parts.every((part) => { const { fill, stroke } = getComputedStyle(part); return [fill, stroke].every((color) => color === "none" || color === back); })) found.push(`an icon can't be seen: ${one.parentElement.className} ${one.className.baseVal}`);
  }
  // Meters and bars of progress.
  for (const one of document.querySelectorAll("[class*=meter], progress, meter, .bar")) {
    if (shown(one) && one.localName !== "progress" && one.localName !== "meter" && !framed(one) && getComputedStyle(one).forcedColorAdjust !== "none" && !one.textContent.trim() && !one.closest("svg")) found.push(`only a background: ${name(one)}`);
  }
  return [...new Set(found)];
}"""

# A ring of 2 px at least, on everything that takes focus by Tab or arrow keys.
FOCUS = """async () => {
  const rings = RINGS;
  const found = [];
  const before = document.activeElement;
  const within = document.querySelector(":modal") ?? document;
  const all = [...within.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && !one.closest("dialog:not([open])"));
  for (const one of all) {
    const drawn = rings.strokes(one);
    one.focus({ focusVisible: true, preventScroll: true });
    if (document.activeElement !== one || rings.has(one, [one.closest("label")], drawn)) continue;
    found.push(`no ring: ${one.localName}.${[...one.classList].join(".")} ${(one.innerText || one.name || one.getAttribute("aria-label") || "").slice(0, 30)}`);
  }
  before?.focus({ preventScroll: true });
  return [...new Set(found)];
}""".replace("RINGS", RINGS)

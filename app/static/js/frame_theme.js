// The shell's theme: properties that are listed here only, each of its kind, and colors only as far as text in them can
// be read. What isn't taken is told to the shell.
import { send } from "./frame_channel.js";
import { resolved } from "./frame_colors.js";

const COLORS = "canvas surface sunken line line-strong ink ink-soft accent accent-ink accent-wash good good-wash warn warn-wash bad bad-wash series-1 series-2 series-3";
const KINDS = new Map([
  ["color-scheme", (value) => /^(light|dark|light dark|dark light)$/.test(value)],
  ["--vp-hue", (value) => /^\d{1,3}(\.\d+)?$/.test(value) && Number(value) <= 360],
  ["--vp-font", (value) => CSS.supports("font-family", value)],
  ["--vp-radius", (value) => isLength(value, 0, 2)],
  ["--vp-space", (value) => isLength(value, 0.5, 1.5)],
  ...COLORS.split(" ").map((name) => [`--vp-${name}`, (value) => CSS.supports("color", value) && resolved(value)?.isOpaque]),
]);
// What refers to something else, and words that stand for no value of their own.
const REFERS = /\b(var|env|attr|url|image|if|inherit|initial|unset|revert|revert-layer|currentcolor)\b/i;
const LONGEST = 300;
// Text and what it stands on (WCAG 2.2, 1.4.3), and the edges of fields (1.4.11). Of a pair, the first is given up first.
const TEXT = [
  ..."ink ink-soft".split(" ").flatMap((one) => ["canvas", "surface", "sunken"].map((on) => [one, on])),
  ...["accent", "good", "warn", "bad"].flatMap((one) => [[one, "surface"], [one, `${one}-wash`]]),
  ["accent", "canvas"],
  ["accent-ink", "accent"],
];
const PAIRS = [...TEXT.map((pair) => [...pair, 4.5]), ["line-strong", "surface", 3]];
const KEPT = "shell-theme";
const root = document.documentElement;
let last = {};

function isLength(value, least, most) {
  const [, number, unit] = /^(\d*\.?\d+)(px|rem)$/.exec(value) ?? [];
  const rem = Number(number) / (unit === "px" ? 16 : 1);
  return rem >= least && rem <= most;
}

function isTaken(name, value) {
  return typeof value === "string" && value.length <= LONGEST && !REFERS.test(value) && Boolean(KINDS.get(name)?.(value.trim()));
}

function apply(taken) {
  for (const name of KINDS.keys()) if (name !== "color-scheme") root.style.removeProperty(name);
  delete root.dataset.theme;
  for (const [name, value] of Object.entries(taken)) {
    if (name !== "color-scheme") root.style.setProperty(name, value);
    else if (!value.includes(" ")) root.dataset.theme = value;
  }
}

const luminance = (name) => resolved(`var(--vp-${name})`).luminance;

function isReadable([text, ground, least]) {
  const [darker, lighter] = [luminance(text), luminance(ground)].sort((one, other) => one - other);
  return (lighter + 0.05) / (darker + 0.05) >= least;
}

// Ours take the place of colors that fail, until all can be read.
function giveUp(taken) {
  for (;;) {
    apply(taken);
    const failing = PAIRS.filter((pair) => !isReadable(pair)).flatMap(([text, ground]) => [`--vp-${text}`, `--vp-${ground}`, "--vp-hue"]);
    const one = failing.find((name) => name in taken);
    if (!one) return;
    delete taken[one];
  }
}

export function theme(tokens) {
  if (typeof tokens !== "object" || tokens === null) return;
  last = tokens;
  const given = Object.entries(tokens).slice(0, 100);
  const taken = Object.fromEntries(given.filter(([name, value]) => isTaken(name, value)).map(([name, value]) => [name, value.trim()]));
  giveUp(taken);
  const left = given.map(([name]) => name).filter((name) => !(name in taken));
  if (left.length) send("problem", { reason: "theme_not_taken", tokens: left });
  try {
    root.dataset.sized = "";
    sessionStorage.setItem(KEPT, JSON.stringify(taken));
  } catch {
    // A browser that keeps nothing here: each page then begins in our colors.
  }
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => theme(last));

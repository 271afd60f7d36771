// What the page may change of the look: Stripe's appearance variables, each checked for its kind.
const VARIABLES = {
  colorPrimary: ["--accent", "color"],
  colorBackground: ["--field", "color"],
  colorText: ["--ink", "color"],
  colorTextSecondary: ["--ink-soft", "color"],
  colorDanger: ["--bad", "color"],
  borderRadius: ["--radius", "border-radius"],
  fontFamily: ["--font", "font-family"],
  fontSizeBase: ["--text", "font-size"],
};

function dress({ scheme, background, variables }) {
  const root = document.documentElement;
  if (scheme === "light" || scheme === "dark") root.dataset.scheme = scheme;
  if (CSS.supports("color", background)) root.style.setProperty("background", background);
  for (const [name, [property, kind]] of Object.entries(VARIABLES)) {
    const value = variables[name];
    if (typeof value === "string" && CSS.supports(kind, value)) root.style.setProperty(property, value);
  }
}

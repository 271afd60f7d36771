// After a swap, focus stays where it was. Where it is gone, or a form was refused, it goes to what matters now.
let region = null;

function isPoll(ctx) {
  return ctx?.sourceElement?.id === "live";
}

document.addEventListener("htmx:before:swap", (event) => {
  const ctx = event.detail.ctx;
  if (isPoll(ctx)) {
    // A poll may replace a step that has the focus, when the top-up settles by itself.
    region = document.activeElement?.closest("section[id]")?.id ?? null;
  } else {
    region = typeof ctx?.target === "string" ? ctx.target.replace("#", "") : ctx?.target?.id;
  }
});

document.addEventListener("htmx:after:swap", (event) => {
  const poll = isPoll(event.detail.ctx);
  const lost = document.activeElement === document.body || !document.activeElement?.isConnected;
  const place = region && document.getElementById(region);
  if (!place) return;
  const summary = poll ? null : place.querySelector(".error-summary");
  if (summary) summary.focus();
  else if (lost) place.querySelector('h1[tabindex="-1"], h2[tabindex="-1"]')?.focus();
});

document.querySelector("main .error-summary")?.focus();

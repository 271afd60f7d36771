// What Stripe Radar wants to know of the browser where a saved card is charged: a snapshot that only Stripe can read, whose
// id goes along with the payment (https://docs.stripe.com/radar/radar-session). Card fields bring that by themselves.
// Nothing waits for it: without one, the payment is made all the same.
import { stripe } from "./processor.js";

const FRESH_MS = 10 * 60 * 1000;
const asked = new WeakSet();

async function fill(field) {
  asked.add(field);
  try {
    const client = await stripe(field.dataset);
    const { radarSession } = await client.createRadarSession();
    field.value = radarSession?.id ?? "";
  } catch {
    field.value = "";
  }
  setTimeout(() => refresh(field), FRESH_MS);
}

// An old snapshot describes an outdated browser.
function refresh(field) {
  field.value = "";
  if (field.isConnected) fill(field);
}

function fillAll() {
  for (const field of document.querySelectorAll("input[data-browser-signals]")) if (!asked.has(field)) fill(field);
}

// A snapshot is for one payment; another attempt gets another.
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const field = ctx?.request?.form?.querySelector("input[data-browser-signals]");
  if (field?.isConnected && ctx.response) {
    field.value = "";
    asked.delete(field);
  }
  setTimeout(fillAll);
});
fillAll();

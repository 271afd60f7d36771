// Escape closes what is open in this page, as browsers do by themselves. Where nothing is, the shell is told: it may have
// the frame in a dialog of its own. Not while something is being paid or saved: one would leave it without its answer.
import { send } from "./frame_channel.js";

const OPEN = ["dialog[open]", '[aria-busy="true"]', ...(CSS.supports("selector(:open)") ? ["select:open"] : [])].join();
// The browser empties it first.
const isSearch = ({ type, value }) => type === "search" && value !== "";

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.repeat || event.isComposing || event.defaultPrevented) return;
  if (!isSearch(event.target) && !document.querySelector(OPEN)) send("escape");
});

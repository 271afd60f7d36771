// What is printed is the page in the frame, on sheets of its own. As a part of the shell's page it would be one tall
// picture, and lines would be cut in two where a sheet ends.
import { when } from "./frame_channel.js";

when("print", print);

addEventListener("keydown", (event) => {
  const isPrint = event.key.toLowerCase() === "p" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  if (!isPrint || event.repeat || event.defaultPrevented) return;
  event.preventDefault();
  print();
});

// Whole: a page of which a part is still on its way would be printed without it, or, by some browsers, not at all.
function print() {
  if (document.readyState === "complete") window.print();
  else addEventListener("load", () => setTimeout(() => window.print()), { once: true });
}

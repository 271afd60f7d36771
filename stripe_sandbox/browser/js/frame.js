// What every frame shares: it knows the page around it by the origin in its own address, and talks with no other.
const CHANNEL = "stripe-sandbox";
const PAGE = new URLSearchParams(window.location.search).get("origin");

function post(type, content = {}) {
  if (PAGE && window.parent !== window) window.parent.postMessage({ ...content, source: CHANNEL, type }, PAGE);
}

// `answers` has a function for each message; what it gives goes back where the page asked a question.
function listen(answers) {
  window.addEventListener("message", async (event) => {
    if (event.origin !== PAGE || event.source !== window.parent) return;
    const { source, type, question, ...content } = event.data ?? {};
    if (source !== CHANNEL || !Object.hasOwn(answers, type)) return;
    const answer = await answers[type](content);
    if (question) post("answer", { question, answer });
  });
}

// Immediately, so that the page knows it before any later message, and whenever it changes.
function reportHeight() {
  const report = () => post("resize", { height: document.body.offsetHeight });
  report();
  new ResizeObserver(report).observe(document.body);
}

// The polling element, on pages that have one. What fills in a figure by itself is as a poll: no one asked for it.
export const poller = () => document.getElementById("live");
export const isPoll = (ctx) => ctx?.sourceElement?.matches?.("#live, [data-fills]");

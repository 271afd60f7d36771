// The polling element, on pages that have one.
export const poller = () => document.getElementById("live");
export const isPoll = (ctx) => ctx?.sourceElement?.id === "live";

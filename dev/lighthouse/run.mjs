// Lighthouse in the browser at a debugging port: addresses come in line by line, results go out so, as JSON.
import { createInterface } from "node:readline";
import lighthouse, { desktopConfig } from "lighthouse";

const [port, form] = process.argv.slice(2);

// What a category loses, by the audits that count in it.
function lost({ audits, categories }) {
  return Object.values(categories).flatMap(({ id, auditRefs }) =>
    auditRefs
      .filter((one) => one.weight && audits[one.id].score !== null && audits[one.id].score < 1)
      .map((one) => ({ category: id, audit: one.id, said: audits[one.id].displayValue ?? audits[one.id].title, items: (audits[one.id].details?.items ?? []).slice(0, 3) })),
  );
}

for await (const address of createInterface({ input: process.stdin })) {
  let answer;
  try {
    // The session's cookie is in the browser's store, which Lighthouse would empty first.
    const flags = { port: Number(port), logLevel: "error", output: "json", disableStorageReset: true };
    const { lhr } = await lighthouse(address, flags, form === "desktop" ? desktopConfig : undefined);
    const scores = Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, Math.round((score ?? 0) * 100)]));
    answer = { scores, lost: lost(lhr), problem: lhr.runtimeError?.message ?? null, shown: lhr.finalDisplayedUrl };
  } catch (error) {
    answer = { scores: {}, lost: [], problem: String(error), shown: address };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

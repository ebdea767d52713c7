// Runs what guides show: each ```sh block in turn, in one shell per guide, beside info.json; what a ```json block right behind it shows is what must come out, line by line.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const [infoFile, ...guides] = process.argv.slice(2);
assert(infoFile && guides.length, "usage: node guides.mjs <info.json> <guide.md>…");

for (const guide of guides) {
  const blocks = [...readFileSync(guide, "utf8").matchAll(/^```sh\n(.*?)^```\n(?:```json\n(.*?)^```\n)?/gms)].map(([, shell, shown]) => ({ shell, shown }));
  assert(blocks.length, `${guide} shows nothing to run`);
  const folder = mkdtempSync(join(tmpdir(), "guide-"));
  try {
    copyFileSync(resolve(infoFile), join(folder, "info.json"));
    // Braces and no subshell: what one block sets, the next one has.
    writeFileSync(join(folder, "run.sh"), "set -eo pipefail\n" + blocks.map(({ shell }, at) => `echo ${at} > at\n{\n${shell}\n} > ${at}.out\n`).join(""));
    const run = spawnSync("bash", ["run.sh"], { cwd: folder, encoding: "utf8", timeout: 240_000 });
    const at = Number(readFileSync(join(folder, "at"), "utf8"));
    assert.equal(run.status, 0, `${guide} stops in\n${blocks[at].shell}\n${readFileSync(join(folder, `${at}.out`), "utf8")}${run.stderr}`);
    for (const [at, { shell, shown }] of blocks.entries()) {
      if (shown === undefined) continue;
      const parse = (text) => text.trim().split("\n").map((line) => JSON.parse(line));
      assert.deepEqual(parse(readFileSync(join(folder, `${at}.out`), "utf8")), parse(shown), `${guide} shows something else than comes of\n${shell}`);
    }
    console.log(`${guide}: ${blocks.length} pieces run, ${blocks.filter(({ shown }) => shown !== undefined).length} compared with what is shown`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

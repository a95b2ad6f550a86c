// Reads {modules, cases} from stdin: asks the `verify` of every module about every case, and prints what each said.
// A case that is `rewritten` shows the body as a framework does that keeps only what it parsed.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";

const { modules, cases } = JSON.parse(readFileSync(0, "utf8"));
const said = {};
for (const path of modules) {
  const { verify } = await import(pathToFileURL(path));
  said[basename(path)] = cases.map(({ body, rewritten, headers, secret }) => {
    const text = Buffer.from(body, "base64").toString("utf8");
    try {
      return { payload: verify(rewritten ? JSON.stringify(JSON.parse(text)) : text, headers, secret) };
    } catch (error) {
      return { refused: String(error) };
    }
  });
}
console.log(JSON.stringify(said));

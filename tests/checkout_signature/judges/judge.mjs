// Asks `verify` about each line of stdin (four texts in base64; the signature `-` when there is none): true or false.
import { readFileSync } from "node:fs";
import { verify } from "./verification.mjs";

for (const line of readFileSync(0, "utf8").trim().split("\n")) {
  const texts = line.split(",").map((one) => (one === "-" ? undefined : Buffer.from(one, "base64").toString("utf8")));
  console.log(verify(...texts));
}

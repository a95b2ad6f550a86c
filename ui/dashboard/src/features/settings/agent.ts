/** Browsers and systems by the line that they send. Pure. */

const BROWSERS: readonly [RegExp, string][] = [
  [/Edg(?:e|A|iOS)?\/(\d+)/, "Edge"],
  [/OPR\/(\d+)/, "Opera"],
  [/(?:Firefox|FxiOS)\/(\d+)/, "Firefox"],
  [/(?:Chrome|CriOS)\/(\d+)/, "Chrome"],
  [/Version\/(\d+).*Safari/, "Safari"],
  [/curl\/(\d+)/, "curl"],
];

const SYSTEMS: readonly [RegExp, string][] = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

/** "Chrome 156 on Linux"; the line itself where it is of another kind. */
export function agentOf(line: string): string {
  const browser = BROWSERS.map(([pattern, name]) => {
    const version = pattern.exec(line)?.[1];
    return version === undefined ? undefined : `${name} ${version}`;
  }).find((found) => found !== undefined);
  const system = SYSTEMS.find(([pattern]) => pattern.test(line))?.[1];
  if (browser === undefined) {
    return line === "" ? "Unknown" : line.slice(0, 60);
  }
  return system === undefined ? browser : `${browser} on ${system}`;
}

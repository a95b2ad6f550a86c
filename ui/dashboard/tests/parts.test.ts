import { describe, expect, it } from "vitest";
import { newIntent } from "../src/api/client.ts";
import { ApiProblem, asProblem, isWorthARetry, problemOf } from "../src/api/problem.ts";
import { curl } from "../src/components/curl.ts";
import { tokensOf } from "../src/components/json.ts";
import { meaningOf } from "../src/components/status.ts";
import { agentOf } from "../src/features/settings/agent.ts";
import { withoutTags } from "../src/policy.ts";

describe("a refusal", () => {
  it("says what the envelope says, with the request's id", () => {
    const body = {
      error: { code: "BAD_REQUEST_ERROR", description: "amount must be at least 100", field: "amount" },
    };
    const problem = problemOf(400, new Headers({ "Request-Id": "req_1", "Retry-After": "7" }), body);
    expect(problem).toMatchObject({
      status: 400,
      code: "BAD_REQUEST_ERROR",
      description: "amount must be at least 100",
      field: "amount",
      requestId: "req_1",
      retryAfterS: 7,
    });
  });

  it("is told as well when the answer is none of the gateway's", () => {
    expect(problemOf(502, new Headers(), null)).toMatchObject({ code: "HTTP_502", requestId: null });
    expect(asProblem(new TypeError("Failed to fetch"))).toMatchObject({ code: "NO_CONNECTION", status: 0 });
    expect(asProblem("odd").description).toContain("odd");
  });

  it("is asked again only where another answer may come", () => {
    expect(isWorthARetry(new ApiProblem(503, "A", "b"))).toBe(true);
    expect(isWorthARetry(new TypeError("Failed to fetch"))).toBe(true);
    expect(isWorthARetry(new ApiProblem(404, "A", "b"))).toBe(false);
    expect(isWorthARetry(new ApiProblem(403, "A", "b"))).toBe(false);
  });
});

describe("curl", () => {
  it("can be pasted into a shell whatever is in it", () => {
    const request = { method: "POST", path: "/api/v1/orders", body: { receipt: "it's $HOME" } } as const;
    expect(curl(request, "http://localhost:8000", null)).toBe(
      [
        "curl -X POST 'http://localhost:8000/api/v1/orders' \\",
        '  -u "$PAYGATE_KEY:$PAYGATE_SECRET" \\',
        "  -H 'Content-Type: application/json' \\",
        `  -d '{"receipt":"it'\\''s $HOME"}'`,
      ].join("\n"),
    );
  });

  it("has the test merchant's key in it, which is no secret", () => {
    const credentials = { api_key: "key_test", api_secret: "secret_test" };
    expect(curl({ method: "GET", path: "/api/v1/payments?status=failed" }, "http://a", credentials)).toBe(
      "curl 'http://a/api/v1/payments?status=failed' \\\n  -u 'key_test:secret_test'",
    );
  });
});

describe("JSON", () => {
  it("is coloured by its parts, and nothing of it is lost", () => {
    const value = { name: 'a "quoted": b', n: -1.5e3, t: true, list: [null, "x", 0], ünï: {} };
    const text = JSON.stringify(value, null, 2);
    const tokens = tokensOf(text);
    expect(tokens.map((token) => token.text).join("")).toBe(text);
    const kind = (part: string) => tokens.find((token) => token.text === part)?.kind;
    expect(kind('"name"')).toBe("name");
    expect(kind('"x"')).toBe("string");
    expect(kind("-1500")).toBe("number");
    expect(kind("true")).toBe("word");
    expect(new Set(tokens.map(({ at }) => at)).size).toBe(tokens.length);
  });
});

describe("statuses", () => {
  it("have a word and a tone; one that is not known is shown as it stands", () => {
    expect(meaningOf("payment", "success")).toEqual({ text: "Success", tone: "good" });
    expect(meaningOf("http", 404).tone).toBe("warn");
    expect(meaningOf("http", 503).tone).toBe("bad");
    expect(meaningOf("refund", "new_status")).toEqual({ text: "new_status", tone: "calm" });
  });
});

describe("the page's policy", () => {
  it("lets style sheets be set as text, and no tag", () => {
    expect(withoutTags(":root{--a:1}")).toBe(":root{--a:1}");
    expect(() => withoutTags("<img src=x onerror=alert(1)>")).toThrow(TypeError);
  });
});

describe("an Idempotency-Key", () => {
  it("is new for each intention", () => {
    const keys = Array.from({ length: 100 }, newIntent);
    expect(new Set(keys).size).toBe(100);
    expect(keys[0]).toMatch(/^dash_[0-9a-f]{32}$/);
  });
});

describe("a session's browser", () => {
  it("is named by what it sends", () => {
    const webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
    expect(agentOf(`Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/156.0.0.0 Safari/537.36`)).toBe(
      "Chrome 156 on Linux",
    );
    expect(agentOf(`Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/156.0.0.0 Safari/537.36 Edg/156.0`)).toBe(
      "Edge 156 on Windows",
    );
    expect(
      agentOf(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1",
      ),
    ).toBe("Safari 19 on iOS");
    expect(agentOf("my-robot")).toBe("my-robot");
    expect(agentOf("")).toBe("Unknown");
  });
});

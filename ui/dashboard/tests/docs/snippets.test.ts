import { describe, expect, it } from "vitest";
import told from "../../src/features/docs/snippets.gen.json";
import { inYourKeys, type PieceName, piece } from "../../src/features/docs/snippets.ts";

const READER = {
  apiUrl: "https://api.example",
  checkoutUrl: "https://pay.example",
  apiKey: "key_live_1",
  apiSecret: "secret_live_2",
  publishableKey: "pk_live_3",
  webhookSecret: "whsec_4",
};
const NAMES = Object.keys(told.pieces) as PieceName[];

describe("the pieces of the guides", () => {
  it("hold the reader's own keys and addresses, and none of the guides'", () => {
    for (const name of NAMES) {
      const code = piece(name, READER);
      expect(code).not.toMatch(/_test_(abc|xyz)|localhost:(8000|3001)/);
      expect(code).not.toContain("YOUR_");
    }
    expect(piece("create_order.sh", READER)).toContain("curl https://api.example/api/v1/orders");
    expect(piece("pay.js", READER)).toContain('key: "pk_live_3"');
    expect(piece("page.html", READER)).toContain("https://pay.example/checkout.js");
    expect(piece("receive.py", READER)).toContain('SECRET = "whsec_4"');
  });

  it("are word for word those of the guides for the test merchant, whose tests run them", () => {
    const seeded = {
      apiUrl: "http://localhost:8000",
      checkoutUrl: "http://localhost:3001",
      apiKey: "key_test_abc123",
      apiSecret: "secret_test_xyz789",
      publishableKey: "pk_test_abc123",
      webhookSecret: "whsec_test_abc123",
    };
    for (const name of NAMES) {
      expect(piece(name, seeded)).toBe(told.pieces[name]);
    }
  });

  it("say where the reader has to put in what is shown to nobody", () => {
    const code = piece("create_order.mjs", { ...READER, apiSecret: null });
    expect(code).toContain('"X-Api-Secret": "YOUR_API_SECRET"');
  });

  it("are filled in one go: a key that looks like another's place is left alone", () => {
    expect(inYourKeys("key_test_abc123", { ...READER, apiKey: "secret_test_xyz789" })).toBe(
      "secret_test_xyz789",
    );
  });
});

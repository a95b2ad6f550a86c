"""HTTP in, a module per noun: what buyers' browsers ask, what the api forwards for merchants (X-Merchant-Id says for
whom), and health. Parse, call, render. No SQL."""

"""Internal HTTP, a module per noun: what the api forwards for merchants (X-Merchant-Id says for whom), figures, and the
audit's rows. Parse, call, render. No SQL."""

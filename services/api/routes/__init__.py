"""HTTP in, a module per noun: parse, call, render. No SQL."""

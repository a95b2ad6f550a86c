"""HTTP in, a module per noun: the page, signing in, people, the trail, and the api behind it. Parse, call, render."""

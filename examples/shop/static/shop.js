// What the pages do beyond showing themselves: they stay fresh, change the cart without a reload, and copy test values.
// Everything works without this file, too; only paying in the dialog needs pay.js.

const MISSED_MAX_MS = 10_000;

/** A part that the person is using is left alone: selected text, a field, a tab in the background. */
function isBusy(part) {
  const selection = getSelection();
  const selects = selection && !selection.isCollapsed && part.contains(selection.anchorNode);
  return document.hidden || selects || part.querySelector("input:focus, select:focus") !== null;
}

/** Puts the fresh page's parts in the place of the old ones, where they differ; what had the focus keeps it. */
function take(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const newer = fresh.getElementById(part.id);
    if (!newer || isBusy(part) || newer.outerHTML === part.outerHTML) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    part.replaceWith(document.adoptNode(newer));
    refocus(focused, newer);
    tell(newer.dataset.said);
  }
}

function refocus(focused, part) {
  if (!focused) return;
  const href = focused.getAttribute("href");
  const same = focused.id ? `#${CSS.escape(focused.id)}` : href && `a[href="${CSS.escape(href)}"]`;
  const found = same && part.querySelector(same);
  if (found && !found.disabled) found.focus();
  else if (focused.tagName === "BUTTON") part.querySelector("button:not(:disabled)")?.focus();
}

/** Reads a change out to who does not see it. */
function tell(text) {
  const said = document.getElementById("said");
  if (said && text && said.textContent !== text) said.textContent = text;
}

async function page(address, options) {
  const response = await fetch(address, { ...options, signal: AbortSignal.timeout(MISSED_MAX_MS) });
  if (!response.ok) throw new Error(`The shop answered ${response.status}.`);
  return response.text();
}

async function keepFresh() {
  const live = document.getElementById("live");
  const every = Number(live?.dataset.every ?? 0);
  if (!every) return;
  try {
    if (!document.hidden) take(await page(location.href));
    document.body.classList.remove("away");
  } catch {
    document.body.classList.add("away");
  }
  setTimeout(keepFresh, every);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("swap" in form.dataset)) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  try {
    take(await page(form.action, { method: "POST", body }));
  } catch {
    document.body.classList.add("away");
  }
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = "Copied";
  tell(`${button.dataset.copy} copied`);
  setTimeout(() => {
    button.textContent = "Copy";
  }, 1500);
});

keepFresh();

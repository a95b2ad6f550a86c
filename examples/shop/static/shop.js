// Keeps the live part of the page fresh without losing what the person has selected, typed or focused.
const REFRESH_MS = 1500;

function isBusy(live) {
  const selection = getSelection();
  const selects = selection && !selection.isCollapsed && live.contains(selection.anchorNode);
  return document.hidden || selects || live.querySelector("input:focus, select:focus") !== null;
}

async function refresh() {
  const live = document.getElementById("live");
  if (!live || isBusy(live)) return;
  const response = await fetch(location.href, { signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("live");
  if (!fresh || isBusy(live) || fresh.innerHTML === live.innerHTML) return;
  const focused = live.contains(document.activeElement) ? document.activeElement : null;
  const row = focused?.closest("tr[id]")?.id;
  const link = focused?.getAttribute("href");
  live.replaceWith(fresh);
  if (row && link) fresh.querySelector(`#${row} a[href="${CSS.escape(link)}"]`)?.focus();
}

async function keepFresh() {
  try {
    await refresh();
    document.body.classList.remove("away");
  } catch {
    document.body.classList.add("away");
  }
  setTimeout(keepFresh, REFRESH_MS);
}

if (document.getElementById("live") && location.pathname === "/") setTimeout(keepFresh, REFRESH_MS);

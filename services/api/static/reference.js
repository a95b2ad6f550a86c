// The reference's viewer: colours as the reader's system has them, this gateway as the server, and the test
// merchant's credentials where there is one.
const viewer = document.querySelector("rapi-doc");
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const LIGHT = { theme: "light", "bg-color": "#ffffff", "text-color": "#1f2430", "nav-bg-color": "#f5f6f8", "nav-text-color": "#3b4252", "nav-hover-bg-color": "#e6e9ef", "nav-hover-text-color": "#1f2430", "primary-color": "#2457d6", "nav-accent-color": "#2457d6" };
const DARK = { theme: "dark", "bg-color": "#15171c", "text-color": "#d9dde5", "nav-bg-color": "#1b1e25", "nav-text-color": "#b6bdca", "nav-hover-bg-color": "#262a33", "nav-hover-text-color": "#ffffff", "primary-color": "#7aa2ff", "nav-accent-color": "#7aa2ff" };

function paint() {
  for (const [name, value] of Object.entries(dark.matches ? DARK : LIGHT)) viewer.setAttribute(name, value);
}

viewer.setAttribute("server-url", location.origin);
viewer.setAttribute("default-api-server", location.origin);
viewer.addEventListener("spec-loaded", () => {
  const { key, secret } = viewer.dataset;
  if (!key) return;
  viewer.setApiKey("ApiKey", key);
  viewer.setApiKey("ApiSecret", secret);
});
dark.addEventListener("change", paint);
paint();

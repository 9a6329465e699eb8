// Light or dark: what the person chose here, else what their system prefers. Runs before the page
// is drawn, so that nothing flashes.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("staffroom:theme");
    } catch {
      return null;
    }
  };
  const show = () => {
    document.documentElement.dataset.theme = chosen() || (dark.matches ? "dark" : "light");
  };
  dark.addEventListener("change", show);
  show();
})();

// Sets the chosen theme before the first paint; a classic script, because modules run later.
(function () {
  try {
    const theme = localStorage.getItem("ffremote.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // A browser that forbids storage shows the system's theme.
  }
})();

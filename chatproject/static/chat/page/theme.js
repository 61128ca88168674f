/*
 * Before the first paint: the theme that was chosen here. No module, because modules run too late, and no syntax that
 * a very old browser lacks: it is told here that it is one.
 */
document.documentElement.dataset.theme = (function () {
  try {
    return localStorage.getItem("chatTheme") || "system";
  } catch (error) {
    return "system"; // no storage in this frame
  }
})();

// a module that cannot be loaded or read leaves main.js without its last line
addEventListener("load", function () {
  document.getElementById("broken").hidden = "isStarted" in document.documentElement.dataset;
});

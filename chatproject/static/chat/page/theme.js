/* Before the first paint: the theme that was chosen here. No module, because modules run too late. */
try {
  document.documentElement.dataset.theme = localStorage.getItem("chatTheme") ?? "system";
} catch {
  document.documentElement.dataset.theme = "system"; // no storage in this frame
}

/* global document, localStorage */
// The theme that was chosen; without a choice, the system's.
try {
  const theme = localStorage.getItem('easel.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // No storage: the system's theme it is.
}

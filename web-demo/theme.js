// Runs before the first paint. The choice is kept for the whole site, not for one agent.
document.documentElement.dataset.theme = localStorage.getItem("foldwell.theme") ?? "auto";

//! How figures are printed, and the machine they come from.

use std::fs::read_to_string;

/// Names the machine, because a time without its machine says nothing.
pub(crate) fn machine() -> String {
    let info = read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{cores} × {model}")
}

/// Prints what the following figures are about.
pub(crate) fn heading(text: &str) {
    println!("\n{text}");
}

/// Prints a figure, and its bar in words where there is one.
pub(crate) fn figure(name: &str, value: f64, unit: &str, bar: &str) {
    let bar = if bar.is_empty() {
        String::new()
    } else {
        format!("  (bar: {bar})")
    };
    println!("  {name:<56} {value:>10.2} {unit}{bar}");
}

/// The value below which `share` (0 to 1) of sorted values lie.
pub(crate) fn percentile(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index into a list that fits in memory"
    )]
    let index = ((sorted.len() - 1) as f64 * share).round() as usize;
    sorted[index]
}

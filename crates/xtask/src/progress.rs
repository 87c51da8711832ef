//! What the developer sees: the only place of this crate that prints.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks on its terminal")]

use std::io::Write;
use std::time::{Duration, Instant};

/// Announces a step that takes a while.
pub(crate) fn step(sentence: &str) {
    println!("\n==> {sentence}");
}

/// A line of detail below a step, or a result.
pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// What went wrong and what to do about it.
pub(crate) fn failure(text: &str) {
    eprintln!("\nerror: {text}");
}

/// Asks on the terminal; Enter means yes.
pub(crate) fn confirm(question: &str) -> std::io::Result<bool> {
    print!("{question} [Y/n] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    let n_bytes = std::io::stdin().read_line(&mut answer)?;
    let answer = answer.trim().to_lowercase();
    Ok(n_bytes > 0 && (answer.is_empty() || answer == "y" || answer == "yes"))
}

/// Runs `work` and says how long it took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = now();
    let result = work();
    (result, started.elapsed())
}

#[expect(
    clippy::disallowed_methods,
    reason = "measures build steps for people; no product behaviour depends on it"
)]
fn now() -> Instant {
    Instant::now()
}

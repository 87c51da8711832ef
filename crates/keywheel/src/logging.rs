//! Log lines on standard error, with every known secret taken out.

use std::io;

use keywheel_secrets::Redactor;
use tracing_subscriber::EnvFilter;

/// Starts logging. `filter` is in `tracing`'s form (`info`, `keywheel_engine=debug`); a filter that can't be read is
/// said once and `info` is used.
pub fn start_logging(filter: Option<&str>, redactor: Redactor) {
    let wanted = filter.map(EnvFilter::try_new).transpose();
    let bad = wanted.as_ref().err().map(ToString::to_string);
    let filter = wanted.ok().flatten().unwrap_or_else(|| EnvFilter::new("info"));
    // A second start in one process keeps the first one's logging.
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(move || redactor.writer(io::stderr()))
        .with_ansi(false)
        .try_init();
    if let (Ok(()), Some(why)) = (started, bad) {
        tracing::warn!(%why, "KEYWHEEL_LOG can't be read; logging at info");
    }
}
